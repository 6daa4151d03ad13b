package dev.beckon.xmpp;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who signs in, where, and whom to trust.
 *
 * @param user the user's bare address, {@code name@domain}
 * @param password asked for at every sign-in; the array is overwritten after use. Never logged
 * @param host where the service is reached; null to find it by DNS (RFC 6120 §3.2)
 * @param port with {@code host}: its port
 * @param certificates PEM files of certificates trusted in addition to the system's. A certificate named here that the
 *     service presents itself is trusted as it is, whatever name it bears
 * @param resource what this client's resource starts with; the rest is chosen at random once per client
 * @param reply how long an answer may take: TCP connection, each step of sign-in, every iq
 * @param idle after how long a silence the connection is tested
 * @param authorities lock-and-key authorities trusted beside the one of an inviter's own domain
 */
public record XmppConfig(
        String user,
        Supplier<char[]> password,
        @Nullable String host,
        int port,
        List<Path> certificates,
        String resource,
        Duration reply,
        Duration idle,
        Set<String> authorities) {
    /** The port clients use where nothing else is said. */
    public static final int DEFAULT_PORT = 5222;

    /** A configuration. */
    public XmppConfig {
        certificates = List.copyOf(certificates);
        authorities = Set.copyOf(authorities);
    }

    /** Signs in as this user at the service DNS names, trusting the system's certificates. */
    public static XmppConfig of(String user, Supplier<char[]> password) {
        return new XmppConfig(
                user,
                password,
                null,
                DEFAULT_PORT,
                List.of(),
                "beckon",
                Duration.ofSeconds(15),
                Duration.ofSeconds(30),
                Set.of());
    }

    /** The same, reached here. */
    public XmppConfig at(String host, int port) {
        return new XmppConfig(user, password, host, port, certificates, resource, reply, idle, authorities);
    }

    /** The same, trusting these PEM files too. */
    public XmppConfig trusting(List<Path> certificates) {
        return new XmppConfig(user, password, host, port, certificates, resource, reply, idle, authorities);
    }

    /** The same, with tickets of these authorities trusted too. */
    public XmppConfig trustingAuthorities(Set<String> authorities) {
        return new XmppConfig(user, password, host, port, certificates, resource, reply, idle, authorities);
    }

    /** The same, with other times. */
    public XmppConfig timed(Duration reply, Duration idle) {
        return new XmppConfig(user, password, host, port, certificates, resource, reply, idle, authorities);
    }

    /** Without the password's source. */
    @Override
    public String toString() {
        return "XmppConfig[" + user + (host == null ? "" : " at " + host + ":" + port) + "]";
    }
}
