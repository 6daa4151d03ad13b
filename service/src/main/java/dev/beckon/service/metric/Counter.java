package dev.beckon.service.metric;

import java.util.concurrent.atomic.LongAdder;

/** What only grows. Thread-safe; counting costs as much as a {@link LongAdder}. */
public final class Counter {
    private final LongAdder sum = new LongAdder();

    /** One more. */
    public void add() {
        sum.increment();
    }

    /** So many more. */
    public void add(long more) {
        sum.add(more);
    }

    /** How many so far. */
    public long sum() {
        return sum.sum();
    }
}
