package dev.beckon.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.metric.Counter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What waits for all slow readers together is bounded, at the cost of the slowest. */
class BacklogTest {
    private static final int KILO = 1024;

    private final Backlog backlog = new Backlog(1000 * KILO);
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final List<String> ended = new ArrayList<>();

    private Outbox outbox(String name) {
        return new Outbox(channel, Framing.TCP, 900 * KILO, backlog, new Counter(), () -> ended.add(name), () -> {});
    }

    @Test
    void theSlowestReaderIsEndedWhenTogetherTheyHoldTooMuch() {
        Outbox slowest = outbox("slowest");
        Outbox slow = outbox("slow");
        Outbox quick = outbox("quick");
        assertThat(slowest.add(new byte[600 * KILO])).isTrue();
        assertThat(slow.add(new byte[300 * KILO])).isTrue();
        assertThat(quick.add(new byte[200 * KILO])).isTrue();
        assertThat(slowest.add(new byte[1])).isFalse();
        assertThat(slow.add(new byte[1])).isTrue();
        assertThat(backlog.bytes()).isEqualTo(500 * KILO + 1);
        channel.runPendingTasks();
        assertThat(ended).containsExactly("slowest");
    }

    @Test
    void whatIsWrittenOrGivenUpCountsNoMore() {
        Outbox read = outbox("read");
        Outbox gone = outbox("gone");
        Outbox over = outbox("over");
        read.add(new byte[100 * KILO]);
        gone.add(new byte[100 * KILO]);
        assertThat(over.add(new byte[901 * KILO])).isFalse();
        assertThat(backlog.bytes()).isEqualTo(200 * KILO);
        gone.close();
        assertThat(gone.add(new byte[1])).isFalse();
        assertThat(backlog.bytes()).isEqualTo(100 * KILO);
        channel.runPendingTasks();
        channel.releaseOutbound();
        assertThat(backlog.bytes()).isZero();
        assertThat(ended).containsExactly("over");
    }
}
