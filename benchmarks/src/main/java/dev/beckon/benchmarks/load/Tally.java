package dev.beckon.benchmarks.load;

import org.HdrHistogram.Histogram;

/** What was counted on one event loop in a while; latencies in nanoseconds. */
final class Tally {
    private static final long LONGEST = 600_000_000_000L;

    long invitations;
    final Histogram first = histogram();
    final Histogram whole = histogram();
    /** How late the generator itself began. */
    final Histogram late = histogram();

    static Histogram histogram() {
        return new Histogram(LONGEST, 3);
    }

    static void record(Histogram histogram, long nanos) {
        histogram.recordValue(Math.max(0, Math.min(nanos, LONGEST)));
    }

    void add(Tally other) {
        invitations += other.invitations;
        first.add(other.first);
        whole.add(other.whole);
        late.add(other.late);
    }
}
