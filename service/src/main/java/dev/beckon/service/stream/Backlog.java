package dev.beckon.service.stream;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What waits for all readers together. Where it is too much, those who have let the most pile up are given up. Thread-safe. */
final class Backlog {
    private static final Logger LOG = LoggerFactory.getLogger(Backlog.class);

    /** What lets something pile up. */
    interface Pile {
        /** How many bytes wait there. */
        int waiting();

        /** Too much waits in all, and here is most of it: it goes. From any thread. */
        void giveUp();
    }

    private final long limit;
    private final AtomicLong bytes = new AtomicLong();
    private final Set<Pile> piles = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean relieving = new AtomicBoolean();

    Backlog(long limit) {
        this.limit = limit;
    }

    void join(Pile pile) {
        piles.add(pile);
    }

    void leave(Pile pile) {
        piles.remove(pile);
    }

    /** More waits, or less. */
    void add(long difference) {
        if (bytes.addAndGet(difference) > limit && difference > 0 && relieving.compareAndSet(false, true)) {
            try {
                relieve();
            } finally {
                relieving.set(false);
            }
        }
    }

    long bytes() {
        return bytes.get();
    }

    /** Makes room for a quarter, so that this is rare. */
    private void relieve() {
        List<Waiting> most = piles.stream()
                .map(pile -> new Waiting(pile, pile.waiting()))
                .filter(each -> each.bytes > 0)
                .sorted(Comparator.comparingInt(Waiting::bytes).reversed())
                .toList();
        int ended = 0;
        for (Waiting each : most) {
            if (bytes.get() <= limit - limit / 4) {
                break;
            }
            each.pile.giveUp();
            ended++;
        }
        LOG.warn("more than {} bytes wait for slow readers, the {} slowest are ended", limit, ended);
    }

    private record Waiting(Pile pile, int bytes) {}
}
