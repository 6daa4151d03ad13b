package dev.beckon.service.metric;

import java.util.concurrent.atomic.LongAdder;

/** How long something takes: a histogram with fixed bounds, 0.1 ms to 10 s. Thread-safe. */
public final class Timing {
    private static final long MICROSECOND = 1_000;

    /** Upper bounds in nanoseconds; what takes longer than the last is counted all the same. */
    private static final long[] BOUNDS = {
        100 * MICROSECOND,
        250 * MICROSECOND,
        500 * MICROSECOND,
        1_000 * MICROSECOND,
        2_500 * MICROSECOND,
        5_000 * MICROSECOND,
        10_000 * MICROSECOND,
        25_000 * MICROSECOND,
        50_000 * MICROSECOND,
        100_000 * MICROSECOND,
        250_000 * MICROSECOND,
        1_000_000 * MICROSECOND,
        10_000_000 * MICROSECOND
    };

    private final LongAdder[] buckets = new LongAdder[BOUNDS.length + 1];
    private final LongAdder nanos = new LongAdder();

    public Timing() {
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = new LongAdder();
        }
    }

    /** Something that began then ({@link System#nanoTime}) has ended now. */
    public void since(long began) {
        record(System.nanoTime() - began);
    }

    /** Something took so many nanoseconds. */
    public void record(long took) {
        int bucket = 0;
        while (bucket < BOUNDS.length && took > BOUNDS[bucket]) {
            bucket++;
        }
        buckets[bucket].increment();
        nanos.add(took);
    }

    /** {@code _bucket}, {@code _sum} and {@code _count} agree with each other, whatever is recorded meanwhile. */
    void write(String name, String labels, StringBuilder out) {
        String before = labels.isEmpty() ? "{" : labels.substring(0, labels.length() - 1) + ",";
        long count = 0;
        for (int i = 0; i < buckets.length; i++) {
            count += buckets[i].sum();
            String bound = i < BOUNDS.length ? Double.toString(BOUNDS[i] / 1e9) : "+Inf";
            out.append(name + "_bucket" + before + "le=\"" + bound + "\"} " + count + "\n");
        }
        out.append(name + "_sum" + labels + " " + nanos.sum() / 1e9 + "\n");
        out.append(name + "_count" + labels + " " + count + "\n");
    }
}
