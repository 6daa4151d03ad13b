package dev.beckon.session;

import java.time.Duration;

/**
 * The engine's times and bounds.
 *
 * @param invitationLife how long an invitation rings; 120 s
 * @param installLife how long it waits for a missing application; 15 min
 * @param maxRing the longest any invitation rings here, whatever it says; 10 min
 * @param clockSkew how much two computers' clocks may differ; 60 s
 * @param step how long each side waits for the other's next step after acceptance; 30 s
 * @param attach how long a launched application has to attach; 25 s, below {@code step}
 * @param answer how long a listener has to answer; 2 s
 * @param ping how often a live session asks whether the other side is still there; 30 s
 * @param outage how long a live session outlives an unreachable other side or service; 60 s
 * @param openPerPerson open invitations from one person; 10
 * @param openPerApplication of these, for one application; 3
 */
public record Settings(
        Duration invitationLife,
        Duration installLife,
        Duration maxRing,
        Duration clockSkew,
        Duration step,
        Duration attach,
        Duration answer,
        Duration ping,
        Duration outage,
        int openPerPerson,
        int openPerApplication) {
    /** What holds unless the user says otherwise. */
    public static final Settings DEFAULT = new Settings(
            Duration.ofSeconds(120),
            Duration.ofMinutes(15),
            Duration.ofMinutes(10),
            Duration.ofSeconds(60),
            Duration.ofSeconds(30),
            Duration.ofSeconds(25),
            Duration.ofSeconds(2),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            10,
            3);
}
