package dev.beckon.session;

import dev.beckon.Application;
import dev.beckon.Limits;
import dev.beckon.Lock;
import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionException;
import dev.beckon.SessionManager;
import dev.beckon.SessionManagerListener;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The {@link SessionManager} of one connection. */
final class ClientSessionManager implements SessionManager {
    final ClientLock lock;
    private final Engine engine;
    private final ClientMessenger client;
    private final List<SessionManagerListener> listeners = new CopyOnWriteArrayList<>();
    /** What happened before anybody listened: whether the service locks, for one. */
    private final Deque<Consumer<SessionManagerListener>> kept = new ArrayDeque<>();

    private boolean heard;

    ClientSessionManager(Engine engine, ClientMessenger client) {
        this.engine = engine;
        this.client = client;
        this.lock = new ClientLock(engine, client);
    }

    @Override
    public Session createSession() {
        return engine.call(() -> {
            check();
            return client.managerSession(engine.sessions.create(client));
        });
    }

    @Override
    public Session getLaunchingSession(long processId) {
        if (processId <= 0) {
            throw new SessionException(
                    ResultCode.E_INVALIDARG, processId + " is no process id", "use ProcessHandle.current().pid()");
        }
        return engine.call(() -> {
            check();
            long launched = engine.ports.launcher().launchedAncestor(processId);
            LiveSession session = launched > 0 ? engine.sessions.launchedAs(launched) : null;
            if (session == null) {
                session = engine.sessions.byId(client.client.launchedFor());
            }
            if (session == null) {
                throw new SessionException(
                        ResultCode.E_FAIL,
                        "the client launched no process " + processId,
                        "create a session, or wait for onInvitation");
            }
            session.ownership.attach(client);
            return client.managerSession(session);
        });
    }

    @Override
    public void registerApplication(Application application) {
        engine.act(() -> {
            check();
            client.registerApplication(application);
        });
    }

    @Override
    public void unregisterApplication(String guid) {
        engine.act(() -> {
            check();
            client.unregisterApplication(guid);
        });
    }

    @Override
    public List<Application> applications() {
        return engine.call(() -> {
            check();
            return client.applications();
        });
    }

    @Override
    public Lock lock() {
        return lock;
    }

    @Override
    public void addListener(SessionManagerListener listener) {
        engine.act(() -> {
            listeners.add(listener);
            if (!heard) {
                heard = true;
                kept.forEach(this::tell);
                kept.clear();
            }
        });
    }

    @Override
    public void removeListener(SessionManagerListener listener) {
        listeners.remove(listener);
    }

    // ---- on the engine's thread

    /**
     * Lets pass where the connection is there and its lock open.
     *
     * @throws SessionException E_FAIL, LOCK_NOTINITIALIZED, LOCK_LOCKED
     */
    void check() {
        client.checkOpen();
        lock.check();
    }

    /** Chooses the application of a session that invited nobody yet. */
    void choose(LiveSession session, String guid) {
        Call.SET_APPLICATION.check(session.machine.state(), session.machine.role());
        Application application = engine.ports.registry().application(Limits.guid(guid));
        if (application == null) {
            throw new SessionException(
                    ResultCode.SR_APP_NOT_REGISTERED, "no application " + guid + " is registered", "register it first");
        }
        session.choose(application);
    }

    /** Whether it can be asked or handed something. */
    boolean isListening() {
        return !listeners.isEmpty() && lock.isOpen();
    }

    /** Asks about an invitation, on the connection's thread. */
    BooleanSupplier question(LiveSession session) {
        Session facade = client.managerSession(session);
        String data = session.machine.contextData();
        List<SessionManagerListener> now = List.copyOf(listeners);
        return () -> {
            boolean[] handled = new boolean[1];
            for (SessionManagerListener listener : now) {
                Dispatcher.guard(() -> handled[0] |= listener.onInvitation(facade, data));
            }
            return handled[0];
        };
    }

    void tell(Consumer<SessionManagerListener> call) {
        if (!heard) {
            if (kept.size() == Ownership.KEPT) {
                kept.remove();
            }
            kept.add(call);
            return;
        }
        List<SessionManagerListener> now = List.copyOf(listeners);
        if (!now.isEmpty()) {
            client.dispatcher.post(() -> {
                for (SessionManagerListener listener : now) {
                    if (listeners.contains(listener)) {
                        Dispatcher.guard(() -> call.accept(listener));
                    }
                }
            });
        }
    }
}
