package dev.beckon.system;

import static dev.beckon.ResultCode.S_OK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.beckon.Contact;
import dev.beckon.Messenger;
import dev.beckon.Session;
import dev.beckon.SessionState;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What dies without a word: the service, an agent, an application. Killed with SIGKILL, between any two steps. */
class FaultsIT {
    private static final String PATIENCE = "times { outage = 15 s, ping = 2 s, step = 10 s, attach = 9 s }";

    private static Stage stage;
    private static Person alice;
    private static Person bob;

    private final String guid = Stage.newGuid();
    private final Recorder onA = new Recorder();

    @BeforeAll
    static void open() {
        stage = Stage.open();
        List<Person> both = stage.peopleWith(PATIENCE, "alice", "bob");
        alice = both.get(0);
        bob = both.get(1);
        stage.befriend(alice, bob);
    }

    @AfterAll
    static void close() {
        stage.close();
    }

    @BeforeEach
    void restore() {
        stage.restore();
        alice.awaitOnline(bob);
        bob.awaitOnline(alice);
        alice.registerProbe(guid);
        bob.registerProbe(guid);
    }

    // --- The service

    @Test
    void killedBetweenInvitationsTheServiceForgetsNothing() {
        restartService();
        assertThat(alice.messenger().contacts()).extracting(Contact::signInName).containsExactly(bob.address());
        Session a = invite();
        connects(a, bob.window().awaitToAnswer(a));
    }

    @Test
    void killedWhileItRingsTheInvitationCanStillBeAccepted() {
        Session a = invite();
        Session b = bob.window().awaitToAnswer(a);
        restartService();
        connects(a, b);
    }

    @Test
    void killedWhileItRingsTheInvitationCanStillBeTakenBack() {
        Session a = invite();
        Session b = bob.window().awaitToAnswer(a);
        Recorder onB = new Recorder();
        b.addListener(onB);
        stage.service().kill();
        a.cancel(S_OK, null);
        assertThat(onA.awaitTermination()).isEqualTo("SR_SESSION_CANCELLED_LOCAL");
        stage.restore();
        // What Alice took back while nobody could hear it is told once somebody can, or ends with the invitation's
        // life.
        onB.awaitTermination();
        assertThat(b.state().isFinal()).isTrue();
    }

    @Test
    void killedWhileTheApplicationStartsBothSidesEndUpAlike() {
        bob.messenger().sessionManager().unregisterApplication(guid);
        bob.register(guid, stage.script("sleep 3\nexec " + stage.probe(guid)).toString());
        Session a = invite();
        Session b = bob.window().awaitToAnswer(a);
        b.accept(null);
        onA.await("accepted");
        restartService();
        await().atMost(Times.LONG)
                .until(() -> a.state() == b.state()
                        && (a.state() == SessionState.CONNECTED || a.state() == SessionState.TERMINATED));
        if (a.state() == SessionState.TERMINATED) {
            assertThat(onA.awaitTermination()).isEqualTo("SR_CONNECTION_FAILURE");
        } else {
            a.cancel(S_OK, null);
        }
    }

    @Test
    void killedWhileConnectedTheSessionGoesOn() {
        Session a = invite();
        Session b = bob.window().awaitToAnswer(a);
        b.accept(null);
        try (Launches.Launched atBob = stage.launches().await(guid, bob.address())) {
            atBob.await("connected");
            onA.await("left ACCEPTED");
            restartService();
            a.sendContextData("still there?");
            atBob.await("context \"still there?\"");
            a.cancel(S_OK, null);
            atBob.await("termination SR_SESSION_CANCELLED_REMOTE");
        }
    }

    @Test
    void aServiceThatStaysAwayEndsSessionsOnBothSides() {
        Session a = invite();
        Session b = bob.window().awaitToAnswer(a);
        Recorder onB = new Recorder();
        b.addListener(onB);
        b.accept(null);
        try (Launches.Launched atBob = stage.launches().await(guid, bob.address())) {
            atBob.await("connected");
            onA.await("left ACCEPTED");
            stage.service().kill();
            assertThat(onA.awaitTermination()).isEqualTo("SR_CONNECTION_FAILURE");
            assertThat(onB.awaitTermination()).isEqualTo("SR_CONNECTION_FAILURE");
            atBob.await("termination SR_CONNECTION_FAILURE");
        }
    }

    // --- An agent

    @Test
    void anAgentKilledWhileConnectedEndsTheSessionOnTheOtherSide() {
        Session a = invite();
        bob.window().awaitToAnswer(a).accept(null);
        try (Launches.Launched atBob = stage.launches().await(guid, bob.address())) {
            atBob.await("connected");
            onA.await("left ACCEPTED");
            bob.agent().kill();
            assertThat(onA.awaitTermination()).isEqualTo("SR_CONNECTION_FAILURE");
            assertThat(a.state()).isEqualTo(SessionState.TERMINATED);
        }
    }

    @Test
    void anAgentKilledWhileRingingLetsTheInvitationLapse() {
        Person hurried = stage.personWith("hannah", "times { invitation = 5 s }");
        stage.befriend(hurried, bob);
        hurried.registerProbe(guid);
        Session a = inviteFrom(hurried);
        bob.window().awaitToAnswer(a);
        bob.agent().kill();
        assertThat(onA.awaitTermination()).isIn("SR_SESSION_TIMEOUT", "SR_CONNECTION_FAILURE");
    }

    @Test
    void anInvitersAgentKilledWhileRingingStopsTheRinging() {
        Session a = invite();
        Session b = bob.window().awaitToAnswer(a);
        Recorder onB = new Recorder();
        b.addListener(onB);
        alice.agent().kill();
        b.accept(null);
        assertThat(onB.awaitTermination()).isEqualTo("SR_CONNECTION_FAILURE");
        assertThat(b.state()).isEqualTo(SessionState.TERMINATED);
    }

    @Test
    void anAgentThatStopsInOrderEndsItsSessionsAtOnce() {
        Session a = invite();
        bob.window().awaitToAnswer(a).accept(null);
        try (Launches.Launched atBob = stage.launches().await(guid, bob.address())) {
            atBob.await("connected");
            onA.await("left ACCEPTED");
            assertThat(bob.agent().stop()).isZero();
            onA.awaitTermination();
            assertThat(a.state()).isEqualTo(SessionState.TERMINATED);
        }
    }

    // --- An application

    @Test
    void anApplicationKilledEndsItsSessionOnBothSides() {
        Session a = invite();
        Session b = bob.window().awaitToAnswer(a);
        Recorder onB = new Recorder();
        b.addListener(onB);
        b.accept(null);
        try (Launches.Launched atBob = stage.launches().await(guid, bob.address())) {
            atBob.await("connected");
            onA.await("left ACCEPTED");
            atBob.process().destroyForcibly();
            assertThat(onB.awaitTermination()).isEqualTo("SR_CONNECTION_FAILURE");
            assertThat(onA.awaitTermination()).isEqualTo("SR_CONNECTION_FAILURE");
        }
    }

    @Test
    void anInvitingApplicationThatEndsTakesItsInvitationBack() {
        Messenger application = alice.connect(guid);
        Session a = application.sessionManager().createSession();
        a.setApplication(guid);
        a.invite(application.contact(bob.address()), null);
        Session b = bob.window().awaitToAnswer(a);
        Recorder onB = new Recorder();
        b.addListener(onB);
        application.close();
        assertThat(onB.awaitTermination()).isEqualTo("SR_SESSION_CANCELLED_REMOTE");
        assertThat(b.state()).isEqualTo(SessionState.CANCELLED);
    }

    // --- Common steps

    private Session invite() {
        return inviteFrom(alice);
    }

    private Session inviteFrom(Person inviter) {
        Messenger application = inviter.connect(guid);
        Session session = application.sessionManager().createSession();
        session.addListener(onA);
        session.setApplication(guid);
        session.invite(application.contact(bob.address()), null);
        return session;
    }

    private void restartService() {
        stage.service().kill();
        await().atMost(Times.LONG)
                .until(() -> alice.messenger().connection().state() != Messenger.Connection.State.SIGNED_IN
                        && bob.messenger().connection().state() != Messenger.Connection.State.SIGNED_IN);
        stage.startService();
        await().atMost(Times.LONG)
                .until(() -> alice.messenger().connection().state() == Messenger.Connection.State.SIGNED_IN
                        && bob.messenger().connection().state() == Messenger.Connection.State.SIGNED_IN);
        alice.awaitOnline(bob);
        bob.awaitOnline(alice);
    }

    private void connects(Session a, Session b) {
        b.accept(null);
        try (Launches.Launched atBob = stage.launches().await(guid, bob.address())) {
            atBob.await("connected");
            onA.await("left ACCEPTED");
            assertThat(a.state()).isEqualTo(SessionState.CONNECTED);
            a.cancel(S_OK, null);
            atBob.await("termination SR_SESSION_CANCELLED_REMOTE");
        }
    }
}
