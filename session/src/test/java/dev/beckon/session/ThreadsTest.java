package dev.beckon.session;

import static dev.beckon.session.Device.BOARD;
import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.Messenger;
import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionException;
import dev.beckon.SessionListener;
import dev.beckon.SessionManagerListener;
import dev.beckon.SessionState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The engine on its real thread, with listeners on theirs. */
@Timeout(60)
class ThreadsTest {
    private static final String ALICE = "alice@a.example";

    private final Schedulers.Real scheduler = Schedulers.real();
    private final Quiet carrier = new Quiet();
    private final Device.Contacts contacts = new Device.Contacts();
    private final Device.Authority authority = new Device.Authority();
    private final Device.Applications registry = new Device.Applications();
    private final Engine engine = new Engine(
            new Ports(
                    carrier,
                    contacts,
                    new Device.Talk(),
                    authority,
                    registry,
                    new Device.Programs(),
                    new AddressPaths(() -> "192.0.2.1"),
                    new Device.Rules(),
                    scheduler),
            shortAnswers());

    ThreadsTest() {
        contacts.entries.put(
                ALICE,
                new ContactList.Entry(ALICE, "", true, true, dev.beckon.ContactStatus.ONLINE, java.util.Set.of()));
        registry.add(new dev.beckon.Application(BOARD, "Board", "", "/opt/board"));
        carrier.receiver.up(new Jid("bob@b.example", "desk"), true);
        authority.listener.enabled(false);
        engine.act(() -> engineThread.set(Thread.currentThread()));
    }

    private static Settings shortAnswers() {
        Settings d = Settings.DEFAULT;
        return new Settings(
                d.invitationLife(),
                d.installLife(),
                d.maxRing(),
                d.clockSkew(),
                d.step(),
                d.attach(),
                Duration.ofMillis(300),
                d.ping(),
                d.outage(),
                d.openPerPerson(),
                d.openPerApplication());
    }

    @AfterEach
    void nothingIsLeft() throws InterruptedException {
        engine.close();
        scheduler.close();
        engineThread.get().join(20_000);
        assertThat(engineThread.get().isAlive()).isFalse();
    }

    private final AtomicReference<Thread> engineThread = new AtomicReference<>();

    /** A carrier that takes everything and says nothing. */
    private static final class Quiet implements Carrier {
        Receiver receiver;
        final BlockingQueue<Signal> sent = new LinkedBlockingQueue<>();

        @Override
        public void start(Receiver receiver) {
            this.receiver = receiver;
        }

        @Override
        public void send(Jid to, Signal signal, Receipt receipt) {
            sent.add(signal);
            receipt.delivered();
        }
    }

    private void invite() {
        var sent = scheduler.now();
        carrier.receiver.received(new Carrier.Incoming(
                new Jid(ALICE, "desk"),
                new Jid("bob@b.example", null),
                new Signal.Propose(
                        UUID.randomUUID().toString(), BOARD, "Board", "", sent, sent.plusSeconds(60), "x", null),
                null,
                Carrier.Carbon.NONE,
                new Network.Answer()));
    }

    @Test
    void aListenerMayCallTheSessionFromWithin() throws Exception {
        Messenger app = engine.connect(new Client(7, BOARD, null));
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        app.sessionManager().addListener(new SessionManagerListener() {
            @Override
            public boolean onInvitation(Session session, @Nullable String appData) {
                session.addListener(new SessionListener() {
                    @Override
                    public void onReadyToLaunch(Session ready) {
                        heard.add(ready.state() + " on " + scheduler.isEngineThread());
                        ready.cancel(ResultCode.S_OK, null);
                    }

                    @Override
                    public void onTermination(Session over, ResultCode code, @Nullable String data) {
                        heard.add(code.name());
                    }
                });
                session.accept(null);
                return true;
            }
        });
        invite();
        assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("ACCEPTED on false");
        assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("SR_CANCEL_BEFORE_CONNECT");
    }

    @Test
    void severalValuesAreReadWhileNothingChanges() {
        Session session =
                engine.connect(new Client(7, BOARD, null)).sessionManager().createSession();
        session.setApplication(BOARD);
        assertThat(engine.atOnce(
                        () -> scheduler.isEngineThread() + " " + session.state() + " " + session.application()))
                .isEqualTo("true READY " + BOARD);
    }

    @Test
    void aListenerThatHangsOrThrowsHurtsNobodyElse() throws Exception {
        CountDownLatch hang = new CountDownLatch(1);
        Messenger hanging = engine.connect(new Client(7, BOARD, null));
        hanging.sessionManager().addListener(new SessionManagerListener() {
            @Override
            public boolean onInvitation(Session session, @Nullable String appData) {
                try {
                    hang.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return true;
            }
        });
        Messenger throwing = engine.connect(new Client(8, BOARD, null));
        throwing.sessionManager().addListener(new SessionManagerListener() {
            @Override
            public boolean onInvitation(Session session, @Nullable String appData) {
                throw new AssertionError("on purpose");
            }
        });
        Messenger window = engine.connect(new Client(9, null, null));
        BlockingQueue<Session> asked = new LinkedBlockingQueue<>();
        window.addListener(new dev.beckon.MessengerListener() {
            @Override
            public void onInvitationToAnswer(Session session) {
                asked.add(session);
            }
        });
        invite();
        Session session = asked.poll(20, TimeUnit.SECONDS);
        assertThat(session).isNotNull();
        session.decline(null);
        assertThat(session.state()).isEqualTo(SessionState.DECLINED);
        hang.countDown();
    }

    @Test
    void manyThreadsMayCallAtOnce() throws Exception {
        Messenger app = engine.connect(new Client(7, BOARD, null));
        List<Thread> threads = new ArrayList<>();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        for (int i = 0; i < 8; i++) {
            Thread thread = new Thread(() -> {
                try {
                    for (int n = 0; n < 10; n++) {
                        Session session = app.sessionManager().createSession();
                        session.setApplication(BOARD);
                        session.invite(app.contact(ALICE), null);
                        session.cancel(ResultCode.S_OK, null);
                        assertThat(session.state()).isEqualTo(SessionState.CANCELLED);
                    }
                } catch (Throwable e) {
                    failure.set(e);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failure.get()).isNull();
        assertThat(app.sessions()).hasSize(80);
    }

    @Test
    void aConnectionThatStopsListeningIsCut() throws Exception {
        Messenger app = engine.connect(new Client(7, BOARD, null));
        CountDownLatch hang = new CountDownLatch(1);
        app.addListener(new dev.beckon.MessengerListener() {
            @Override
            public void onContactChanged(dev.beckon.Contact contact) {
                try {
                    hang.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        });
        for (int i = 0; i < Dispatcher.BACKLOG + 10; i++) {
            engine.book.changed(ALICE);
        }
        engine.act(() -> {});
        engine.act(() -> {});
        assertThat(engine.call(() -> engine.clients().size())).isZero();
        hang.countDown();
    }

    @Test
    void afterTheEndReadingIsAllowedAndNothingElse() throws Exception {
        Messenger app = engine.connect(new Client(7, BOARD, null));
        Session session = app.sessionManager().createSession();
        session.setApplication(BOARD);
        session.invite(app.contact(ALICE), null);
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        app.sessionManager().addListener(new SessionManagerListener() {
            @Override
            public void onAppShutdown() {
                heard.add("shutdown");
            }
        });
        engine.close();
        scheduler.close();
        assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("shutdown");
        assertThat(session.state()).isEqualTo(SessionState.CANCELLED);
        assertThat(carrier.sent).anyMatch(s -> s instanceof Signal.Retract);
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> engine.connect(new Client(1, null, null)))
                .isInstanceOf(SessionException.class);
    }
}
