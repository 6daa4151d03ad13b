package dev.beckon.service.stream;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Looks after the streams of one event loop, some at a time: one task for all of them, where each would need one of its own. Lives on
 * that loop.
 */
final class Rounds {
    /** How many turns a round takes, so that no turn takes long however many streams there are. */
    private static final int TURNS = 8;

    private static final long SHORTEST_TURN_MILLIS = 5;

    private final List<ClientStream> streams = new ArrayList<>();
    private int next;
    private boolean begun;

    /** Looks after this stream, too, about once in {@code periodMillis}, which is the same for all of a loop. */
    void add(EventLoop loop, ClientStream stream, long periodMillis) {
        stream.place(streams.size());
        streams.add(stream);
        if (!begun) {
            begun = true;
            long turn = Math.max(SHORTEST_TURN_MILLIS, periodMillis / TURNS);
            loop.scheduleWithFixedDelay(this::turn, turn, turn, TimeUnit.MILLISECONDS);
        }
    }

    /** The last takes the place of the one that goes. */
    void remove(ClientStream stream) {
        ClientStream last = streams.remove(streams.size() - 1);
        if (last != stream) {
            streams.set(stream.place(), last);
            last.place(stream.place());
        }
    }

    private void turn() {
        for (int left = (streams.size() + TURNS - 1) / TURNS; left > 0 && !streams.isEmpty(); left--) {
            if (next >= streams.size()) {
                next = 0;
            }
            streams.get(next++).watch();
        }
    }
}
