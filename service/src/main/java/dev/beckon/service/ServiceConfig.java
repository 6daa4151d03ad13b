package dev.beckon.service;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.beckon.service.route.Jid;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How a service is to run. Begin with {@link #of}, change with the {@code with…} methods, and let the operator's file have the last
 * word with {@link #withFile}.
 *
 * @param home folder that holds everything the service keeps; made if missing, readable by its owner only
 * @param domain the XMPP domain served
 * @param bind IP address or host name to listen on
 * @param port client port, 0 for any free one
 * @param openRegistration whether anyone may make an account (XEP-0077)
 * @param locking whether applications must prove that they hold a key
 * @param md5Lock whether applications may answer a challenge with the reference's MD5 digest
 * @param environment which application keys are taken
 * @param ticketLife how long an application stays unlocked before it is challenged again, 10 s to a day
 * @param scramIterations PBKDF2 rounds for new passwords, at least 4096 (RFC 7677 §4)
 * @param certificate the operator's certificate chain as a PEM file; null: a self-signed one is made under {@code home}
 * @param key its private key as a PKCS#8 PEM file, unencrypted; null exactly if {@code certificate} is
 * @param limits bounds on what clients may ask for
 */
public record ServiceConfig(
        Path home,
        String domain,
        String bind,
        int port,
        boolean openRegistration,
        Locking locking,
        boolean md5Lock,
        Environment environment,
        Duration ticketLife,
        int scramIterations,
        @Nullable Path certificate,
        @Nullable Path key,
        Limits limits) {

    /** The port registered for XMPP clients (RFC 6120 §14.7). */
    public static final int DEFAULT_PORT = 5222;

    /** Throws IllegalArgumentException, naming the setting, if one makes no sense. */
    public ServiceConfig {
        Jid prepared = Jid.of(domain);
        if (!prepared.isDomain()) {
            throw new IllegalArgumentException("domain is " + domain + ", it must be a host name such as example.org");
        }
        domain = prepared.domain();
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("c2s-port is " + port + ", it must be 0 to 65535");
        }
        if (bind.isBlank()) {
            throw new IllegalArgumentException("bind is empty, it must be an address such as 0.0.0.0");
        }
        if (ticketLife.compareTo(Duration.ofSeconds(10)) < 0 || ticketLife.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("lock.ticket-life is " + ticketLife + ", it must be 10 s to 1 day");
        }
        if (scramIterations < 4096 || scramIterations > 1_000_000) {
            throw new IllegalArgumentException(
                    "scram-iterations is " + scramIterations + ", it must be 4096 to 1000000");
        }
        if ((certificate == null) != (key == null)) {
            throw new IllegalArgumentException("tls.certificate and tls.key must be given together");
        }
    }

    /** The defaults: any address, port 5222, no registration, production keys, 10,000 iterations, a self-signed certificate. */
    public static ServiceConfig of(Path home, String domain) {
        return new ServiceConfig(
                home,
                domain,
                "0.0.0.0",
                DEFAULT_PORT,
                false,
                Locking.AUTO,
                false,
                Environment.PRODUCTION,
                Duration.ofMinutes(10),
                10_000,
                null,
                null,
                Limits.DEFAULT);
    }

    /** Serving this domain. */
    public ServiceConfig withDomain(String domain) {
        return with(Map.of("domain", domain));
    }

    /** Listening on this address; port 0 for any free one. */
    public ServiceConfig withAddress(String bind, int port) {
        return with(Map.of("bind", bind, "c2s-port", port));
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
        return with(Map.of("tls.certificate", text(certificate), "tls.key", text(key)));
    }

    public ServiceConfig withLimits(Limits limits) {
        return with(settings(limits));
    }

    private ServiceConfig with(Map<String, ?> settings) {
        return merged(ConfigFactory.parseMap(settings).withFallback(asConfig()), null);
    }

    /**
     * With what a configuration file (HOCON) says, over what is set here. Throws IllegalArgumentException, naming file and setting, if
     * the file cannot be read, or holds a setting that is unknown or makes no sense.
     */
    public ServiceConfig withFile(Path file) {
        if (!Files.isReadable(file)) {
            throw new IllegalArgumentException("cannot read the configuration file " + file);
        }
        try {
            Config config = ConfigFactory.parseFile(file.toFile()).resolve();
            Set<String> known = names(asConfig());
            Set<String> unknown = names(config);
            unknown.removeAll(known);
            if (!unknown.isEmpty()) {
                throw new IllegalArgumentException("unknown settings " + unknown + "; known are " + known);
            }
            return merged(config.withFallback(asConfig()), file.toAbsolutePath().getParent());
        } catch (ConfigException | IllegalArgumentException e) {
            throw new IllegalArgumentException("in " + file + ": " + e.getMessage(), e);
        }
    }

    private static Set<String> names(Config config) {
        Set<String> names = new TreeSet<>();
        config.entrySet().forEach(entry -> names.add(entry.getKey()));
        return names;
    }

    private ServiceConfig merged(Config config, @Nullable Path folder) {
        return new ServiceConfig(
                home,
                config.getString("domain"),
                config.getString("bind"),
                config.getInt("c2s-port"),
                config.getBoolean("open-registration"),
                locking(config.getString("lock.mode")),
                config.getBoolean("lock.md5"),
                environment(config.getString("lock.environment")),
                config.getDuration("lock.ticket-life"),
                config.getInt("scram-iterations"),
                path(config, "tls.certificate", folder),
                path(config, "tls.key", folder),
                new Limits(
                        bytes(config, "limits.stanza-bytes"),
                        bytes(config, "limits.stanza-bytes-before-sign-in"),
                        bytes(config, "limits.outbound-bytes"),
                        config.getInt("limits.connections-per-address"),
                        config.getInt("limits.connections"),
                        config.getInt("limits.registrations-per-hour"),
                        config.getInt("limits.sessions-per-account"),
                        config.getInt("limits.sign-in-attempts"),
                        config.getDuration("limits.sign-in-time"),
                        config.getDuration("limits.stanza-time"),
                        config.getDuration("limits.idle-time"),
                        new Load(
                                config.getInt("limits.stanzas-per-second"),
                                config.getInt("limits.failed-sign-ins-per-minute"),
                                bytes(config, "limits.outbound-bytes-in-all"))));
    }

    private static Environment environment(String name) {
        try {
            return Environment.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("lock.environment is " + name + ", it must be test or production", e);
        }
    }

    private static Locking locking(String name) {
        try {
            return Locking.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("lock.mode is " + name + ", it must be auto, on or off", e);
        }
    }

    private static int bytes(Config config, String key) {
        long value = config.getBytes(key);
        if (value > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(key + " is " + value + ", it must be less than 2 GiB");
        }
        return (int) value;
    }

    /** Paths in a file are relative to the file. */
    private static @Nullable Path path(Config config, String key, @Nullable Path folder) {
        String text = config.getString(key);
        if (text.isEmpty()) {
            return null;
        }
        return folder == null ? Path.of(text) : folder.resolve(text);
    }

    private Config asConfig() {
        Map<String, Object> values = settings(limits);
        values.put("domain", domain);
        values.put("bind", bind);
        values.put("c2s-port", port);
        values.put("open-registration", openRegistration);
        values.put("lock.mode", locking.name());
        values.put("lock.md5", md5Lock);
        values.put("lock.environment", environment.name());
        values.put("lock.ticket-life", ticketLife);
        values.put("scram-iterations", scramIterations);
        values.put("tls.certificate", text(certificate));
        values.put("tls.key", text(key));
        return ConfigFactory.parseMap(values);
    }

    private static Map<String, Object> settings(Limits limits) {
        Map<String, Object> values = new HashMap<>();
        values.put("limits.stanza-bytes", limits.stanzaBytes());
        values.put("limits.stanza-bytes-before-sign-in", limits.stanzaBytesBeforeSignIn());
        values.put("limits.outbound-bytes", limits.outboundBytes());
        values.put("limits.connections-per-address", limits.connectionsPerAddress());
        values.put("limits.connections", limits.connections());
        values.put("limits.registrations-per-hour", limits.registrationsPerHour());
        values.put("limits.sessions-per-account", limits.sessionsPerAccount());
        values.put("limits.sign-in-attempts", limits.signInAttempts());
        values.put("limits.sign-in-time", limits.signInTime());
        values.put("limits.stanza-time", limits.stanzaTime());
        values.put("limits.idle-time", limits.idleTime());
        values.put("limits.stanzas-per-second", limits.load().stanzasPerSecond());
        values.put("limits.failed-sign-ins-per-minute", limits.load().failedSignInsPerMinute());
        values.put("limits.outbound-bytes-in-all", limits.load().outboundBytesInAll());
        return values;
    }

    private static String text(@Nullable Path path) {
        return path == null ? "" : path.toAbsolutePath().toString();
    }
}
