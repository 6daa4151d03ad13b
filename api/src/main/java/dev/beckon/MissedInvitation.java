package dev.beckon;

import java.time.Instant;

/**
 * An invitation that did not ring, or was not answered. Kept by the client over a restart: the last 100, of one person
 * the last 10.
 *
 * @param sessionId its session ID
 * @param from who invited, sign-in name
 * @param application GUID
 * @param applicationName as the inviter gave it
 * @param applicationUrl as the inviter gave it
 * @param when when it was sent
 * @param reason why it did not ring or was not answered, for people
 */
public record MissedInvitation(
        String sessionId,
        String from,
        String application,
        String applicationName,
        String applicationUrl,
        Instant when,
        String reason) {}
