package dev.beckon.local;

import static dev.beckon.local.FakeMessenger.WHITEBOARD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.beckon.Application;
import dev.beckon.ChatMessage;
import dev.beckon.Contact;
import dev.beckon.ContactStatus;
import dev.beckon.LockStatus;
import dev.beckon.Messenger;
import dev.beckon.MissedInvitation;
import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionException;
import dev.beckon.SessionFlag;
import dev.beckon.SessionState;
import dev.beckon.SessionStep;
import java.time.Instant;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every member of the api, called by an application, reaches the agent's object and brings back what it gave. */
class EveryMemberTest {
    private Agent agent;
    private Messenger messenger;
    private FakeMessenger other;

    @BeforeEach
    void connect() throws Exception {
        agent = new Agent();
        messenger = agent.connect();
        other = agent.other();
    }

    @AfterEach
    void close() throws Exception {
        messenger.close();
        agent.close();
    }

    @Test
    void helloSaysWhoConnects() throws Exception {
        assertThat(other.hello.pid()).isEqualTo(ProcessHandle.current().pid());
        assertThat(other.hello.application()).isNull();
        String session = "{00000000-0000-4000-8000-000000000001}";
        try (Messenger second = Beckon.connect(new Beckon.Options(agent.socket, WHITEBOARD, session))) {
            assertThat(agent.other().hello)
                    .isEqualTo(new Hello(ProcessHandle.current().pid(), WHITEBOARD, session));
            assertThat(second.sessionManager()).isSameAs(second.sessionManager());
        }
    }

    @Test
    void aRefusedConnectionSaysWhy() {
        agent.refusal = new SessionException(ResultCode.LOCK_LOCKED, "this agent is locked", "unlock it");
        SessionException e = failure(() -> agent.connect());
        assertThat(e.code()).isEqualTo(ResultCode.LOCK_LOCKED);
        assertThat(e.problem()).isEqualTo("this agent is locked");
        assertThat(e.remedy()).isEqualTo("unlock it");
    }

    @Test
    void closingEndsTheConnectionAndItsMessenger() throws Exception {
        messenger.close();
        other.closed.await();
        assertThat(failure(() -> messenger.self()).code()).isEqualTo(ResultCode.E_FAIL);
        assertThat(other.listeners).isEmpty();
        assertThat(other.managerListeners).isEmpty();
    }

    @Test
    void theMessengerTellsWhoIsSignedIn() {
        assertThat(messenger.connection()).isEqualTo(other.connection);
        Contact self = messenger.self();
        assertThat(self.signInName()).isEqualTo("alice@a.example");
        assertThat(self.isSelf()).isTrue();
        messenger.setStatus(ContactStatus.BUSY);
        assertThat(other.calls).containsExactly("setStatus BUSY");
        other.signedIn = false;
        assertThat(failure(() -> messenger.self()).code()).isEqualTo(ResultCode.MSGR_E_NOT_LOGGED_ON);
    }

    @Test
    void contactsAreTheSameObjectEveryTime() {
        Contact bob = messenger.contact("bob@b.example");
        assertThat(messenger.contacts()).singleElement().isSameAs(bob);
        assertThat(messenger.contact("bob@b.example")).isSameAs(bob);
        assertThat(bob.friendlyName()).isEqualTo("Bob");
        assertThat(bob.serviceId()).isEqualTo("b.example");
        assertThat(bob.serviceName()).isEqualTo("The service of b.example");
        assertThat(bob.status()).isEqualTo(ContactStatus.AWAY);
        assertThat(bob.isListed()).isTrue();
        assertThat(bob.isSelf()).isFalse();
        bob.setBlocked(true);
        assertThat(bob.blocked()).isTrue();
        assertThat(other.contact("bob@b.example").blocked).isTrue();
    }

    @Test
    void theContactListIsKept() {
        messenger.addContact("dan@d.example", "Dan");
        messenger.addContact("eve@e.example", null);
        messenger.removeContact("bob@b.example");
        assertThat(other.calls)
                .containsExactly(
                        "addContact dan@d.example Dan", "addContact eve@e.example null", "removeContact bob@b.example");
        assertThat(messenger.contactRequests()).extracting(Contact::signInName).containsExactly("carol@c.example");
        SessionException e = failure(() -> messenger.contact("bob"));
        assertThat(e.code()).isEqualTo(ResultCode.E_INVALIDARG);
        assertThat(e.remedy()).isEqualTo("write it as name@domain");
    }

    @Test
    void sessionsAndMissedInvitationsAreListed() {
        FakeSession live = other.session();
        live.state = SessionState.CONNECTED;
        MissedInvitation missed = new MissedInvitation(
                "{00000000-0000-4000-8000-000000000002}",
                "carol@c.example",
                WHITEBOARD,
                "Whiteboard",
                "",
                Instant.parse("2026-11-20T12:00:00.123Z"),
                "it was too old");
        other.missed.add(missed);
        assertThat(messenger.sessions()).extracting(Session::sessionId).containsExactly(live.sessionId);
        assertThat(messenger.sessions().get(0)).isSameAs(messenger.sessions().get(0));
        assertThat(messenger.missedInvitations()).containsExactly(missed);
        assertThat(messenger.problems()).containsExactlyElementsOf(other.problems());
        Session invited = messenger.invite(messenger.contact("bob@b.example"), WHITEBOARD, "board 7");
        assertThat(invited.state()).isEqualTo(SessionState.INVITATION);
        assertThat(other.calls).contains("messenger.invite bob@b.example " + WHITEBOARD + " board 7");
    }

    @Test
    void aSessionSaysHowFarItHasComeUntilWhenItMayBeAnsweredAndHowItEnded() {
        FakeSession fake = other.session();
        fake.state = SessionState.INVITATION;
        Session session = messenger.sessions().get(0);
        assertThat(session.steps()).isEmpty();
        assertThat(session.step()).isNull();
        assertThat(session.expires()).isNull();
        assertThat(session.invitationText()).isNull();

        Instant when = Instant.parse("2026-11-20T12:00:00.123456Z");
        fake.steps.add(new Session.Step(SessionStep.INVITED, when));
        fake.steps.add(new Session.Step(SessionStep.RINGING, when.plusSeconds(1)));
        fake.expires = when.plusSeconds(120);
        assertThat(session.steps()).isEqualTo(fake.steps);
        assertThat(session.step()).isEqualTo(SessionStep.RINGING);
        assertThat(session.expires()).isEqualTo(when.plusSeconds(120));
        assertThat(session.result()).isNull();

        fake.invitationText = "board 7 ✎";
        fake.result = ResultCode.SR_SESSION_CANCELLED_LOCAL;
        session.cancel(ResultCode.S_OK, null);
        assertThat(session.result()).isEqualTo(ResultCode.SR_SESSION_CANCELLED_LOCAL);
        assertThat(session.invitationText()).isEqualTo("board 7 ✎");
    }

    @Test
    void messagesAreWrittenToPeople() {
        ChatMessage sent = messenger.sendMessage("bob@b.example", "hello ✎\n\uD83C\uDFA8");
        assertThat(sent)
                .isEqualTo(new ChatMessage(
                        "m-1",
                        "bob@b.example",
                        true,
                        "hello ✎\n\uD83C\uDFA8",
                        Instant.EPOCH,
                        ChatMessage.Fate.SENDING,
                        ""));
        String longest = "\uD83C\uDFA8".repeat(5000);
        assertThat(messenger.sendMessage("bob@b.example", longest).text()).isEqualTo(longest);
        for (String bad : new String[] {"", "x".repeat(5001), "\u0001", null}) {
            assertThat(failure(() -> messenger.sendMessage("bob@b.example", bad))
                            .code())
                    .isEqualTo(ResultCode.E_INVALIDARG);
        }
        assertThat(other.calls).hasSize(2);
    }

    @Test
    void whoHasAnApplicationIsKnownOrNot() {
        assertThat(messenger.applicationKnown("bob@b.example", WHITEBOARD)).isNull();
        other.applicationKnown = true;
        assertThat(messenger.applicationKnown("bob@b.example", WHITEBOARD)).isTrue();
        other.applicationKnown = false;
        assertThat(messenger.applicationKnown("bob@b.example", WHITEBOARD)).isFalse();
        assertThat(other.calls).hasSize(3).containsOnly("applicationKnown bob@b.example " + WHITEBOARD);
    }

    @Test
    void applicationsAreRegistered() {
        Application whiteboard =
                new Application(WHITEBOARD, "Whitebord ✎", "https://example.org/w", "\"/opt/white board/run\" -x");
        messenger.sessionManager().registerApplication(whiteboard);
        assertThat(messenger.sessionManager().applications()).containsExactly(whiteboard);
        assertThat(failure(() -> messenger.sessionManager().registerApplication(whiteboard))
                        .code())
                .isEqualTo(ResultCode.SR_APP_ALREADY_REGISTERED);
        Application flagged = new Application(WHITEBOARD, "", "", "/bin/true", 1);
        assertThat(failure(() -> messenger.sessionManager().registerApplication(flagged))
                        .code())
                .isEqualTo(ResultCode.E_INVALIDARG);
        messenger.sessionManager().unregisterApplication(WHITEBOARD);
        assertThat(failure(() -> messenger.sessionManager().unregisterApplication(WHITEBOARD))
                        .code())
                .isEqualTo(ResultCode.SR_APP_NOT_REGISTERED);
    }

    @Test
    void theUserRegistersApplicationsWithoutTheSessionManager() {
        Application whiteboard = new Application(WHITEBOARD, "Whiteboard", "", "/bin/true");
        messenger.registerApplication(whiteboard);
        assertThat(messenger.applications()).containsExactly(whiteboard);
        assertThat(failure(() -> messenger.registerApplication(whiteboard)).code())
                .isEqualTo(ResultCode.SR_APP_ALREADY_REGISTERED);
        messenger.unregisterApplication(WHITEBOARD);
        assertThat(messenger.applications()).isEmpty();
        assertThat(failure(() -> messenger.unregisterApplication(WHITEBOARD)).code())
                .isEqualTo(ResultCode.SR_APP_NOT_REGISTERED);
    }

    @Test
    void aLaunchedProcessFindsItsSession() {
        assertThat(failure(() -> messenger.sessionManager().getLaunchingSession(17))
                        .code())
                .isEqualTo(ResultCode.E_FAIL);
        other.launching = other.session();
        assertThat(messenger.sessionManager().getLaunchingSession(17).sessionId())
                .isEqualTo(other.launching.sessionId);
        assertThat(other.calls).containsExactly("getLaunchingSession 17", "getLaunchingSession 17");
    }

    @Test
    void theLockIsReached() {
        other.lockStatus = LockStatus.INITIALIZED;
        assertThat(messenger.sessionManager().lock().status()).isEqualTo(LockStatus.INITIALIZED);
        messenger.sessionManager().lock().requestChallenge(Long.MAX_VALUE);
        messenger.sessionManager().lock().sendResponse("app-1", "ZGlnZXN0", -1);
        assertThat(other.calls)
                .containsExactly("requestChallenge 9223372036854775807", "sendResponse app-1 ZGlnZXN0 -1");
    }

    @Test
    void aNewSessionKnowsNothingYet() {
        Session session = messenger.sessionManager().createSession();
        assertThat(session.state()).isEqualTo(SessionState.READY);
        assertThat(session.flags()).isEmpty();
        assertThat(session.contextData()).isNull();
        assertThat(session.localAddress()).isEqualTo("192.0.2.1");
        assertThat(failure(session::application).code()).isEqualTo(ResultCode.SR_APP_NOT_SPECIFIED);
        assertThat(failure(session::applicationName).code()).isEqualTo(ResultCode.SR_APP_NOT_SPECIFIED);
        assertThat(failure(session::applicationUrl).code()).isEqualTo(ResultCode.SR_APP_NOT_SPECIFIED);
        assertThat(failure(session::user).code()).isEqualTo(ResultCode.SR_NO_USER_INVITED);
        assertThat(failure(session::remoteAddress).code()).isEqualTo(ResultCode.SR_SESSION_STATE_INVALID);
    }

    @Test
    void aSessionIsDriven() {
        Session session = messenger.sessionManager().createSession();
        session.setApplication(WHITEBOARD);
        session.setLocalAddress("[2001:db8::1]:7000");
        session.invite(messenger.contact("bob@b.example"), "board 7 ✎ \uD83C\uDFA8");
        assertThat(session.application()).isEqualTo(WHITEBOARD);
        assertThat(session.applicationName()).isEqualTo("Whiteboard");
        assertThat(session.applicationUrl()).isEqualTo("https://example.org/whiteboard");
        assertThat(session.localAddress()).isEqualTo("[2001:db8::1]:7000");
        assertThat(session.state()).isEqualTo(SessionState.INVITATION);
        assertThat(session.flags()).containsExactly(SessionFlag.INVITER);
        assertThat(session.user()).isSameAs(messenger.contact("bob@b.example"));
        session.accept("");
        session.sendContextData("port 7000");
        assertThat(session.state()).isEqualTo(SessionState.ACCEPTED);
        session.decline(null);
        session.cancel(ResultCode.SR_CONNECTION_FAILURE, "bye");
        assertThat(session.state()).isEqualTo(SessionState.TERMINATED);
        assertThat(other.calls)
                .containsExactly(
                        "setApplication " + WHITEBOARD,
                        "setLocalAddress [2001:db8::1]:7000",
                        "invite bob@b.example board 7 ✎ \uD83C\uDFA8",
                        "accept ",
                        "sendContextData port 7000",
                        "decline null",
                        "cancel SR_CONNECTION_FAILURE bye");
    }

    @Test
    void whatChangesWithoutAnEventIsAskedFor() {
        Session session = messenger.sessionManager().createSession();
        other.sessions.get(0).flags.add(SessionFlag.APP_INVITE_COMPATIBLE);
        other.sessions.get(0).localAddress = "192.0.2.99";
        assertThat(session.flags()).containsExactly(SessionFlag.APP_INVITE_COMPATIBLE);
        assertThat(session.localAddress()).isEqualTo("192.0.2.99");
    }

    @Test
    void failuresKeepTheirCodeAndTheirWords() {
        Session session = messenger.sessionManager().createSession();
        SessionException e = failure(() -> session.invite(messenger.self(), null));
        assertThat(e.code()).isEqualTo(ResultCode.SR_INVITED_SELF);
        assertThat(e.problem()).isEqualTo("you cannot invite yourself");
        assertThat(e.remedy()).isEqualTo("choose another contact");
    }

    @Test
    void whatCannotTravelIsRefusedBeforeItIsSent() {
        Session session = messenger.sessionManager().createSession();
        assertThat(failure(() -> session.accept("x".repeat(513))).code()).isEqualTo(ResultCode.E_INVALIDARG);
        assertThat(failure(() -> session.sendContextData("x".repeat(100_000_000)))
                        .code())
                .isEqualTo(ResultCode.SR_CONTEXT_DATA_OVER_LIMIT);
        assertThat(failure(() -> session.sendContextData("half \uD83C")).code()).isEqualTo(ResultCode.E_INVALIDARG);
        assertThat(failure(() -> messenger.contact("half \uD83C")).code()).isEqualTo(ResultCode.E_INVALIDARG);
        assertThat(failure(() -> messenger.contact("x".repeat(100_000))).code()).isEqualTo(ResultCode.E_INVALIDARG);
        assertThat(failure(() -> messenger.contact(null)).code()).isEqualTo(ResultCode.E_INVALIDARG);
        assertThat(other.calls).isEmpty();
        assertThat(messenger.self().isSelf())
                .as("the connection is as good as before")
                .isTrue();
    }

    @Test
    void anInterruptedThreadCanStillClearUp() {
        Session session = messenger.sessionManager().createSession();
        Thread.currentThread().interrupt();
        session.cancel(ResultCode.S_OK, null);
        assertThat(Thread.interrupted()).as("the interrupt is not swallowed").isTrue();
        assertThat(other.calls).containsExactly("cancel S_OK null");
        assertThat(messenger.self().isSelf()).isTrue();
    }

    static SessionException failure(ThrowingCallable call) {
        SessionException e = catchThrowableOfType(SessionException.class, call);
        assertThat(e).as("a SessionException").isNotNull();
        return e;
    }
}
