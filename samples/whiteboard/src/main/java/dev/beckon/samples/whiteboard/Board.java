package dev.beckon.samples.whiteboard;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is drawn, and where the other side's pen is. Any thread. */
final class Board {
    /** Points it holds; past them the oldest strokes fade, so that a peer who never stops cannot fill the memory. */
    private static final int MAX_POINTS = 500_000;

    private final Deque<Stroke> strokes = new ArrayDeque<>();
    private final Runnable changed;
    private int points;
    private int wiped;
    private @Nullable Point theirs;

    /**
     * What is on it.
     *
     * @param wiped how often strokes were taken away: where it is the same as before, there are only new ones at the end
     * @param strokes from {@code from} on, oldest first
     */
    record Picture(int wiped, List<Stroke> strokes) {}

    Board(Runnable changed) {
        this.changed = changed;
    }

    /** Puts down what either side has said. */
    void apply(Message message, boolean mine) {
        synchronized (this) {
            if (message instanceof Message.Draw draw) {
                strokes.add(draw.stroke());
                points += draw.stroke().points().size();
                if (points > MAX_POINTS) {
                    // A quarter at once: taking away makes everything be painted anew.
                    while (points > MAX_POINTS / 4 * 3) {
                        points -= strokes.remove().points().size();
                    }
                    wiped++;
                }
            } else if (message instanceof Message.Clear) {
                strokes.clear();
                points = 0;
                wiped++;
            } else if (!mine) {
                theirs = message instanceof Message.Cursor cursor ? cursor.point() : null;
            }
        }
        changed.run();
    }

    /** What came after the first {@code known} strokes; all, if some of those were taken away since. */
    synchronized Picture since(int lastWiped, int known) {
        List<Stroke> all = new ArrayList<>(strokes);
        return new Picture(wiped, wiped == lastWiped ? all.subList(known, all.size()) : all);
    }

    /** Where the other side's pen is; null where it is not on the board. */
    synchronized @Nullable Point theirs() {
        return theirs;
    }
}
