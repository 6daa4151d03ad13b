package dev.beckon.session;

import dev.beckon.ContactStatus;
import dev.beckon.Messenger;
import dev.beckon.MissedInvitation;
import dev.beckon.ResultCode;
import dev.beckon.SessionException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The session engine of one user: what the client of one signed-in person does about sessions, contacts and the lock.
 *
 * <p>The ports are started by the constructor. Each connection of an application or window is one {@link #connect}.
 *
 * <p>Thread: any; everything runs on the {@link Scheduler}'s thread, listeners on threads of their own.
 */
public final class Engine implements AutoCloseable {
    /** For what is said once and needs no answer. */
    static final Carrier.Receipt UNHEARD = new Carrier.Receipt() {
        @Override
        public void delivered() {}

        @Override
        public void failed(Carrier.Failure failure) {}
    };

    private static final System.Logger LOG = System.getLogger(Engine.class.getName());
    /** The engine's thread never waits for anything; that a call takes so long means it is gone. */
    private static final long CALL_SECONDS = 30;

    private static final AtomicLong THREADS = new AtomicLong();

    final Ports ports;
    final Settings settings;
    final Sessions sessions;
    final Doorkeeper door;
    final LockKeeper locks;
    final Book book;
    final Messages messages;
    final Installations installations = new Installations();
    final Supplier<UUID> ids;
    private final Executor listeners;
    private final List<ClientMessenger> clients = new ArrayList<>();
    private volatile @Nullable Jid self;
    private volatile boolean online;
    private boolean carbons;
    private boolean closed;
    private volatile Messenger.Connection connection;

    /** An engine over these ports, which it starts. */
    public Engine(Ports ports, Settings settings) {
        this(ports, settings, List.of());
    }

    /**
     * The same, which remembers invitations missed earlier.
     *
     * @param missed newest first
     */
    public Engine(Ports ports, Settings settings, List<MissedInvitation> missed) {
        this(
                ports,
                settings,
                Executors.newCachedThreadPool(task -> {
                    Thread thread = new Thread(task, "beckon-listener-" + THREADS.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                }),
                UUID::randomUUID);
        act(() -> sessions.remember(missed));
    }

    /**
     * The same, by hand.
     *
     * @param listeners calls the listeners; must not run them on the thread that gives them
     * @param ids names new sessions
     */
    Engine(Ports ports, Settings settings, Executor listeners, Supplier<UUID> ids) {
        this.ids = ids;
        this.ports = ports;
        this.settings = settings;
        this.listeners = listeners;
        this.connection = new Messenger.Connection(Messenger.Connection.State.CONNECTING, now(), "not signed in yet");
        this.sessions = new Sessions(this);
        this.door = new Doorkeeper(this);
        this.locks = new LockKeeper(this);
        this.book = new Book(this);
        this.messages = new Messages(this);
        act(this::start);
    }

    private void start() {
        ports.registry().start(new Registry.Listener() {
            @Override
            public void registered(String guid) {
                run(() -> installed(guid));
            }

            @Override
            public void unregistered(String guid) {
                run(() -> clients.forEach(c -> c.manager.tell(l -> l.onAppUnregistered(guid))));
            }
        });
        ports.contacts().start(book);
        ports.authority().start(locks);
        ports.chat().start(incoming -> run(() -> messages.received(incoming)));
        ports.carrier().start(new Carrier.Receiver() {
            @Override
            public void up(Jid as, boolean copies) {
                run(() -> signedIn(as, copies));
            }

            @Override
            public void down(String reason) {
                run(() -> signedOut(reason));
            }

            @Override
            public void received(Carrier.Incoming incoming) {
                run(() -> door.received(incoming));
            }

            @Override
            public void gone(Jid device) {
                run(() -> tell(sessions.living(), new Event.Gone(device)));
            }
        });
    }

    /**
     * A connection of an application, or of a window or command, until its {@link Messenger#close}.
     *
     * @throws SessionException E_FAIL after {@link #close}
     */
    public Messenger connect(Client client) {
        return call(() -> {
            if (closed) {
                throw new SessionException(ResultCode.E_FAIL, "the client is shutting down", "start it again");
            }
            ClientMessenger messenger = new ClientMessenger(this, client, listeners);
            clients.add(messenger);
            LiveSession launched = sessions.byId(client.launchedFor());
            if (launched != null) {
                messenger.speakFor(launched.guid());
            }
            Boolean locked = locks.locks();
            if (locked != null) {
                messenger.manager.lock.enabled(locked);
            }
            return messenger;
        });
    }

    /**
     * Ends every live session properly, tells every connection {@code onAppShutdown} and closes it; waits for listeners
     * for at most {@link Settings#answer}. The ports are closed by whoever made them, afterwards.
     */
    @Override
    public void close() {
        List<ClientMessenger> told = call(this::shutDown);
        if (!ports.scheduler().isEngineThread()) {
            long until = System.nanoTime() + settings.answer().toNanos();
            try {
                for (ClientMessenger client : told) {
                    client.dispatcher.await(Math.max(0, TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime())));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        if (listeners instanceof ExecutorService service) {
            service.shutdown();
        }
    }

    private List<ClientMessenger> shutDown() {
        if (closed) {
            return List.of();
        }
        closed = true;
        tell(sessions.living(), new Event.Shutdown());
        messages.shutDown();
        List<ClientMessenger> told = List.copyOf(clients);
        for (ClientMessenger client : told) {
            client.manager.tell(l -> l.onAppShutdown());
            client.shut();
        }
        clients.clear();
        return told;
    }

    /**
     * Takes note of why the client is not signed in, which no port tells: whether signing in is tried again or was given
     * up. Told by whoever made the carrier.
     */
    public void offline(Messenger.Connection said) {
        run(() -> {
            if (!online && said.state() != Messenger.Connection.State.SIGNED_IN) {
                connection(said.state(), said.reason());
            }
        });
    }

    /**
     * Reads several values of sessions and contacts as of one moment, and with one wait instead of one for each.
     *
     * @param reading reads, and nothing else: the engine waits for it
     */
    public <T> T atOnce(Supplier<T> reading) {
        return call(reading);
    }

    // ---- what the ports tell, on the engine's thread

    private void signedIn(Jid as, boolean copies) {
        self = as;
        online = true;
        carbons = copies;
        connection(Messenger.Connection.State.SIGNED_IN, "");
        tell(sessions.concerned(), new Event.Up(as));
    }

    private void signedOut(String reason) {
        if (online) {
            online = false;
            locks.offline();
            tell(sessions.concerned(), new Event.Down());
        }
        connection(Messenger.Connection.State.CONNECTING, reason);
    }

    private void connection(Messenger.Connection.State state, String reason) {
        Messenger.Connection before = connection;
        if (before.state() == state && before.reason().equals(reason)) {
            return;
        }
        Messenger.Connection now =
                new Messenger.Connection(state, before.state() == state ? before.since() : now(), reason);
        connection = now;
        clients.forEach(c -> c.tellWindows(l -> l.onConnectionChanged(now)));
    }

    private void installed(String guid) {
        clients.forEach(c -> c.manager.tell(l -> l.onAppRegistered(guid)));
        sessions.living().stream().filter(s -> s.guid().equals(guid)).forEach(s -> s.handle(new Event.Installed()));
    }

    /** Tells each session; one that fails does not keep it from the others. */
    private static void tell(List<LiveSession> told, Event event) {
        for (LiveSession session : told) {
            try {
                session.handle(event);
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, session.id() + " failed on " + event, e);
            }
        }
    }

    /** A connection is gone. */
    void lost(ClientMessenger client) {
        if (clients.remove(client)) {
            client.shut();
            sessions.living().forEach(s -> s.ownership.lost(client));
        }
    }

    // ---- what is known

    /** Connections, as they are now: what is done for each may end one. */
    List<ClientMessenger> clients() {
        return List.copyOf(clients);
    }

    @Nullable
    Jid self() {
        return self;
    }

    @Nullable
    Jid onlineSelf() {
        return online ? self : null;
    }

    boolean isOnline() {
        return online;
    }

    boolean hasCarbons() {
        return carbons;
    }

    Messenger.Connection connection() {
        return connection;
    }

    boolean isRegistered(String guid) {
        return ports.registry().application(guid) != null;
    }

    /** What of the user's files cannot be taken now; any thread. */
    List<String> problems() {
        return Stream.concat(ports.policy().complaints().stream(), ports.registry().complaints().stream())
                .toList();
    }

    boolean isListed(String bare) {
        return ports.contacts().entry(bare) != null;
    }

    boolean isTrusted(String bare) {
        ContactList.Entry entry = ports.contacts().entry(bare);
        return entry != null && entry.trusted();
    }

    boolean isBlocked(String bare) {
        return ports.contacts().blocked().contains(bare);
    }

    /** True for a contact who is known not to be signed in. */
    boolean isKnownOffline(String bare) {
        ContactList.Entry entry = ports.contacts().entry(bare);
        return entry != null
                && entry.seen()
                && entry.status() != ContactStatus.UNKNOWN
                && !entry.status().isSignedIn();
    }

    /**
     * Lets pass while signed in.
     *
     * @throws SessionException MSGR_E_NOT_LOGGED_ON
     */
    void checkOnline() {
        if (!online) {
            throw new SessionException(
                    ResultCode.MSGR_E_NOT_LOGGED_ON,
                    "the client is not signed in" + (connection.reason().isEmpty() ? "" : ": " + connection.reason()),
                    "try again once it is");
        }
    }

    // ---- the engine's thread

    Instant now() {
        return ports.scheduler().now();
    }

    Scheduler.Timer schedule(Duration after, Runnable task) {
        return ports.scheduler().schedule(after, task);
    }

    /** Runs on the engine's thread, some time. */
    void run(Runnable task) {
        try {
            ports.scheduler().execute(task);
        } catch (RejectedExecutionException e) {
            LOG.log(System.Logger.Level.DEBUG, "the engine's thread has ended; nothing is taken any more");
        }
    }

    /** Runs on the engine's thread and waits; from that thread itself at once. */
    void act(Runnable body) {
        call(() -> {
            body.run();
            return Boolean.TRUE;
        });
    }

    /** Runs on the engine's thread and waits for the answer; from that thread itself at once. */
    <T> T call(Supplier<T> body) {
        if (ports.scheduler().isEngineThread()) {
            return body.get();
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            ports.scheduler().execute(() -> {
                try {
                    answer.complete(body.get());
                } catch (RuntimeException | Error e) {
                    answer.completeExceptionally(e);
                }
            });
            return answer.get(CALL_SECONDS, TimeUnit.SECONDS);
        } catch (RejectedExecutionException e) {
            // Its thread has ended: nothing changes any more, and reading what ended is still allowed.
            synchronized (this) {
                return body.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new SessionException(ResultCode.E_FAIL, "the client does not answer", "restart it");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SessionException(ResultCode.E_FAIL, "interrupted while waiting for the client", "try again");
        }
    }
}
