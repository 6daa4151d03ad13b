package dev.beckon.benchmarks.load;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Invitations begin by the clock, at random (a Poisson process), whether those before are over or not. Time is taken from the instant
 * an invitation was to begin: a server that stops for a while is late for all that came due meanwhile.
 */
final class OpenLoop extends Traffic {
    private final EventLoop loop;
    private final double meanGap;
    private final Random random;
    private final Queue<Pair> free = new ArrayDeque<>();
    private final Queue<Long> due = new ArrayDeque<>();
    private long next;

    /** {@code rate} per second. */
    OpenLoop(Faults faults, EventLoop loop, double rate, long seed) {
        super(faults);
        this.loop = loop;
        meanGap = 1e9 / rate;
        random = new Random(seed);
    }

    @Override
    void start() {
        free.addAll(pairs);
        next = System.nanoTime() + gap();
        arm();
    }

    private long gap() {
        return (long) (-Math.log(1 - random.nextDouble()) * meanGap);
    }

    private void arm() {
        loop.schedule(this::tick, Math.max(0, next - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    private void tick() {
        if (isStopped()) {
            return;
        }
        for (long now = System.nanoTime(); next - now <= 0; next += gap()) {
            Tally.record(tally().late, now - next);
            Pair pair = free.poll();
            if (pair == null) {
                due.add(next);
            } else {
                pair.start(next);
            }
        }
        arm();
    }

    @Override
    void free(Pair pair) {
        Long waited = due.poll();
        if (waited == null) {
            free.add(pair);
        } else {
            pair.start(waited);
        }
    }
}
