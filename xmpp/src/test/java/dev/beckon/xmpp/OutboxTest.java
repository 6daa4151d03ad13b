package dev.beckon.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.beckon.session.Jid;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private static final Jid SELF = new Jid("bob@b.example", "x");
    private static final Jid SERVICE = Jid.bare("b.example");
    private static final Node MESSAGE = Node.of("message", Names.CLIENT);

    private final Serial serial = new Serial("outbox-test");
    private final List<Node> written = new ArrayList<>();
    private final AtomicInteger dead = new AtomicInteger();
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private Outbox outbox;

    private final Outbox.Answer answer = new Outbox.Answer() {
        @Override
        public void result(Node iq) {
            heard.add("result");
        }

        @Override
        public void failed(String condition, @Nullable Jid from, String text) {
            heard.add(condition + " " + from);
        }
    };

    private Outbox.Fate fate(String name) {
        return new Outbox.Fate() {
            @Override
            public void handed() {
                heard.add(name + " handed");
            }

            @Override
            public void lost() {
                heard.add(name + " lost");
            }
        };
    }

    @BeforeEach
    void open() {
        outbox = outbox(Duration.ofMinutes(10));
    }

    private Outbox outbox(Duration patience) {
        Outbox made = new Outbox(serial, SELF.bare(), patience, written::add, dead::incrementAndGet);
        made.open();
        return made;
    }

    @AfterEach
    void stop() {
        serial.stop();
    }

    private Node last(String type) {
        return Node.of("iq", Names.CLIENT)
                .with("type", type)
                .with("id", written.get(written.size() - 1).attribute("id"));
    }

    @Test
    void onlyWhoWasAskedAnswers() {
        Jid peer = new Jid("alice@a.example", "y");
        outbox.ask("set", peer, Node.of("jingle", Names.JINGLE), answer);

        outbox.answered(last("result"), new Jid("alice@a.example", "z"), SELF);
        outbox.answered(last("result"), Jid.bare("mallory@m.example"), SELF);
        outbox.answered(last("result"), null, SELF);
        assertThat(heard).isEmpty();
        outbox.answered(last("error").with(Refusal.error("item-not-found", "", null)), peer, SELF);
        outbox.answered(last("result"), peer, SELF);
        assertThat(heard).containsExactly("item-not-found alice@a.example/y");
    }

    @Test
    void onesOwnAccountAnswersInEveryWayItMay() {
        for (Jid from : new Jid[] {null, SELF, Jid.bare(SELF.bare()), SERVICE}) {
            outbox.ask("get", null, Node.of("query", Names.ROSTER), answer);
            outbox.answered(last("result"), from, SELF);
        }
        outbox.ask("get", null, Node.of("query", Names.ROSTER), answer);
        outbox.answered(last("result"), Jid.bare("mallory@m.example"), SELF);

        assertThat(heard).containsExactly("result", "result", "result", "result");
    }

    @Test
    void aMessageIsHandedOnceAPingAfterItIsAnswered() {
        outbox.send(MESSAGE, fate("first"));
        Node ping = last("result");
        outbox.send(MESSAGE, fate("second"));
        assertThat(written).hasSize(3); // one ping is under way

        outbox.answered(ping, SERVICE, SELF);
        assertThat(heard).containsExactly("first handed");
        // A service that knows no ping answers too.
        outbox.answered(last("error").with(Refusal.error("service-unavailable", "", null)), SERVICE, SELF);
        assertThat(heard).containsExactly("first handed", "second handed");
    }

    @Test
    void whatIsNotConfirmedIsLostWithTheConnection() {
        outbox.send(MESSAGE, fate("message"));
        outbox.ask("set", SELF, Node.of("jingle", Names.JINGLE), answer);
        outbox.close();
        outbox.send(MESSAGE, fate("late"));

        assertThat(heard).containsExactly("message lost", "offline null", "late lost");
    }

    @Test
    void aPingWithoutAnswerMeansThatTheConnectionIsDead() {
        Outbox impatient = outbox(Duration.ofMillis(20));
        impatient.send(MESSAGE, fate("message"));

        await().atMost(Device.SOON).until(() -> dead.get() == 1);
    }

    @Test
    void nothingWaitsWithoutABound() {
        for (int i = 0; i < 600; i++) {
            outbox.send(MESSAGE, fate("message"));
            outbox.ask("set", SELF, Node.of("jingle", Names.JINGLE), answer);
        }

        assertThat(written).hasSizeLessThan(500); // Smack's queue
        assertThat(heard).isNotEmpty().containsOnly("message lost", "offline null");
    }

    @Test
    void pausesGrowToAMinuteAndAreNeverTheSame() {
        for (int failures = 0; failures < 100; failures++) {
            assertThat(Link.pause(failures)).isBetween(Duration.ofMillis(250), Duration.ofSeconds(20));
        }
        assertThat(Link.pause(0)).isLessThanOrEqualTo(Duration.ofMillis(500));
        assertThat(Link.pause(50)).isGreaterThanOrEqualTo(Duration.ofSeconds(10));
    }
}
