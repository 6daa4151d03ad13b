package dev.beckon.service.stream;

import java.time.Duration;

/** A token bucket: so many in the long run, ten seconds' worth at once. For one thread; {@code now} is {@link System#nanoTime}. */
final class Pace {
    private static final long BURST = Duration.ofSeconds(10).toNanos();

    private final long interval;
    /** When the bucket will be full again. */
    private long full;

    Pace(int perSecond, long now) {
        interval = Math.max(1, Duration.ofSeconds(1).toNanos() / perSecond);
        full = now;
    }

    /** Counts one. Returns how many nanoseconds to wait before the next, 0 for none. */
    long count(long now) {
        return count(1, now);
    }

    /** Counts so many at once. */
    long count(int number, long now) {
        full = (full - now > 0 ? full : now) + number * interval;
        return Math.max(0, full - now - BURST);
    }
}
