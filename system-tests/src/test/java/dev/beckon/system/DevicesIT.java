package dev.beckon.system;

import static dev.beckon.ResultCode.S_OK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.beckon.ContactStatus;
import dev.beckon.Messenger;
import dev.beckon.Session;
import dev.beckon.SessionState;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A person signed in on two devices, people who invite each other at once, and strangers. */
class DevicesIT {
    private static Stage stage;
    private static Person alice;
    private static Person bob;
    private static Person bobsLaptop;

    private final String guid = Stage.newGuid();

    @BeforeAll
    static void open() {
        stage = Stage.open();
        List<Person> both = stage.peopleWith("", "alice", "bob");
        alice = both.get(0);
        bob = both.get(1);
        stage.befriend(alice, bob);
        bobsLaptop = stage.device("bob", "bobs-laptop");
    }

    @AfterAll
    static void close() {
        bobsLaptop.close();
        stage.close();
    }

    @Test
    void bothDevicesRingAndTheOneThatAcceptsGoesOn() {
        alice.registerProbe(guid);
        bobsLaptop.registerProbe(guid);
        Session a = alice.messenger().invite(alice.contact(bob), guid, "which one?");
        Session onDesk = bob.window().awaitToAnswer(a);
        Recorder desk = new Recorder();
        onDesk.addListener(desk);
        Session onLaptop = bobsLaptop.window().awaitToAnswer(a);
        onLaptop.accept("the laptop");

        assertThat(desk.awaitTermination()).isEqualTo("SR_SESSION_CANCELLED_LOCAL");
        assertThat(onDesk.state()).isEqualTo(SessionState.CANCELLED);
        try (Launches.Launched atBob = stage.launches().await(guid, bob.address());
                Launches.Launched atAlice = stage.launches().await(guid, alice.address())) {
            atBob.await("connected");
            atAlice.await("connected");
            a.cancel(S_OK, null);
            atBob.await("termination SR_SESSION_CANCELLED_REMOTE");
        }
        assertThat(desk.events()).containsExactly("left INVITATION", "termination SR_SESSION_CANCELLED_LOCAL");
    }

    @Test
    void declinedOnOneDeviceStopsRingingOnTheOther() {
        alice.registerProbe(guid);
        Session a = alice.messenger().invite(alice.contact(bob), guid, null);
        Recorder onA = new Recorder();
        a.addListener(onA);
        Session onDesk = bob.window().awaitToAnswer(a);
        Session onLaptop = bobsLaptop.window().awaitToAnswer(a);
        Recorder laptop = new Recorder();
        onLaptop.addListener(laptop);
        onDesk.decline(null);
        assertThat(onA.awaitTermination()).isEqualTo("SR_INVITATION_DECLINED");
        assertThat(laptop.awaitTermination()).isEqualTo("SR_SESSION_CANCELLED_LOCAL");
        assertThat(onLaptop.state()).isEqualTo(SessionState.CANCELLED);
    }

    @Test
    void takenBackStopsRingingOnBothDevices() {
        alice.registerProbe(guid);
        Session a = alice.messenger().invite(alice.contact(bob), guid, null);
        Session onDesk = bob.window().awaitToAnswer(a);
        Session onLaptop = bobsLaptop.window().awaitToAnswer(a);
        a.cancel(S_OK, null);
        for (Session b : List.of(onDesk, onLaptop)) {
            await().atMost(Times.LONG).until(() -> b.state() == SessionState.CANCELLED);
        }
    }

    @Test
    void twoWhoInviteEachOtherAtOnceShareOneSession() throws Exception {
        Person carol = stage.person("carol");
        stage.befriend(alice, carol);
        alice.registerProbe(guid);
        carol.registerProbe(guid);
        Recorder onA = new Recorder();
        Recorder onC = new Recorder();
        Session a = prepared(alice.connect(guid), onA);
        Session c = prepared(carol.connect(guid), onC);
        String lower =
                Stream.of(a.sessionId(), c.sessionId()).sorted().findFirst().orElseThrow();

        Thread other = new Thread(() -> c.invite(carol.contact(alice), "from carol"));
        other.start();
        a.invite(alice.contact(carol), "from alice");
        other.join();

        onA.await("left ACCEPTED");
        onC.await("left ACCEPTED");
        assertThat(a.state()).isEqualTo(SessionState.CONNECTED);
        assertThat(c.state()).isEqualTo(SessionState.CONNECTED);
        assertThat(a.sessionId()).isEqualTo(lower);
        assertThat(c.sessionId()).isEqualTo(lower);
        assertThat(onA.events()).doesNotHaveDuplicates();
        assertThat(onC.events()).doesNotHaveDuplicates();
        a.cancel(S_OK, null);
        assertThat(onC.awaitTermination()).isEqualTo("SR_SESSION_CANCELLED_REMOTE");
    }

    @Test
    void whoTurnsInvisibleKeepsTheSessionsThereAre() {
        Person erin = stage.personWith("erin", "times { ping = 1 s, outage = 2 s }");
        Person frank = stage.personWith("frank", "times { ping = 1 s, outage = 2 s }");
        stage.befriend(erin, frank);
        erin.registerProbe(guid);
        frank.registerProbe(guid);
        Session e = erin.messenger().invite(erin.contact(frank), guid, null);
        frank.window().awaitToAnswer(e).accept(null);
        try (Launches.Launched atErin = stage.launches().await(guid, erin.address());
                Launches.Launched atFrank = stage.launches().await(guid, frank.address())) {
            atErin.await("connected");
            atFrank.await("connected");
            frank.messenger().setStatus(ContactStatus.INVISIBLE);
            erin.awaitOffline(frank);
            for (int i = 1; i <= 3; i++) {
                atErin.order("send", "to frank " + i);
                atFrank.await("context \"to frank " + i + "\"");
                atFrank.order("send", "to erin " + i);
                atErin.await("context \"to erin " + i + "\"");
            }
            assertThat(atErin.order("state")).isEqualTo("CONNECTED");
            assertThat(atFrank.order("state")).isEqualTo("CONNECTED");
            e.cancel(S_OK, null);
            atFrank.await("termination SR_SESSION_CANCELLED_REMOTE");
        }
    }

    @Test
    void aStrangersInvitationDoesNotRingAndTheStrangerLearnsNothing() {
        Person mallory = stage.personWith("mallory", "times { invitation = 3 s }");
        mallory.registerProbe(guid);
        Recorder onM = new Recorder();
        Session m = prepared(mallory.connect(guid), onM);
        m.invite(mallory.contact(bob), "let me in");
        assertThat(onM.awaitTermination()).isEqualTo("SR_SESSION_TIMEOUT");
        assertThat(onM.events()).containsExactly("left READY", "left INVITATION", "termination SR_SESSION_TIMEOUT");
        assertThat(bob.window().events()).noneMatch(e -> e.contains(m.sessionId()) && e.startsWith("to answer"));
    }

    private Session prepared(Messenger application, Recorder recorder) {
        Session session = application.sessionManager().createSession();
        session.addListener(recorder);
        session.setApplication(guid);
        return session;
    }
}
