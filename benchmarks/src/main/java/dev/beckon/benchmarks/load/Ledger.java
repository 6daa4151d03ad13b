package dev.beckon.benchmarks.load;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What became of each message that was sent: none that the server acknowledged may be lost, none may come twice. Thread-safe. */
final class Ledger {
    /** How many messages were sent, and what became of them. */
    record Balance(int sent, int acknowledged, int arrived, int bounced, int lost, int twice) {
        boolean isGood() {
            return lost == 0 && twice == 0;
        }

        @Override
        public String toString() {
            return sent + " sent, " + acknowledged + " acknowledged, " + arrived + " arrived, " + bounced + " bounced, "
                    + lost + " lost, " + twice + " twice";
        }
    }

    private static final int EXAMPLES = 10;

    private final BitSet acknowledged = new BitSet();
    private final BitSet arrived = new BitSet();
    private final BitSet bounced = new BitSet();
    private final List<String> examples = new ArrayList<>();
    private int sent;
    private int twice;

    /** The number of a message that is about to be sent. */
    synchronized int next() {
        return sent++;
    }

    /** The server has said that it took it. */
    synchronized void acknowledged(int message) {
        acknowledged.set(message);
    }

    synchronized void arrived(int message) {
        once(arrived, message, " arrived");
    }

    /** The server has sent it back. */
    synchronized void bounced(int message) {
        once(bounced, message, " bounced");
    }

    private void once(BitSet seen, int message, String how) {
        if (arrived.get(message) || bounced.get(message)) {
            twice++;
            if (examples.size() < EXAMPLES) {
                examples.add(message + (arrived.get(message) ? " had arrived, and" : " had bounced, and") + how);
            }
        }
        seen.set(message);
    }

    /** Acknowledged, but neither arrived nor bounced so far. */
    synchronized int outstanding() {
        BitSet lost = (BitSet) acknowledged.clone();
        lost.andNot(arrived);
        lost.andNot(bounced);
        return lost.cardinality();
    }

    /** Some messages that were lost or came twice, for people; empty if there are none. */
    synchronized String examples() {
        BitSet lost = (BitSet) acknowledged.clone();
        lost.andNot(arrived);
        lost.andNot(bounced);
        return Stream.concat(
                        lost.stream().limit(EXAMPLES).mapToObj(message -> message + " was lost"), examples.stream())
                .collect(Collectors.joining("; "));
    }

    synchronized Balance balance() {
        return new Balance(
                sent, acknowledged.cardinality(), arrived.cardinality(), bounced.cardinality(), outstanding(), twice);
    }
}
