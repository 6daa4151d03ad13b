package dev.beckon.session;

import static dev.beckon.session.Device.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.ChatMessage;
import dev.beckon.ChatMessage.Fate;
import dev.beckon.ContactStatus;
import dev.beckon.Messenger;
import dev.beckon.MessengerListener;
import dev.beckon.ResultCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What people write to each other, from one side: the other is played by the test. */
class MessagesTest {
    private static final String ALICE = "alice@a.example";
    private static final String BOB = "bob@b.example";
    private static final String MALLORY = "mallory@m.example";
    private static final Jid DESK = new Jid(BOB, "desk");

    private final TurnedScheduler clock = new TurnedScheduler();
    private final Network network = new Network(clock);
    private final Device alice = new Device(network, ALICE, "desk", "192.0.2.1").knows(BOB);
    private final List<ChatMessage> heard = new ArrayList<>();

    @BeforeEach
    void listen() {
        alice.window.addListener(listener(heard));
    }

    private static MessengerListener listener(List<ChatMessage> heard) {
        return new MessengerListener() {
            @Override
            public void onMessage(ChatMessage message) {
                heard.add(message);
            }
        };
    }

    private ChatMessage last() {
        return heard.get(heard.size() - 1);
    }

    private String receive(Jid from, String text) {
        return receive(from, alice.line.jid, text, null, Carrier.Carbon.NONE);
    }

    private String receive(Jid from, Jid to, String text, @Nullable Instant delayed, Carrier.Carbon carbon) {
        Network.Answer answer = new Network.Answer();
        alice.talk.receiver.received(new Chat.Incoming(from, to, text, delayed, carbon, answer));
        clock.settle();
        return answer.what;
    }

    // ---- what this user writes

    @Test
    void aMessageIsSentOnceTheServiceHasIt() {
        ChatMessage message = alice.window.sendMessage("Bob@b.example", "hello\r\n<b>");
        clock.settle();
        assertThat(message)
                .isEqualTo(new ChatMessage(message.id(), BOB, true, "hello\r\n<b>", clock.now(), Fate.SENDING, ""));
        assertThat(heard).containsExactly(message);
        assertThat(alice.talk.written).singleElement().satisfies(w -> {
            assertThat(w.bare()).isEqualTo(BOB);
            assertThat(w.text()).isEqualTo("hello\r\n<b>");
        });
        alice.talk.written.get(0).receipt().delivered();
        clock.settle();
        assertThat(last())
                .isEqualTo(new ChatMessage(message.id(), BOB, true, "hello\r\n<b>", message.when(), Fate.SENT, ""));
    }

    @Test
    void anErrorThatComesBackLaterMakesItFailedAndSaysWhatToDo() {
        alice.window.sendMessage(BOB, "hello");
        Carrier.Receipt receipt = alice.talk.written.get(0).receipt();
        receipt.delivered();
        receipt.failed(new Carrier.Failure("service-unavailable", Jid.bare(BOB)));
        receipt.failed(new Carrier.Failure("item-not-found", Jid.bare(BOB)));
        clock.settle();
        assertThat(heard).extracting(ChatMessage::fate).containsExactly(Fate.SENDING, Fate.SENT, Fate.FAILED);
        assertThat(last().problem()).startsWith(BOB + " cannot be reached").endsWith("try later");
        assertThat(heard).extracting(ChatMessage::id).containsOnly(last().id());
    }

    @Test
    void whileNotSignedInAMessageFailsAtOnceAndIsNeverSent() {
        alice.line.drop();
        clock.settle();
        ChatMessage message = alice.window.sendMessage(BOB, "hello");
        assertThat(message.fate()).isEqualTo(Fate.FAILED);
        assertThat(message.problem()).isEqualTo("not signed in; send it again once you are");
        alice.line.signIn();
        clock.settle();
        assertThat(heard).containsExactly(message);
        assertThat(alice.talk.written).isEmpty();
    }

    @Test
    void aConnectionThatBreaksLeavesNobodyInDoubtThatThereIsDoubt() {
        alice.window.sendMessage(BOB, "hello");
        alice.talk.written.get(0).receipt().failed(new Carrier.Failure(Carrier.Failure.OFFLINE, null));
        clock.settle();
        assertThat(last().fate()).isEqualTo(Fate.FAILED);
        assertThat(last().problem()).contains("it may have arrived");
        assertThat(alice.talk.written).hasSize(1);
    }

    @Test
    void everyRefusalHasPlainWords() {
        for (String condition : List.of(
                "item-not-found",
                "remote-server-not-found",
                Carrier.Failure.TIMEOUT,
                "resource-constraint",
                "not-acceptable",
                "forbidden",
                "something-new")) {
            alice.window.sendMessage(BOB, condition);
            alice.talk
                    .written
                    .get(alice.talk.written.size() - 1)
                    .receipt()
                    .failed(new Carrier.Failure(condition, DESK));
            clock.settle();
            assertThat(last().problem()).contains(BOB).contains(";");
        }
    }

    @Test
    void everyWindowHearsOfIt() {
        List<ChatMessage> elsewhere = new ArrayList<>();
        try (Messenger other = alice.engine.connect(new Client(2, null, null))) {
            other.addListener(listener(elsewhere));
            alice.window.sendMessage(BOB, "hello");
            receive(DESK, "hello yourself");
            assertThat(elsewhere).isEqualTo(heard).hasSize(2);
        }
    }

    @Test
    void whatCannotBeSentSaysWhy() {
        assertThat(failure(() -> alice.window.sendMessage(BOB, ""))).isEqualTo(ResultCode.E_INVALIDARG);
        assertThat(failure(() -> alice.window.sendMessage(BOB, "x".repeat(5001))))
                .isEqualTo(ResultCode.E_INVALIDARG);
        assertThat(failure(() -> alice.window.sendMessage(BOB, "\u0000"))).isEqualTo(ResultCode.E_INVALIDARG);
        assertThat(failure(() -> alice.window.sendMessage("", "x"))).isEqualTo(ResultCode.E_INVALIDARG);
        assertThat(failure(() -> alice.window.sendMessage(ALICE, "x"))).isEqualTo(ResultCode.SR_INVITED_SELF);
        alice.contacts.blocked.add(BOB);
        assertThat(failure(() -> alice.window.sendMessage(BOB, "x"))).isEqualTo(ResultCode.E_FAIL);
        assertThat(heard).isEmpty();
        assertThat(alice.talk.written).isEmpty();
    }

    @Test
    void aHundredMessagesMayBeUnderWay() {
        for (int i = 0; i < Messages.UNDER_WAY; i++) {
            alice.window.sendMessage(BOB, "x");
        }
        assertThat(failure(() -> alice.window.sendMessage(BOB, "x"))).isEqualTo(ResultCode.E_FAIL);
        alice.talk.written.get(0).receipt().delivered();
        clock.settle();
        alice.window.sendMessage(BOB, "x");
    }

    @Test
    void whatIsUnderWayWhenTheClientClosesIsToldToHaveFailed() {
        alice.window.sendMessage(BOB, "hello");
        alice.engine.close();
        clock.settle();
        assertThat(heard).extracting(ChatMessage::fate).containsExactly(Fate.SENDING, Fate.FAILED);
        assertThat(last().problem()).contains("it may have arrived");
    }

    // ---- what others write

    @Test
    void contactsAreHeard() {
        assertThat(receive(DESK, "hello")).isEqualTo("ack");
        assertThat(heard)
                .containsExactly(new ChatMessage(last().id(), BOB, false, "hello", clock.now(), Fate.RECEIVED, ""));
    }

    @Test
    void strangersAreNotUnlessTheyMayRing() {
        Jid mallory = new Jid(MALLORY, "x");
        assertThat(receive(mallory, "buy this")).isEqualTo("silence");
        assertThat(receive(mallory, "x".repeat(6000))).isEqualTo("silence");
        assertThat(heard).isEmpty();
        alice.rules.strangers = true;
        assertThat(receive(mallory, "hello")).isEqualTo("ack");
        assertThat(last().contact()).isEqualTo(MALLORY);
    }

    @Test
    void whoCannotBeWrittenBackToIsNotHeard() {
        alice.rules.strangers = true;
        assertThat(receive(new Jid("b.example", null), "an announcement")).isEqualTo("silence");
        assertThat(receive(new Jid("Not Prepared@b.example", "x"), "hello")).isEqualTo("silence");
        assertThat(heard).isEmpty();
    }

    @Test
    void aStrangerOneWroteToMayAnswer() {
        Jid carol = new Jid("carol@c.example", "x");
        alice.contacts.entries.put(
                carol.bare(), new ContactList.Entry(carol.bare(), "", false, false, ContactStatus.UNKNOWN, Set.of()));
        assertThat(receive(carol, "hello")).isEqualTo("silence");
        alice.window.sendMessage(carol.bare(), "hello");
        assertThat(receive(carol, "hello yourself")).isEqualTo("ack");
        assertThat(last().text()).isEqualTo("hello yourself");
    }

    @Test
    void theBlockedAreNeverHeard() {
        alice.window.sendMessage(BOB, "hello");
        alice.contacts.blocked.add(BOB);
        alice.rules.strangers = true;
        assertThat(receive(DESK, "hello")).isEqualTo("silence");
        assertThat(heard).hasSize(1);
    }

    @Test
    void whatAnotherDeviceOfTheUserSendsAndReceivesIsShownHereToo() {
        Jid phone = new Jid(ALICE, "phone");
        receive(phone, new Jid("dan@d.example", null), "on my way", null, Carrier.Carbon.SENT);
        assertThat(last())
                .isEqualTo(
                        new ChatMessage(last().id(), "dan@d.example", true, "on my way", clock.now(), Fate.SENT, ""));
        receive(new Jid("dan@d.example", "x"), phone, "good", null, Carrier.Carbon.RECEIVED);
        assertThat(last())
                .isEqualTo(
                        new ChatMessage(last().id(), "dan@d.example", false, "good", clock.now(), Fate.RECEIVED, ""));
        receive(phone, Jid.bare(ALICE), "a note to oneself", null, Carrier.Carbon.NONE);
        assertThat(heard).hasSize(2);
    }

    @Test
    void aStoredMessageBearsTheTimeItWasStoredAt() {
        Instant stored = clock.now().minusSeconds(3600);
        receive(DESK, alice.line.jid, "earlier", stored, Carrier.Carbon.NONE);
        assertThat(last().when()).isEqualTo(stored);
        receive(DESK, alice.line.jid, "later", clock.now().plusSeconds(3600), Carrier.Carbon.NONE);
        assertThat(last().when()).isEqualTo(clock.now());
    }

    @Test
    void fiveThousandCharactersAreTakenAndOneMoreIsRefusedToItsSender() {
        assertThat(receive(DESK, "🙂".repeat(5000))).isEqualTo("ack");
        assertThat(receive(DESK, "x".repeat(5001))).isEqualTo("not-acceptable");
        assertThat(heard).hasSize(1);
    }

    @Test
    void aFloodIsRefusedToItsSenderBeforeItFillsTheMemory() {
        List<Network.Answer> answers = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            Network.Answer answer = new Network.Answer();
            answers.add(answer);
            alice.talk.receiver.received(
                    new Chat.Incoming(DESK, alice.line.jid, "flood " + i, null, Carrier.Carbon.NONE, answer));
        }
        clock.settle();
        assertThat(heard).hasSizeBetween(Messages.CROWDED, Messages.CROWDED + 10);
        assertThat(answers.stream().filter(a -> a.what.equals("resource-constraint")))
                .hasSize(3000 - heard.size());
        assertThat(receive(DESK, "later")).isEqualTo("ack");
    }
}
