package dev.beckon.service;

/**
 * How much work and memory clients may ask for, alone and together.
 *
 * @param stanzasPerSecond what one connection may send in the long run; ten seconds' worth may come at once, what comes faster waits
 * @param stanzasPerSecondOfAccount likewise for all connections of one account together
 * @param failedSignInsPerMinute of one IP address (of IPv6: one /64 network); beyond it nobody there signs in until the minute is over
 * @param failedSignInsPerAccount of one account within a minute, from addresses that have not signed in to it lately; beyond it none of
 *     those does until the minute is over
 * @param outboundBytesInAll how much may wait for all slow readers together; beyond it those with the most are ended
 */
public record Load(
        int stanzasPerSecond,
        int stanzasPerSecondOfAccount,
        int failedSignInsPerMinute,
        int failedSignInsPerAccount,
        int outboundBytesInAll) {
    private static final int QUARTER_GIGABYTE = 256 << 20;

    static Load of(Settings settings) {
        boolean auto = settings.text("limits.outbound-bytes-in-all").equals("auto");
        return new Load(
                settings.count("limits.stanzas-per-second", 1),
                settings.count("limits.stanzas-per-second-of-account", 1),
                settings.count("limits.failed-sign-ins-per-minute", 1),
                settings.count("limits.failed-sign-ins-per-account", 1),
                auto
                        ? (int) Math.min(QUARTER_GIGABYTE, Runtime.getRuntime().maxMemory() / 4)
                        : settings.bytes("limits.outbound-bytes-in-all", 1024 * 1024));
    }
}
