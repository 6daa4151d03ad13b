package dev.beckon.local;

import static dev.beckon.local.FakeMessenger.WHITEBOARD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.beckon.ChatMessage;
import dev.beckon.Contact;
import dev.beckon.ContactStatus;
import dev.beckon.LockStatus;
import dev.beckon.Messenger;
import dev.beckon.MessengerListener;
import dev.beckon.MissedInvitation;
import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionListener;
import dev.beckon.SessionManagerListener;
import dev.beckon.SessionState;
import dev.beckon.SessionStep;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What happens at the agent is told to the application: all of it, once, in order, on one thread. */
class EventsTest {
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
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

    private final class Everything implements SessionListener {
        @Override
        public void onStateChanged(Session session, SessionState previous) {
            heard.add("state " + previous + " > " + session.state());
        }

        @Override
        public void onAccepted(Session session, String appData) {
            heard.add("accepted " + appData);
        }

        @Override
        public void onDeclined(Session session, String appData) {
            heard.add("declined " + appData);
        }

        @Override
        public void onCancelled(Session session, String appData) {
            heard.add("cancelled " + appData);
        }

        @Override
        public void onAppNotPresent(Session session, String name, String url) {
            heard.add("not present " + name + " " + url);
        }

        @Override
        public void onReadyToLaunch(Session session) {
            heard.add("ready to launch");
        }

        @Override
        public boolean beforeAppLaunch(Session session) {
            heard.add("before launch");
            return false;
        }

        @Override
        public void onContextData(Session session, String data) {
            heard.add("context " + data + " " + session.contextData());
        }

        @Override
        public void onSendError(Session session, ResultCode code) {
            heard.add("send error " + code.name());
        }

        @Override
        public void onTermination(Session session, ResultCode code, String appData) {
            heard.add("terminated " + code.name() + " " + appData);
        }
    }

    @Test
    void aSessionIsReadAtOnceForEachEvent() throws Exception {
        Session session = messenger.sessionManager().createSession();
        session.addListener(new Everything());
        FakeSession fake = other.sessions.get(0);
        int before = agent.glances.get();
        fake.fire(l -> l.onReadyToLaunch(fake));
        fake.fire(l -> l.onContextData(fake, "x"));
        assertThat(heard.poll(20, java.util.concurrent.TimeUnit.SECONDS)).isEqualTo("ready to launch");
        assertThat(heard.poll(20, java.util.concurrent.TimeUnit.SECONDS)).startsWith("context x");
        assertThat(agent.glances.get()).isEqualTo(before + 2);
    }

    @Test
    void everyEventOfASessionArrivesInOrder() throws Exception {
        Session session = messenger.sessionManager().createSession();
        session.addListener(new Everything());
        FakeSession fake = other.sessions.get(0);
        fake.become(SessionState.INVITATION);
        fake.fire(l -> l.onAppNotPresent(fake, "Whiteboard", "https://example.org"));
        fake.fire(l -> l.onAccepted(fake, ""));
        assertThat(fake.listeners.get(0).beforeAppLaunch(fake)).isFalse();
        fake.fire(l -> l.onReadyToLaunch(fake));
        fake.contextData = "port 7";
        fake.fire(l -> l.onContextData(fake, "port 7"));
        fake.fire(l -> l.onSendError(fake, ResultCode.SR_CONTEXT_DATA_SEND_FAILURE));
        fake.fire(l -> l.onDeclined(fake, null));
        fake.fire(l -> l.onCancelled(fake, "bye"));
        fake.become(SessionState.TERMINATED);
        fake.fire(l -> l.onTermination(fake, ResultCode.SR_SESSION_TIMEOUT, null));
        assertThat(take(11))
                .containsExactly(
                        "state READY > INVITATION",
                        "not present Whiteboard https://example.org",
                        "accepted ",
                        "before launch",
                        "ready to launch",
                        "context port 7 port 7",
                        "send error SR_CONTEXT_DATA_SEND_FAILURE",
                        "declined null",
                        "cancelled bye",
                        "state INVITATION > TERMINATED",
                        "terminated SR_SESSION_TIMEOUT null");
    }

    @Test
    void everyEventOfTheManagerArrives() throws Exception {
        FakeSession fake = other.session();
        messenger.sessionManager().addListener(new SessionManagerListener() {
            @Override
            public boolean onInvitation(Session session, String appData) {
                heard.add("invitation " + session.sessionId() + " " + appData);
                return true;
            }

            @Override
            public void onLaunchingSession(Session session) {
                heard.add("launching " + session.sessionId());
            }

            @Override
            public void onAppRegistered(String guid) {
                heard.add("registered " + guid);
            }

            @Override
            public void onAppUnregistered(String guid) {
                heard.add("unregistered " + guid);
            }

            @Override
            public void onAppShutdown() {
                heard.add("shutdown");
            }

            @Override
            public void onLockEnable(boolean enabled) {
                heard.add("lock " + enabled);
            }

            @Override
            public void onLockChallenge(long cookie, String challenge) {
                heard.add("challenge " + cookie + " " + challenge);
            }

            @Override
            public void onLockResult(long cookie, boolean succeeded) {
                heard.add("result " + cookie + " " + succeeded);
            }

            @Override
            public void onLockStatusChanged(LockStatus status) {
                heard.add("status " + status);
            }
        });
        SessionManagerListener at = other.managerListeners.get(0);
        assertThat(at.onInvitation(fake, "board 7")).isTrue();
        at.onLaunchingSession(fake);
        at.onAppRegistered(WHITEBOARD);
        at.onAppUnregistered(WHITEBOARD);
        at.onLockEnable(true);
        at.onLockChallenge(Long.MIN_VALUE, "nonce");
        at.onLockResult(17, false);
        at.onLockStatusChanged(LockStatus.UNLOCKFAILED);
        at.onAppShutdown();
        assertThat(take(9))
                .containsExactly(
                        "invitation " + fake.sessionId + " board 7",
                        "launching " + fake.sessionId,
                        "registered " + WHITEBOARD,
                        "unregistered " + WHITEBOARD,
                        "lock true",
                        "challenge -9223372036854775808 nonce",
                        "result 17 false",
                        "status UNLOCKFAILED",
                        "shutdown");
    }

    @Test
    void everyEventOfTheMessengerArrivesWhereSomebodyListens() throws Exception {
        FakeSession fake = other.session();
        fake.state = SessionState.INVITATION;
        MissedInvitation missed = new MissedInvitation(
                fake.sessionId, "carol@c.example", WHITEBOARD, "", "", Instant.EPOCH, "it was too old");
        MessengerListener listener = new MessengerListener() {
            @Override
            public void onConnectionChanged(Messenger.Connection connection) {
                heard.add("connection " + connection);
            }

            @Override
            public void onContactChanged(Contact contact) {
                heard.add("contact " + contact.signInName() + " " + contact.status());
            }

            @Override
            public void onContactRequest(Contact contact) {
                heard.add("request " + contact.signInName());
            }

            @Override
            public void onSession(Session session) {
                heard.add("session " + session.sessionId());
            }

            @Override
            public void onSessionStep(Session session, SessionStep step) {
                heard.add("step " + step + " of " + session.steps());
            }

            @Override
            public void onInvitationToAnswer(Session session) {
                heard.add("to answer " + session.state());
            }

            @Override
            public void onMessage(ChatMessage message) {
                heard.add("message " + message);
            }

            @Override
            public void onMissedInvitation(MissedInvitation invitation) {
                heard.add("missed " + invitation);
            }
        };
        MessengerListener at = other.listeners.get(0);
        at.onSession(fake);
        assertThat(fake.listeners)
                .as("nobody listens: the session is not handed over")
                .isEmpty();
        messenger.addListener(listener);
        at.onConnectionChanged(other.connection);
        at.onContactChanged(other.contact("bob@b.example"));
        at.onContactRequest(other.contact("carol@c.example"));
        at.onSession(fake);
        fake.steps.add(new Session.Step(SessionStep.RINGING, Instant.EPOCH));
        at.onSessionStep(fake, SessionStep.RINGING);
        at.onInvitationToAnswer(fake);
        ChatMessage message = new ChatMessage(
                "m-2",
                "bob@b.example",
                false,
                "line 1\r\n\tline 2 <b> \uD83C\uDFA8",
                Instant.parse("2026-11-20T12:00:00.123456789Z"),
                ChatMessage.Fate.RECEIVED,
                "");
        at.onMessage(message);
        at.onMissedInvitation(missed);
        assertThat(take(8))
                .containsExactly(
                        "connection " + other.connection,
                        "contact bob@b.example AWAY",
                        "request carol@c.example",
                        "session " + fake.sessionId,
                        "step RINGING of " + fake.steps,
                        "to answer INVITATION",
                        "message " + message,
                        "missed " + missed);
        messenger.removeListener(listener);
        at.onMissedInvitation(missed);
        messenger.self();
        assertThat(heard).isEmpty();
    }

    @Test
    void aContactIsUpToDateThoughNobodyListens() {
        Contact bob = messenger.contact("bob@b.example");
        other.contact("bob@b.example").status = ContactStatus.OFFLINE;
        other.listeners.get(0).onContactChanged(other.contact("bob@b.example"));
        await().untilAsserted(() -> assertThat(bob.status()).isEqualTo(ContactStatus.OFFLINE));
    }

    @Test
    void whatHappenedBeforeTheFirstListenerIsToldToItInOrder() throws Exception {
        Session session = messenger.sessionManager().createSession();
        FakeSession fake = other.sessions.get(0);
        for (int i = 0; i < 300; i++) {
            String data = Integer.toString(i);
            fake.fire(l -> l.onContextData(fake, data));
        }
        messenger.self();
        List<String> told = new ArrayList<>();
        CompletableFuture<Void> all = new CompletableFuture<>();
        session.addListener(new SessionListener() {
            @Override
            public void onContextData(Session from, String data) {
                told.add(data);
                if (data.equals("300")) {
                    all.complete(null);
                }
            }
        });
        fake.fire(l -> l.onContextData(fake, "300"));
        all.get(20, TimeUnit.SECONDS);
        assertThat(told).hasSizeBetween(256, 301).last().isEqualTo("300");
        int first = Integer.parseInt(told.get(0));
        assertThat(told)
                .as("the newest are kept, without a gap")
                .isEqualTo(IntStream.rangeClosed(first, 300)
                        .mapToObj(Integer::toString)
                        .toList());
    }

    @Test
    void inAListenerTheSessionIsAtLeastAsNewAsTheEvent() throws Exception {
        Session session = messenger.sessionManager().createSession();
        FakeSession fake = other.sessions.get(0);
        CountDownLatch ended = new CountDownLatch(1);
        List<SessionState> previous = new ArrayList<>();
        session.addListener(new SessionListener() {
            @Override
            public void onStateChanged(Session from, SessionState before) {
                previous.add(before);
                if (from.state().number() <= before.number()) {
                    heard.add("the state is still " + from.state());
                }
                if (from.state() == SessionState.CONNECTED
                        && !from.remoteAddress().equals("192.0.2.2")) {
                    heard.add("no address");
                }
                if (from.state() == SessionState.TERMINATED) {
                    ended.countDown();
                }
            }
        });
        fake.become(SessionState.INVITATION);
        fake.become(SessionState.ACCEPTED);
        fake.remoteAddress = "192.0.2.2";
        fake.become(SessionState.CONNECTED);
        fake.become(SessionState.TERMINATED);
        assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
        await().until(() -> previous.size() == 4);
        assertThat(heard).isEmpty();
    }

    @Test
    void aListenerMayCallWhateverItLikes() throws Exception {
        CompletableFuture<String> answer = new CompletableFuture<>();
        messenger.sessionManager().addListener(new SessionManagerListener() {
            @Override
            public boolean onInvitation(Session session, String appData) {
                session.addListener(new SessionListener() {
                    @Override
                    public void onStateChanged(Session same, SessionState previous) {
                        same.sendContextData("from a listener");
                        answer.complete(previous + " > " + same.state() + " by "
                                + same.user().signInName());
                    }
                });
                session.accept(null);
                return messenger.contacts().size() == 1;
            }
        });
        FakeSession fake = other.session();
        fake.state = SessionState.INVITATION;
        fake.user = other.contact("bob@b.example");
        assertThat(other.managerListeners.get(0).onInvitation(fake, null)).isTrue();
        assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo("INVITATION > ACCEPTED by bob@b.example");
        await().until(() -> other.calls.contains("sendContextData from a listener"));
    }

    @Test
    void oneListenersFailureKeepsNothingFromTheOthers() throws Exception {
        Session session = messenger.sessionManager().createSession();
        session.addListener(new SessionListener() {
            @Override
            public void onReadyToLaunch(Session from) {
                Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> heard.add(e.getMessage()));
                throw new IllegalStateException("a mistake");
            }
        });
        messenger.self();
        session.addListener(new Everything());
        FakeSession fake = other.sessions.get(0);
        fake.fire(l -> l.onReadyToLaunch(fake));
        fake.fire(l -> l.onAccepted(fake, "x"));
        assertThat(take(3)).containsExactly("a mistake", "ready to launch", "accepted x");
    }

    @Test
    void aQuestionNobodyHearsIsAnsweredAtOnceWithTheDefault() {
        Session session = messenger.sessionManager().createSession();
        FakeSession fake = other.sessions.get(0);
        long begun = System.nanoTime();
        assertThat(fake.listeners.get(0).beforeAppLaunch(fake)).isTrue();
        assertThat(System.nanoTime() - begun)
                .as("it is answered, not waited out; " + session)
                .isLessThan(TimeUnit.MILLISECONDS.toNanos(Protocol.ASK_MILLIS - 100));
    }

    @Test
    void onlyAnApplicationThatListensCountsAsRunning() {
        assertThat(other.managerListeners).isEmpty();
        SessionManagerListener listener = new SessionManagerListener() {};
        SessionManagerListener second = new SessionManagerListener() {};
        messenger.sessionManager().addListener(listener);
        messenger.sessionManager().addListener(second);
        assertThat(other.managerListeners).hasSize(1);
        messenger.sessionManager().removeListener(listener);
        assertThat(other.managerListeners).hasSize(1);
        messenger.sessionManager().removeListener(second);
        assertThat(other.managerListeners).isEmpty();
    }

    @Test
    void whereTheClientHasTwoObjectsOfASessionCallsReachTheOneNoLockHolds() {
        FakeSession locked = new FakeSession(new ArrayList<>());
        other.launching = locked;
        Session session = messenger.sessionManager().getLaunchingSession(17);
        FakeSession window = new FakeSession(other.calls, locked.sessionId);
        other.sessions.add(window);
        assertThat(messenger.sessions()).singleElement().isSameAs(session);
        session.accept(null);
        assertThat(other.calls).containsExactly("getLaunchingSession 17", "accept null");
        assertThat(locked.calls).isEmpty();
        assertThat(locked.listeners).hasSize(1);
        assertThat(window.listeners).as("no event comes twice").isEmpty();
    }

    @Test
    void anAnswerThatTakesTooLongIsTheDefault() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        messenger.sessionManager().addListener(new SessionManagerListener() {
            @Override
            public boolean onInvitation(Session session, String appData) {
                try {
                    return release.await(60, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    return true;
                }
            }
        });
        FakeSession fake = other.session();
        long begun = System.nanoTime();
        assertThat(other.managerListeners.get(0).onInvitation(fake, null)).isFalse();
        assertThat(System.nanoTime() - begun).isBetween(1_900_000_000L, 20_000_000_000L);
        release.countDown();
        assertThat(messenger.self().isSelf())
                .as("the late answer harms nothing")
                .isTrue();
    }

    @Test
    void anAgentThatIsGoneEndsEverySessionWithAnEvent() throws Exception {
        messenger.sessionManager().addListener(new SessionManagerListener() {
            @Override
            public void onAppShutdown() {
                heard.add("shutdown");
            }
        });
        messenger.addListener(new MessengerListener() {
            @Override
            public void onSessionStep(Session ended, SessionStep step) {
                heard.add("step " + step + " " + ended.result().name());
            }
        });
        Session ready = messenger.sessionManager().createSession();
        ready.addListener(new Everything());
        Session session = messenger.sessionManager().createSession();
        session.setApplication(WHITEBOARD);
        other.sessions.get(1).state = SessionState.CONNECTED;
        session.flags();
        agent.endpoint.close();
        await().until(() -> session.state() == SessionState.TERMINATED);
        session.addListener(new Everything());
        assertThat(take(4))
                .as("also told to a listener that comes late")
                .containsExactlyInAnyOrder(
                        "state CONNECTED > TERMINATED", "terminated SR_CONNECTION_FAILURE null",
                        "step ENDED SR_CONNECTION_FAILURE", "shutdown");
        assertThat(session.application()).isEqualTo(WHITEBOARD);
        assertThat(ready.state()).isEqualTo(SessionState.TERMINATED);
        assertThat(heard).isEmpty();
    }

    @Test
    void anEndpointThatClosesClosesEveryMessenger() throws Exception {
        try (Messenger second = agent.connect()) {
            FakeMessenger another = agent.other();
            agent.endpoint.close();
            assertThat(other.closed.getCount()).isZero();
            assertThat(another.closed.getCount()).isZero();
            await().until(() -> EveryMemberTest.failure(second::self).code() == ResultCode.E_FAIL);
        }
    }

    @Test
    void endedSessionsAreForgottenInTheEnd() {
        Session first = messenger.sessionManager().createSession();
        for (int i = 0; i < Protocol.ENDED_SESSIONS + 1; i++) {
            Session session = i == 0 ? first : messenger.sessionManager().createSession();
            session.cancel(ResultCode.S_OK, null);
        }
        FakeSession oldest = other.sessions.get(0);
        await().untilAsserted(() -> assertThat(oldest.listeners).isEmpty());
        assertThat(other.sessions.get(1).listeners).hasSize(1);
    }

    private List<String> take(int count) throws InterruptedException {
        List<String> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String next = heard.poll(20, TimeUnit.SECONDS);
            assertThat(next).as("event %d after %s", i + 1, taken).isNotNull();
            taken.add(next);
        }
        return taken;
    }

    @Test
    void aSessionWhoseInvitationGaveWayStaysTheSameObjectUnderItsNewId() throws Exception {
        Session here = messenger.sessionManager().createSession();
        FakeSession there = other.sessions.get(other.sessions.size() - 1);
        here.addListener(new Everything());
        String joined = "{00000000-0000-4000-8000-000000000001}";
        there.sessionId = joined;
        there.become(SessionState.ACCEPTED);
        assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("state READY > ACCEPTED");
        assertThat(here.sessionId()).isEqualTo(joined);
        here.sendContextData("still reaches it");
        assertThat(other.calls).anyMatch(call -> call.contains("still reaches it"));
    }
}
