package dev.beckon.service;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntSupplier;

/** So many of something in a period, for each of the keys seen last; how many may change meanwhile. Any thread. */
public final class RateLimit {
    private static final int KEYS = 10_000;

    private final IntSupplier most;
    private final Duration period;
    private final Clock clock;
    private final Map<String, Window> windows = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
            return size() > KEYS;
        }
    };

    private record Window(Instant end, int used) {}

    public RateLimit(IntSupplier most, Duration period, Clock clock) {
        this.most = most;
        this.period = period;
        this.clock = clock;
    }

    /** Whether one more is within the limit; then it counts. */
    public synchronized boolean take(String key) {
        Instant now = clock.instant();
        Window window = windows.get(key);
        if (window == null || !now.isBefore(window.end)) {
            window = new Window(now.plus(period), 0);
        }
        if (window.used >= most.getAsInt()) {
            return false;
        }
        windows.put(key, new Window(window.end, window.used + 1));
        return true;
    }

    /** Whether {@link #take} would refuse one more. */
    public synchronized boolean isSpent(String key) {
        Window window = windows.get(key);
        return window != null && clock.instant().isBefore(window.end) && window.used >= most.getAsInt();
    }
}
