package dev.beckon.service;

import java.time.Duration;

/**
 * Bounds on what clients may ask of the service: the settings under {@code limits}, whose presets are in {@code beckon.conf}.
 *
 * @param stanzaBytes largest stanza of a signed-in client, in bytes; RFC 6120 §13.12 wants at least 10,000
 * @param stanzaBytesBeforeSignIn largest element before sign-in, in bytes
 * @param outboundBytes how much may wait for a slow reader before its stream is ended, in bytes
 * @param connectionsPerAddress open connections from one IP address (of IPv6: one /64 network)
 * @param connections open connections in all
 * @param registrationsPerHour tries of one IP address to make an account within an hour
 * @param sessionsPerAccount signed-in devices of one account; one more is refused
 * @param signInAttempts failed tries on one connection before it is ended (RFC 6120 §6.4.5 wants 2 to 5)
 * @param signInTime from connect to a bound resource
 * @param stanzaTime from the first byte of a stanza to its last
 * @param idleTime silence after which a client is asked whether it is there; as long again without an
 *     answer, but at most a minute, and it is gone
 * @param resumptionTime how long a session waits for its client when the connection broke; zero: not at all
 * @param load how much work and memory they may ask for
 * @param quota how much one account may keep with the service, and ask of others
 */
public record Limits(
        int stanzaBytes,
        int stanzaBytesBeforeSignIn,
        int outboundBytes,
        int connectionsPerAddress,
        int connections,
        int registrationsPerHour,
        int sessionsPerAccount,
        int signInAttempts,
        Duration signInTime,
        Duration stanzaTime,
        Duration idleTime,
        Duration resumptionTime,
        Load load,
        Quota quota) {

    /** The presets. */
    public static final Limits DEFAULT = of(Settings.DEFAULT);

    /** Throws IllegalArgumentException, naming the limit, if one makes no sense. */
    static Limits of(Settings settings) {
        int stanzaBytes = settings.bytes("limits.stanza-bytes", 10_000);
        return new Limits(
                stanzaBytes,
                settings.bytes("limits.stanza-bytes-before-sign-in", 2_000),
                settings.bytes("limits.outbound-bytes", stanzaBytes),
                settings.count("limits.connections-per-address", 1),
                settings.count("limits.connections", 1),
                settings.count("limits.registrations-per-hour", 1),
                settings.count("limits.sessions-per-account", 1),
                settings.count("limits.sign-in-attempts", 1),
                settings.time("limits.sign-in-time"),
                settings.time("limits.stanza-time"),
                settings.time("limits.idle-time"),
                settings.time("limits.resumption-time", Duration.ZERO, Duration.ofDays(1)),
                Load.of(settings),
                Quota.of(settings));
    }
}
