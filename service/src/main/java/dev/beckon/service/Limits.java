package dev.beckon.service;

import java.time.Duration;

/**
 * Bounds on what clients may ask of the service. Each has a sane default.
 *
 * @param stanzaBytes largest stanza of a signed-in client, in bytes; RFC 6120 §13.12 wants at least 10,000
 * @param stanzaBytesBeforeSignIn largest element before sign-in, in bytes
 * @param outboundBytes how much may wait for a slow reader before its stream is ended, in bytes
 * @param connectionsPerAddress open connections from one IP address
 * @param connections open connections in all
 * @param registrationsPerHour tries of one IP address to make an account within an hour
 * @param sessionsPerAccount signed-in devices of one account; one more is refused
 * @param signInAttempts failed tries on one connection before it is ended (RFC 6120 §6.4.5 wants 2 to 5)
 * @param signInTime from connect to a bound resource
 * @param stanzaTime from the first byte of a stanza to its last
 * @param idleTime silence after which a client is asked whether it is there; as long again without an
 *     answer, but at most a minute, and it is gone
 * @param load how much work and memory they may ask for
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
        Load load) {

    /** 256 KiB stanzas, 10,000 bytes before sign-in, 1 MiB outbound, 1,000 connections per address, and so on. */
    public static final Limits DEFAULT = new Limits(
            256 * 1024,
            10_000,
            1024 * 1024,
            1_000,
            50_000,
            20,
            20,
            3,
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofMinutes(2),
            Load.DEFAULT);

    /** With the usual load. */
    public Limits(
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
            Duration idleTime) {
        this(
                stanzaBytes,
                stanzaBytesBeforeSignIn,
                outboundBytes,
                connectionsPerAddress,
                connections,
                registrationsPerHour,
                sessionsPerAccount,
                signInAttempts,
                signInTime,
                stanzaTime,
                idleTime,
                Load.DEFAULT);
    }

    /** The same with another load. */
    public Limits withLoad(Load load) {
        return new Limits(
                stanzaBytes,
                stanzaBytesBeforeSignIn,
                outboundBytes,
                connectionsPerAddress,
                connections,
                registrationsPerHour,
                sessionsPerAccount,
                signInAttempts,
                signInTime,
                stanzaTime,
                idleTime,
                load);
    }

    /** Throws IllegalArgumentException, naming the limit, if one makes no sense. */
    public Limits {
        Load.atLeast("stanza-bytes", stanzaBytes, 10_000);
        Load.atLeast("stanza-bytes-before-sign-in", stanzaBytesBeforeSignIn, 2_000);
        Load.atLeast("outbound-bytes", outboundBytes, stanzaBytes);
        Load.atLeast("connections-per-address", connectionsPerAddress, 1);
        Load.atLeast("connections", connections, 1);
        Load.atLeast("registrations-per-hour", registrationsPerHour, 1);
        Load.atLeast("sessions-per-account", sessionsPerAccount, 1);
        Load.atLeast("sign-in-attempts", signInAttempts, 1);
        positive("sign-in-time", signInTime);
        positive("stanza-time", stanzaTime);
        positive("idle-time", idleTime);
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("limits." + name + " must be longer than nothing");
        }
    }
}
