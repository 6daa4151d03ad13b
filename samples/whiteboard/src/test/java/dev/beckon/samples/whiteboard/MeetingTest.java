package dev.beckon.samples.whiteboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.ResultCode;
import dev.beckon.SessionFlag;
import dev.beckon.SessionState;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A script draws on one side; the other side is the test. */
@Timeout(60)
class MeetingTest {
    private static final Message.Draw RED = new Message.Draw(Stroke.parse("E11D48 8 1,1 2,2"));

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final Board board = new Board(() -> {});

    @Test
    void theInvitersScriptDrawsWithThePeerThatComesIn() throws Exception {
        FakeSession session = new FakeSession(SessionFlag.INVITER, SessionState.ACCEPTED);
        CompletableFuture<Boolean> done = play(session, "wait-connected\nstroke 5,5 6,6\nwait-stroke\nend\n");

        await(() -> !session.sent().isEmpty());
        Invitation invitation = Invitation.parse(session.sent().get(0));
        session.move(SessionState.CONNECTED);
        StringBuilder heard = new StringBuilder();
        Link peer = Link.connect(InetAddress.getLoopbackAddress(), invitation, FakeSession.ID);
        peer.start(listener(heard));
        peer.send(RED);

        assertThat(done.get()).isTrue();
        assertThat(session.sent()).contains("cancel S_OK");
        await(() -> heard.toString().contains("stroke 1F2937 6 5,5 6,6"));
        assertThat(output()).contains("phase TOGETHER", RED.line(), "ended SR_SESSION_CANCELLED_LOCAL");
        peer.close();
    }

    @Test
    void theRecipientsScriptConnectsOnceItKnowsPortAndAddress() throws Exception {
        FakeSession session = new FakeSession(SessionFlag.INVITEE, SessionState.ACCEPTED);
        StringBuilder heard = new StringBuilder();
        CompletableFuture<Link> guest = new CompletableFuture<>();
        try (Door door = Door.open(InetAddress.getLoopbackAddress(), FakeSession.ID, guest::complete)) {
            CompletableFuture<Boolean> done =
                    play(session, "wait-connected\nstroke FF0000 3 7,7\ncursor 1,2\nwait-end\n");
            session.hear("something else");
            session.hear(door.invitation().contextData());
            assertThat(guest).as("not before it is CONNECTED").isNotDone();
            session.move(SessionState.CONNECTED);
            guest.get().start(listener(heard));
            await(() -> heard.toString().contains("stroke FF0000 3 7,7")
                    && heard.toString().contains("cursor 1,2"));
            guest.get().send(RED);
            guest.get().close();
            session.terminate(ResultCode.SR_SESSION_CANCELLED_REMOTE);

            assertThat(done.get()).isTrue();
        }
        assertThat(output())
                .as("what was drawn last comes before the end")
                .containsSubsequence(RED.line(), "phase OVER Bob has left", "ended SR_SESSION_CANCELLED_REMOTE");
    }

    @Test
    void aScriptThatWaitsInVainFailsAndSaysForWhat() throws Exception {
        FakeSession session = new FakeSession(SessionFlag.INVITER, SessionState.INVITATION);
        CompletableFuture<Boolean> done = play(session, "# nobody comes\n\nwait-connected\n");
        session.terminate(ResultCode.SR_SESSION_TIMEOUT);

        assertThat(done.get()).isFalse();
        assertThat(output()).contains("error line 3: no connection", "phase OVER Bob did not answer");
    }

    @Test
    void aScriptWithAnUnknownCommandFails() throws Exception {
        FakeSession session = new FakeSession(SessionFlag.INVITER, SessionState.ACCEPTED);
        assertThat(play(session, "paint 1,1\n").get()).isFalse();
        assertThat(output()).contains("error line 1: \"paint\" is no command");
        session.terminate(ResultCode.S_OK);
    }

    @Test
    void aRecipientThatFindsNobodyThereEndsTheSession() throws Exception {
        FakeSession session = new FakeSession(SessionFlag.INVITEE, SessionState.CONNECTED);
        CompletableFuture<Boolean> done = play(session, "wait-end\n");
        Invitation gone;
        try (Door door = Door.open(InetAddress.getLoopbackAddress(), FakeSession.ID, link -> {})) {
            gone = door.invitation();
        }
        session.hear(gone.contextData());

        assertThat(done.get()).isTrue();
        assertThat(session.sent()).containsExactly("cancel SR_CONNECTION_FAILURE");
    }

    @Test
    void addressesAreReadAndNamesAreNotLookedUp() throws Exception {
        assertThat(Meeting.literal("192.0.2.1").getHostAddress()).isEqualTo("192.0.2.1");
        assertThat(Meeting.literal("192.0.2.1:80").getHostAddress()).isEqualTo("192.0.2.1");
        assertThat(Meeting.literal("[2001:db8::1]:7000").getHostAddress()).isEqualTo("2001:db8:0:0:0:0:0:1");
        assertThat(Meeting.literal("2001:db8::1").getHostAddress()).isEqualTo("2001:db8:0:0:0:0:0:1");
        for (String bad : new String[] {"", "example.org", "beef", "[", "[]", "[example.org]:80", "1.2.3", "[:"}) {
            org.assertj.core.api.Assertions.assertThatThrownBy(() -> Meeting.literal(bad))
                    .as(bad)
                    .isInstanceOf(java.io.IOException.class);
        }
    }

    private CompletableFuture<Boolean> play(FakeSession session, String commands) {
        Script script = new Script(
                new BufferedReader(new StringReader(commands)),
                new PrintStream(printed, true, StandardCharsets.UTF_8),
                Duration.ofSeconds(20));
        Meeting meeting = new Meeting(session, board, script);
        meeting.start();
        return CompletableFuture.supplyAsync(() -> script.run(new Script.Hands() {
            @Override
            public void say(Message message) {
                meeting.say(message);
            }

            @Override
            public void invite(String contact, String data) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void end() {
                meeting.end();
            }
        }));
    }

    private static Link.Listener listener(StringBuilder heard) {
        return new Link.Listener() {
            @Override
            public void received(Message message) {
                synchronized (heard) {
                    heard.append(message.line()).append('\n');
                }
            }

            @Override
            public void lost(String why) {
                // The meeting ended.
            }
        };
    }

    private String output() throws InterruptedException {
        return printed.toString(StandardCharsets.UTF_8);
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }
}
