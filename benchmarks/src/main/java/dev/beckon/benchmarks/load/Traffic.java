package dev.beckon.benchmarks.load;

import java.util.ArrayList;
import java.util.List;

/** When the pairs of one event loop invite, and what came of it. On that loop. */
abstract class Traffic {
    final List<Pair> pairs = new ArrayList<>();
    private final Faults faults;
    private Tally tally = new Tally();
    private boolean stopped;

    Traffic(Faults faults) {
        this.faults = faults;
    }

    /** All pairs are there: begin. */
    abstract void start();

    /** A pair has nothing to do any more. */
    abstract void free(Pair pair);

    /** What was counted since the last call. */
    Tally take() {
        Tally taken = tally;
        tally = new Tally();
        return taken;
    }

    Tally tally() {
        return tally;
    }

    /** No more invitations. */
    void stop() {
        stopped = true;
    }

    boolean isStopped() {
        return stopped;
    }

    void answered(long nanos) {
        Tally.record(tally.first, nanos);
    }

    void done(Pair pair, long nanos) {
        tally.invitations++;
        Tally.record(tally.whole, nanos);
        if (!stopped) {
            free(pair);
        }
    }

    void fault(String what) {
        if (!stopped) {
            faults.add(what);
        }
    }

    /** An invitation that began before this time and is not over is a fault. */
    void checkStalled(long before) {
        for (Pair pair : pairs) {
            String waiting = pair.stalled(before);
            if (!waiting.isEmpty()) {
                fault("no answer: " + waiting);
                return;
            }
        }
    }
}
