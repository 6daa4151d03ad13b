package dev.beckon.service;

/**
 * How much work and memory clients may ask for, alone and together.
 *
 * @param stanzasPerSecond what one connection may send in the long run; ten seconds' worth may come at once, what comes faster waits
 * @param failedSignInsPerMinute of one IP address (of IPv6: one /64 network); beyond it nobody there signs in until the minute is over
 * @param outboundBytesInAll how much may wait for all slow readers together; beyond it those with the most are ended
 */
public record Load(int stanzasPerSecond, int failedSignInsPerMinute, int outboundBytesInAll) {
    private static final int QUARTER_GIGABYTE = 256 << 20;

    /** 1,000 stanzas a second, 100 failed sign-ins a minute, 256 MiB or a quarter of the heap, whichever is less. */
    public static final Load DEFAULT = new Load(
            1_000, 100, (int) Math.min(QUARTER_GIGABYTE, Runtime.getRuntime().maxMemory() / 4));

    /** Throws IllegalArgumentException, naming the limit, if one makes no sense. */
    public Load {
        atLeast("stanzas-per-second", stanzasPerSecond, 1);
        atLeast("failed-sign-ins-per-minute", failedSignInsPerMinute, 1);
        atLeast("outbound-bytes-in-all", outboundBytesInAll, 1024 * 1024);
    }

    static void atLeast(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException("limits." + name + " is " + value + ", it must be at least " + least);
        }
    }
}
