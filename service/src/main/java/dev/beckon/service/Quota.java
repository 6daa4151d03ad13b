package dev.beckon.service;

import java.time.Duration;

/**
 * How much one account may keep with the service, and ask of others.
 *
 * @param rosterItems contacts
 * @param subscriptionRequests strangers' requests that wait for an answer
 * @param subscriptionRequestsPerHour requests the account may send
 * @param blockedAddresses addresses on its blocklist
 * @param privateElements pieces of private data (XEP-0049)
 * @param privateBytes the same, together
 * @param vcardBytes its card (XEP-0054)
 * @param offlineMessages messages of contacts that wait for the next sign-in
 * @param offlineBytes the same, together
 * @param offlineTime how long they wait
 * @param lockChallenges unanswered challenges of one session
 */
public record Quota(
        int rosterItems,
        int subscriptionRequests,
        int subscriptionRequestsPerHour,
        int blockedAddresses,
        int privateElements,
        int privateBytes,
        int vcardBytes,
        int offlineMessages,
        int offlineBytes,
        Duration offlineTime,
        int lockChallenges) {

    static Quota of(Settings settings) {
        return new Quota(
                settings.count("limits.roster-items", 1, 100_000),
                settings.count("limits.subscription-requests", 1, 100_000),
                settings.count("limits.subscription-requests-per-hour", 1),
                settings.count("limits.blocked-addresses", 0, 100_000),
                settings.count("limits.private-elements", 0),
                settings.bytes("limits.private-bytes", 0),
                settings.bytes("limits.vcard-bytes", 0),
                settings.count("limits.offline-messages", 0),
                settings.bytes("limits.offline-bytes", 0),
                settings.time("limits.offline-time"),
                settings.count("limits.lock-challenges", 1, 1000));
    }
}
