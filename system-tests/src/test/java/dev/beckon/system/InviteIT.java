package dev.beckon.system;

import static dev.beckon.ResultCode.E_INVALIDARG;
import static dev.beckon.ResultCode.MSGR_E_NOT_LOGGED_ON;
import static dev.beckon.ResultCode.SR_APP_NOT_REGISTERED;
import static dev.beckon.ResultCode.SR_APP_NOT_SPECIFIED;
import static dev.beckon.ResultCode.SR_CONTEXT_DATA_OVER_LIMIT;
import static dev.beckon.ResultCode.SR_INVITED_SELF;
import static dev.beckon.ResultCode.SR_NOT_INVITEE;
import static dev.beckon.ResultCode.SR_NOT_INVITER;
import static dev.beckon.ResultCode.SR_NOT_VALID_FOR_APP_INVITE;
import static dev.beckon.ResultCode.SR_SESSION_NOT_READY;
import static dev.beckon.ResultCode.SR_SESSION_STATE_INVALID;
import static dev.beckon.ResultCode.S_OK;
import static dev.beckon.system.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.beckon.Messenger;
import dev.beckon.Session;
import dev.beckon.SessionFlag;
import dev.beckon.SessionState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each way an invitation can go, between two people with agents and applications as processes of their own. */
class InviteIT {
    private static Stage stage;
    private static Person alice;
    private static Person bob;

    private final String guid = Stage.newGuid();

    @BeforeAll
    static void open() {
        stage = Stage.open();
        List<Person> both = stage.peopleWith("", "alice", "bob");
        alice = both.get(0);
        bob = both.get(1);
        stage.befriend(alice, bob);
    }

    @AfterAll
    static void close() {
        stage.close();
    }

    // --- Accepted

    @Test
    void acceptedInTheWindowIsLaunchedOnBothSidesAndConnected() {
        alice.registerProbe(guid);
        bob.registerProbe(guid);
        Recorder onA = new Recorder();
        Session a = alice.messenger().invite(alice.contact(bob), guid, "board 7");
        a.addListener(onA);

        Session b = bob.window().awaitToAnswer(a);
        assertThat(b.contextData()).isEqualTo("board 7");
        assertThat(b.user().signInName()).isEqualTo(alice.address());
        assertThat(b.applicationName()).isEqualTo("Probe");
        b.accept("coming");

        try (Launches.Launched atAlice = stage.launches().await(guid, alice.address());
                Launches.Launched atBob = stage.launches().await(guid, bob.address())) {
            assertThat(atAlice.sessionId()).isEqualTo(a.sessionId()).isEqualTo(atBob.sessionId());
            assertThat(atAlice.environment()).isEqualTo(a.sessionId());
            atAlice.await("connected");
            atBob.await("connected");
            assertThat(atAlice.order("remoteAddress")).isNotEmpty();
            assertThat(atBob.order("remoteAddress")).isNotEmpty();

            atAlice.order("send", "port=7000");
            atBob.await("context \"port=7000\"");
            assertThat(atBob.order("contextData")).isEqualTo("port=7000");
            atBob.order("send", "thanks");
            atAlice.await("context \"thanks\"");

            atBob.order("cancel", "good game");
            atBob.await("termination SR_SESSION_CANCELLED_LOCAL");
            atAlice.await("cancelled \"good game\"");
            atAlice.await("termination SR_SESSION_CANCELLED_REMOTE \"good game\"");
        }
        onA.await(e -> e.startsWith("termination"), "termination");
        assertThat(onA.events())
                .containsSubsequence(
                        "left INVITATION",
                        "accepted \"coming\"",
                        "before launch",
                        "ready to launch",
                        "left ACCEPTED",
                        "left CONNECTED",
                        "cancelled \"good game\"",
                        "termination SR_SESSION_CANCELLED_REMOTE \"good game\"")
                .doesNotHaveDuplicates();
    }

    @Test
    void anApplicationThatInvitesIsLaunchedAtTheRecipientOnly() {
        alice.registerProbe(guid);
        bob.registerProbe(guid);
        Messenger application = alice.connect(guid);
        Recorder onA = new Recorder();
        Session a = invite(application, onA, "hello");
        assertThat(a.flags()).contains(SessionFlag.INVITER);

        Session b = bob.window().awaitToAnswer(a);
        b.accept(null);
        try (Launches.Launched atBob = stage.launches().await(guid, bob.address())) {
            atBob.await("connected");
            onA.await("left ACCEPTED");
            assertThat(a.state()).isEqualTo(SessionState.CONNECTED);
            assertThat(a.remoteAddress()).isNotEmpty();
            assertThat(a.flags()).contains(SessionFlag.APP_INVITE_COMPATIBLE);
            assertThat(onA.events()).doesNotContain("before launch");
            assertThat(stage.launches().unclaimed()).isZero();
            a.cancel(S_OK, null);
            assertThat(onA.awaitTermination()).isEqualTo("SR_SESSION_CANCELLED_LOCAL");
            atBob.await("termination SR_SESSION_CANCELLED_REMOTE");
        }
    }

    @Test
    void anApplicationThatHandlesTheInvitationAnswersItWithoutWindowOrLaunch() {
        alice.registerProbe(guid);
        bob.registerProbe(guid);
        Messenger bobs = bob.connect(guid);
        Recorder atBob = Recorder.thatHandlesInvitations();
        bobs.sessionManager().addListener(atBob);

        Recorder onA = new Recorder();
        Session a = invite(alice.connect(guid), onA, "hello");
        Session b = atBob.awaitSession("invitation \"hello\"");
        b.addListener(atBob);
        b.accept("in here");

        atBob.await("left ACCEPTED");
        onA.await("left ACCEPTED");
        assertThat(b.state()).isEqualTo(SessionState.CONNECTED);
        assertThat(onA.events()).containsSubsequence("left INVITATION", "accepted \"in here\"", "left ACCEPTED");
        assertThat(bob.window().events()).doesNotContain("to answer " + a.sessionId());
        assertThat(stage.launches().unclaimed()).isZero();
        a.cancel(S_OK, null);
        assertThat(atBob.awaitTermination()).isEqualTo("SR_SESSION_CANCELLED_REMOTE");
    }

    @Test
    void anApplicationThatRunsAlreadyGetsTheSessionInsteadOfASecondProcess() {
        alice.registerProbe(guid);
        bob.registerProbe(guid);
        Messenger bobs = bob.connect(guid);
        Recorder atBob = new Recorder();
        bobs.sessionManager().addListener(atBob);
        Messenger alices = alice.connect(guid);
        Recorder atAlice = new Recorder();
        alices.sessionManager().addListener(atAlice);

        Session a = alice.messenger().invite(alice.contact(bob), guid, null);
        Session b = atBob.awaitSession("invitation");
        b.addListener(atBob);
        bob.window().awaitToAnswer(a).accept(null);

        atBob.await("ready to launch");
        atBob.await("left ACCEPTED");
        Session handed = atAlice.awaitSession("launching session");
        assertThat(handed.sessionId()).isEqualTo(a.sessionId());
        await().atMost(Times.LONG).until(() -> handed.state() == SessionState.CONNECTED);
        assertThat(stage.launches().unclaimed()).isZero();
        handed.cancel(S_OK, null);
        atBob.awaitTermination();
    }

    @Test
    void aListenerMayLaunchTheApplicationItself() {
        alice.registerProbe(guid);
        bob.registerProbe(guid);
        Recorder starter = Recorder.thatPreventsLaunches();
        Messenger bobs = bob.connect(null);
        bobs.sessionManager().addListener(starter);

        Recorder onA = new Recorder();
        Session a = invite(alice.connect(guid), onA, null);
        starter.awaitSession("invitation").addListener(starter);
        bob.window().awaitToAnswer(a).accept(null);

        starter.await("before launch");
        starter.await("ready to launch");
        starter.await("left ACCEPTED");
        onA.await("left ACCEPTED");
        assertThat(stage.launches().unclaimed()).isZero();
        a.cancel(S_OK, null);
        starter.awaitTermination();
    }

    // --- Not accepted

    @Test
    void declinedEndsDeclinedOnBothSides() {
        alice.registerProbe(guid);
        Recorder onA = new Recorder();
        Session a = invite(alice.connect(guid), onA, null);
        Session b = bob.window().awaitToAnswer(a);
        Recorder onB = new Recorder();
        b.addListener(onB);
        b.decline("not now");

        assertThat(onA.awaitTermination()).isEqualTo("SR_INVITATION_DECLINED \"not now\"");
        assertThat(onA.events())
                .containsExactly(
                        "left READY",
                        "left INVITATION",
                        "declined \"not now\"",
                        "termination SR_INVITATION_DECLINED \"not now\"");
        assertThat(a.state()).isEqualTo(SessionState.DECLINED);
        onB.await("left INVITATION");
        assertThat(b.state()).isEqualTo(SessionState.DECLINED);
        assertRefused(SR_SESSION_STATE_INVALID, () -> b.accept(null));
    }

    @Test
    void takenBackEndsCancelledOnBothSides() {
        alice.registerProbe(guid);
        Recorder onA = new Recorder();
        Session a = invite(alice.connect(guid), onA, null);
        Session b = bob.window().awaitToAnswer(a);
        Recorder onB = new Recorder();
        b.addListener(onB);
        assertRefused(SR_NOT_INVITER, () -> b.cancel(S_OK, null));
        assertRefused(SR_NOT_INVITEE, () -> a.accept(null));
        assertRefused(SR_NOT_INVITEE, () -> a.decline(null));
        a.cancel(S_OK, "never mind");

        assertThat(onA.awaitTermination()).startsWith("SR_SESSION_CANCELLED_LOCAL");
        assertThat(onB.awaitTermination()).isEqualTo("SR_SESSION_CANCELLED_REMOTE \"never mind\"");
        assertThat(onB.events())
                .containsExactly(
                        "left INVITATION",
                        "cancelled \"never mind\"",
                        "termination SR_SESSION_CANCELLED_REMOTE \"never mind\"");
        assertThat(a.state()).isEqualTo(SessionState.CANCELLED);
        assertThat(b.state()).isEqualTo(SessionState.CANCELLED);
    }

    @Test
    void endedBeforeItIsConnectedSaysSo() {
        // Bob's application starts but never finds its session, so the session stays ACCEPTED.
        alice.registerProbe(guid);
        bob.register(guid, stage.script("exec sleep 60").toString());
        Recorder onA = new Recorder();
        Session a = invite(alice.connect(guid), onA, null);
        Session b = bob.window().awaitToAnswer(a);
        Recorder onB = new Recorder();
        b.addListener(onB);
        b.accept(null);
        onA.await("accepted");
        a.cancel(S_OK, null);
        assertThat(onA.awaitTermination()).isEqualTo("SR_CANCEL_BEFORE_CONNECT");
        assertThat(onB.awaitTermination()).isEqualTo("SR_CANCEL_BEFORE_CONNECT");
        assertThat(a.state()).isEqualTo(SessionState.TERMINATED);
        assertThat(b.state()).isEqualTo(SessionState.TERMINATED);
    }

    @Test
    void anInvitationNobodyAnswersTimesOutOnBothSides() {
        Person hurried = stage.personWith("hannah", "times { invitation = 3 s }");
        stage.befriend(hurried, bob);
        hurried.registerProbe(guid);
        Recorder onA = new Recorder();
        Messenger application = hurried.connect(guid);
        Session a = application.sessionManager().createSession();
        a.addListener(onA);
        a.setApplication(guid);
        a.invite(application.contact(bob.address()), null);
        Recorder onB = new Recorder();
        Session b = bob.window().awaitToAnswer(a);
        b.addListener(onB);
        assertThat(onA.awaitTermination()).isEqualTo("SR_SESSION_TIMEOUT");
        assertThat(onB.awaitTermination()).isEqualTo("SR_SESSION_TIMEOUT");
        assertThat(a.state()).isEqualTo(SessionState.TERMINATED);
        assertThat(b.state()).isEqualTo(SessionState.TERMINATED);
        bob.window().await("missed " + a.sessionId());
    }

    @Test
    void somebodyWhoIsNotSignedInCannotBeInvited() {
        Person carol = stage.person("carol");
        stage.befriend(alice, carol);
        carol.agent().stop();
        alice.awaitOffline(carol);
        alice.registerProbe(guid);
        Session a = alice.connect(guid).sessionManager().createSession();
        a.setApplication(guid);
        assertRefused(MSGR_E_NOT_LOGGED_ON, () -> a.invite(alice.contact(carol), null));
        assertThat(a.state()).isEqualTo(SessionState.READY);
    }

    @Test
    void aStrangerWhoDoesNotExistCannotBeReached() {
        alice.registerProbe(guid);
        Recorder onA = new Recorder();
        Messenger application = alice.connect(guid);
        Session a = application.sessionManager().createSession();
        a.addListener(onA);
        a.setApplication(guid);
        a.invite(application.contact("nobody@" + Stage.DOMAIN), null);
        onA.awaitTermination();
        assertThat(onA.events()).contains("send error SR_INVITATION_SEND_FAILURE");
        assertThat(a.state()).isEqualTo(SessionState.TERMINATED);
    }

    @Test
    void oneCannotInviteOneself() {
        alice.registerProbe(guid);
        Session a = alice.connect(guid).sessionManager().createSession();
        a.setApplication(guid);
        assertRefused(SR_INVITED_SELF, () -> a.invite(alice.messenger().self(), null));
    }

    @Test
    void aSessionNeedsARegisteredApplicationAndInvitesOnce() {
        Session a = alice.connect(null).sessionManager().createSession();
        assertRefused(SR_APP_NOT_SPECIFIED, () -> a.invite(alice.contact(bob), null));
        assertRefused(SR_APP_NOT_SPECIFIED, a::application);
        assertRefused(SR_APP_NOT_REGISTERED, () -> a.setApplication(guid));
        assertRefused(E_INVALIDARG, () -> a.setApplication("whiteboard"));
        alice.registerProbe(guid);
        a.setApplication(guid);
        a.invite(alice.contact(bob), null);
        assertRefused(SR_SESSION_NOT_READY, () -> a.invite(alice.contact(bob), null));
        assertRefused(SR_SESSION_NOT_READY, () -> a.setApplication(guid));
        a.cancel(S_OK, null);
    }

    // --- Launching

    @Test
    void aMissingApplicationIsDownloadedAndTheSessionGoesOnOnceItIsRegistered() {
        Path opened = stage.folder().resolve("opened-" + guid);
        Person dora =
                stage.personWith("dora", "download { open = [\"/bin/sh\", \"-c\", \"echo $0 > '" + opened + "'\"] }");
        stage.befriend(alice, dora);
        alice.registerProbe(guid);
        Recorder onA = new Recorder();
        Messenger application = alice.connect(guid);
        Session a = application.sessionManager().createSession();
        a.addListener(onA);
        a.setApplication(guid);
        a.invite(application.contact(dora.address()), null);
        Session b = dora.window().awaitToAnswer(a);
        dora.agent()
                .awaitLine(
                        line -> line.contains("not installed here; accepting opens https://probe.example/download"),
                        "what accepting opens");
        b.accept("soon");
        onA.await("app not present Probe https://probe.example/download");
        assertThat(a.state()).isEqualTo(SessionState.INVITATION);
        await().atMost(Times.LONG)
                .untilAsserted(() -> assertThat(opened).content().contains("https://probe.example/download"));

        dora.registerProbe(guid);
        try (Launches.Launched atDora = stage.launches().await(guid, dora.address())) {
            onA.await("accepted \"soon\"");
            atDora.await("connected");
            onA.await("left ACCEPTED");
            a.cancel(S_OK, null);
        }
    }

    @Test
    void anApplicationThatEndsAtOnceFailsTheSessionOnBothSides() {
        alice.registerProbe(guid);
        bob.register(guid, stage.script("exit 3").toString());
        launchFails();
    }

    @Test
    void anExecutableThatIsGoneFailsTheSessionOnBothSides() throws Exception {
        alice.registerProbe(guid);
        Path script = stage.script("exit 0");
        bob.register(guid, script.toString());
        Files.delete(script);
        launchFails();
    }

    private void launchFails() {
        Recorder onA = new Recorder();
        Session a = invite(alice.connect(guid), onA, null);
        Session b = bob.window().awaitToAnswer(a);
        Recorder onB = new Recorder();
        b.addListener(onB);
        b.accept(null);
        assertThat(onB.awaitTermination()).isEqualTo("SR_APPLICATION_LAUNCH_FAILED");
        assertThat(onA.awaitTermination()).isEqualTo("SR_APPLICATION_LAUNCH_FAILED");
        assertThat(a.state()).isEqualTo(SessionState.TERMINATED);
        assertThat(b.state()).isEqualTo(SessionState.TERMINATED);
    }

    // --- Limits

    @Test
    void dataTravelsUpToItsLimitAndNoFurther() {
        alice.registerProbe(guid);
        bob.registerProbe(guid);
        // Two bytes each: 256 characters are 512 bytes. CR and markup must come out as they went in.
        String longest = "é".repeat(250) + "\r\n<&]]>\t\"\"";
        Messenger application = alice.connect(guid);
        Session a = application.sessionManager().createSession();
        Recorder onA = new Recorder();
        a.addListener(onA);
        a.setApplication(guid);
        assertRefused(E_INVALIDARG, () -> a.invite(alice.contact(bob), "é".repeat(257)));
        assertRefused(E_INVALIDARG, () -> a.invite(alice.contact(bob), "bell \u0007"));
        assertRefused(SR_NOT_VALID_FOR_APP_INVITE, () -> a.sendContextData("too early"));
        a.invite(application.contact(bob.address()), longest);
        assertRefused(SR_NOT_VALID_FOR_APP_INVITE, () -> a.sendContextData("still too early"));
        Session b = bob.window().awaitToAnswer(a);
        assertThat(b.contextData()).isEqualTo(longest);
        assertRefused(E_INVALIDARG, () -> b.accept("é".repeat(257)));
        b.accept(null);
        try (Launches.Launched atBob = stage.launches().await(guid, bob.address())) {
            atBob.await("connected");
            onA.await("left ACCEPTED");
            String smileys = "\uD83D\uDE00".repeat(300);
            a.sendContextData(smileys);
            atBob.await("context \"" + smileys + "\"");
            assertRefused(SR_CONTEXT_DATA_OVER_LIMIT, () -> a.sendContextData(smileys + "!"));
            for (int i = 2; i <= 5; i++) {
                a.sendContextData("number " + i);
                atBob.await("context \"number " + i + "\"");
            }
            assertRefused(SR_CONTEXT_DATA_OVER_LIMIT, () -> a.sendContextData("number 6"));
            atBob.order("send", "");
            onA.await("context \"\"");
            a.cancel(S_OK, null);
        }
    }

    @Test
    void contextDataSentBeforeTheOtherApplicationIsThereIsKeptForIt() {
        alice.registerProbe(guid);
        bob.registerProbe(guid);
        Recorder onA = new Recorder();
        Session a = invite(alice.connect(guid), onA, null);
        bob.window().awaitToAnswer(a).accept(null);
        onA.await("accepted");
        for (int i = 0; i < 20; i++) {
            a.sendContextData("early " + i);
        }
        try (Launches.Launched atBob = stage.launches().await(guid, bob.address())) {
            atBob.await("context \"early 19\"");
            assertThat(atBob.events().stream().filter(e -> e.startsWith("context")))
                    .hasSize(20)
                    .isSortedAccordingTo(
                            java.util.Comparator.comparingInt(e -> Integer.parseInt(e.replaceAll("\\D", ""))));
            a.cancel(S_OK, null);
        }
    }

    /** Invites Bob from an application that runs in this test. */
    private Session invite(Messenger application, Recorder recorder, String appData) {
        Session session = application.sessionManager().createSession();
        session.addListener(recorder);
        session.setApplication(guid);
        session.invite(application.contact(bob.address()), appData);
        return session;
    }
}
