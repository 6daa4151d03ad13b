package dev.beckon.service;

import dev.beckon.service.route.Jid;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * How a service is to run. Begin with {@link #of}, change with the {@code with…} methods, and let the operator's file have the last
 * word with {@link #withFile}. Each of them throws IllegalArgumentException, naming the setting, if one makes no sense. A new setting
 * is a line of {@code beckon.conf}, where its default is, and a method here or in {@link Limits} that reads it. Immutable.
 */
public final class ServiceConfig {
    private final Path home;
    private final Settings settings;
    private final Limits limits;
    private final HttpSettings http;
    private final String domain;

    private ServiceConfig(Path home, Settings settings) {
        this.home = home;
        this.settings = settings;
        limits = Limits.of(settings);
        http = HttpSettings.of(settings);
        Jid prepared = Jid.parse(settings.text("domain"));
        if (prepared == null || !prepared.isDomain()) {
            throw settings.wrong("domain", "it must be a host name such as example.org");
        }
        domain = prepared.domain();
        if (bind().isBlank()) {
            throw settings.wrong("bind", "it must be an address such as 0.0.0.0");
        }
        if ((certificate() == null) != (key() == null)) {
            throw new IllegalArgumentException("tls.certificate and tls.key must be given together");
        }
        if (tlsAtProxy() && !isOnlyHere(bind())) {
            throw settings.wrong(
                    "tls.at-proxy",
                    "passwords would cross the network in plain: let bind be 127.0.0.1 or ::1, where only a proxy on this computer"
                            + " reaches the service, or let the service do TLS");
        }
        // Read once, so that what makes no sense is found now.
        port();
        openRegistration();
        locking();
        md5Lock();
        environment();
        ticketLife();
        scramIterations();
        channelBinding();
        log();
    }

    /** The defaults: any address, port 5222, no registration, production keys, a self-signed certificate. */
    public static ServiceConfig of(Path home, String domain) {
        return new ServiceConfig(home, Settings.DEFAULT.with(Map.of("domain", domain)));
    }

    /** Every setting with its default and what it is, as a configuration file. */
    public static String defaultFile() {
        return Settings.DEFAULT_FILE;
    }

    /** Serving this domain. */
    public ServiceConfig withDomain(String domain) {
        return with(Map.of("domain", domain));
    }

    /** Listening on this address; port 0 for any free one. */
    public ServiceConfig withAddress(String bind, int port) {
        return with(Map.of("bind", bind, "c2s-port", port));
    }

    /** With XMPP over WebSocket on this port, 0 for any free one. */
    public ServiceConfig withHttpPort(int port) {
        return with(Map.of("http.port", port));
    }

    /** With health and metrics on this port, 0 for any free one. */
    public ServiceConfig withAdminPort(int port) {
        return with(Map.of("http.admin-port", port));
    }

    public ServiceConfig withOpenRegistration(boolean openRegistration) {
        return with(Map.of("open-registration", openRegistration));
    }

    public ServiceConfig withLocking(Locking locking) {
        return with(Map.of("lock.mode", locking.name()));
    }

    /** Taking the keys of this environment, and answers with MD5 or not. */
    public ServiceConfig withLock(Environment environment, boolean md5Lock) {
        return with(Map.of("lock.environment", environment.name(), "lock.md5", md5Lock));
    }

    /** With tickets that live this long. */
    public ServiceConfig withTicketLife(Duration ticketLife) {
        return with(Map.of("lock.ticket-life", ticketLife));
    }

    public ServiceConfig withScramIterations(int scramIterations) {
        return with(Map.of("scram-iterations", scramIterations));
    }

    /** With the operator's own certificate chain and key, PEM files. */
    public ServiceConfig withCertificate(Path certificate, Path key) {
        return with(Map.of(
                "tls.certificate",
                certificate.toAbsolutePath().toString(),
                "tls.key",
                key.toAbsolutePath().toString()));
    }

    /** With these settings, by name. */
    public ServiceConfig with(Map<String, ?> changes) {
        return new ServiceConfig(home, settings.with(changes));
    }

    /** With these settings, written as in a configuration file: {@code limits { connections = 100, idle-time = 1 minute }}. */
    public ServiceConfig with(String hocon) {
        return new ServiceConfig(home, settings.with(hocon));
    }

    /** With what a configuration file (HOCON) says, over what is set here; what is wrong is named with its line. */
    public ServiceConfig withFile(Path file) {
        try {
            Settings both = settings.with(file);
            // Who keeps the file as it is printed has not named a domain there.
            boolean unnamed = both.text("domain").isEmpty();
            return new ServiceConfig(home, unnamed ? both.with(Map.of("domain", domain)) : both);
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            throw message.contains(file.toString())
                    ? e
                    : new IllegalArgumentException("in " + file + ": " + message, e);
        }
    }

    /** The names of the settings that differ. */
    public Set<String> differing(ServiceConfig other) {
        return settings.differing(other.settings);
    }

    /** Whether a running service takes a setting over; else it is read at the start only. */
    boolean changesWhileRunning(String name) {
        return name.equals("tls.certificate")
                || name.equals("tls.key")
                || name.equals("tls.channel-binding")
                || name.equals("log.level")
                || (name.startsWith("limits.") && !name.equals("limits.outbound-bytes-in-all"));
    }

    /** A setting as it may be written. */
    String written(String name) {
        return settings.written(name);
    }

    /** Folder that holds everything the service keeps; made if missing, readable by its owner only. */
    public Path home() {
        return home;
    }

    /** The XMPP domain served. */
    public String domain() {
        return domain;
    }

    /** IP address or host name to listen on. */
    public String bind() {
        return settings.text("bind");
    }

    /** Client port, by default that of RFC 6120 §14.7; 0 for any free one. */
    public int port() {
        return settings.count("c2s-port", 0, 65535);
    }

    /** Whether anyone may make an account (XEP-0077). */
    public boolean openRegistration() {
        return settings.flag("open-registration");
    }

    /** Whether applications must prove that they hold a key. */
    public Locking locking() {
        return settings.choice("lock.mode", Locking.class);
    }

    /** Whether applications may answer a challenge with the reference's MD5 digest. */
    public boolean md5Lock() {
        return settings.flag("lock.md5");
    }

    /** Which application keys are taken. */
    public Environment environment() {
        return settings.choice("lock.environment", Environment.class);
    }

    /** How long an application stays unlocked before it is challenged again. */
    public Duration ticketLife() {
        return settings.time("lock.ticket-life", Duration.ofSeconds(10), Duration.ofDays(1));
    }

    /** PBKDF2 rounds for new passwords, at least 4096 (RFC 7677 §4). */
    public int scramIterations() {
        return settings.count("scram-iterations", 4096, 1_000_000);
    }

    /** The operator's certificate chain as a PEM file; null: a self-signed one is made under {@code home}. */
    public @Nullable Path certificate() {
        return settings.path("tls.certificate");
    }

    /** Whether clients may bind their sign-in to the TLS channel (RFC 5802 §6). */
    public boolean channelBinding() {
        return settings.flag("tls.channel-binding");
    }

    /** Its private key as a PKCS#8 PEM file, unencrypted; null exactly if {@code certificate} is. */
    public @Nullable Path key() {
        return settings.path("tls.key");
    }

    /** Whether a proxy on this computer ends TLS, and clients speak plain to the service. */
    public boolean tlsAtProxy() {
        return settings.flag("tls.at-proxy");
    }

    static boolean isOnlyHere(String bind) {
        try {
            return InetAddress.getByName(bind).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** XMPP over WebSocket, and what operators ask over HTTP. */
    public HttpSettings http() {
        return http;
    }

    /** Where the log goes, and how. For whoever runs the service: it only writes to slf4j. */
    public Log log() {
        return new Log(
                settings.choice("log.to", Log.To.class),
                settings.choice("log.format", Log.Format.class),
                settings.choice("log.level", Level.class));
    }

    /** Where the log goes, and how. */
    public record Log(To to, Format format, Level level) {
        /** Where to. */
        public enum To {
            FILE,
            STDOUT
        }

        /** Lines for people, or objects for programs. */
        public enum Format {
            TEXT,
            JSON
        }
    }

    /** Bounds on what clients may ask for. */
    public Limits limits() {
        return limits;
    }
}
