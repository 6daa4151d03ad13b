package dev.beckon.benchmarks.load;

/** Every pair invites again as soon as the invitation before is over: as much as server and generator can. */
final class ClosedLoop extends Traffic {
    ClosedLoop(Faults faults) {
        super(faults);
    }

    @Override
    void start() {
        pairs.forEach(this::free);
    }

    @Override
    void free(Pair pair) {
        pair.start(System.nanoTime());
    }
}
