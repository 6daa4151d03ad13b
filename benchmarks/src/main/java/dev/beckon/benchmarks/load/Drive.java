package dev.beckon.benchmarks.load;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** Pairs on all lanes, at work. Called by one thread, which is none of the lanes'. */
final class Drive {
    private static final Duration TICK = Duration.ofSeconds(1);

    private final Lanes lanes;
    private final Faults faults;
    private final Duration patience;
    private final Map<Lane, Traffic> traffic = new HashMap<>();

    Drive(Lanes lanes, Faults faults, Duration patience, Function<Lane, Traffic> make) {
        this.lanes = lanes;
        this.faults = faults;
        this.patience = patience;
        lanes.all().forEach(lane -> traffic.put(lane, make.apply(lane)));
    }

    /** Makes pairs of clients that follow each other. */
    void add(List<Client> clients) throws InterruptedException {
        lanes.each(lane -> {
            for (int i = 0; i + 1 < clients.size(); i += 2) {
                if (clients.get(i).connection.lane() == lane) {
                    Traffic traffic = of(lane);
                    traffic.pairs.add(new Pair(traffic, i / 2, clients.get(i), clients.get(i + 1)));
                }
            }
        });
    }

    private Traffic of(Lane lane) {
        return Objects.requireNonNull(traffic.get(lane));
    }

    void start() throws InterruptedException {
        lanes.each(lane -> of(lane).start());
    }

    /** Lets it go on for a while; throws what goes wrong meanwhile. */
    void run(Duration time) throws ServerFault, InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            faults.await(Duration.ofNanos(Math.min(left, TICK.toNanos())));
            long before = System.nanoTime() - patience.toNanos();
            lanes.each(lane -> of(lane).checkStalled(before));
        }
        faults.check();
    }

    /** What was counted since the last call. */
    Tally take() throws InterruptedException {
        Tally all = new Tally();
        lanes.each(lane -> all.add(of(lane).take()));
        return all;
    }

    void stop() throws InterruptedException {
        lanes.each(lane -> of(lane).stop());
    }
}
