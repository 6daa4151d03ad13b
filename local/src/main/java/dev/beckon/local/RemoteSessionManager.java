package dev.beckon.local;

import com.google.gson.JsonObject;
import dev.beckon.Application;
import dev.beckon.Lock;
import dev.beckon.LockStatus;
import dev.beckon.Session;
import dev.beckon.SessionManager;
import dev.beckon.SessionManagerListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An application's session manager, asked through its connection. */
final class RemoteSessionManager implements SessionManager {
    private final RemoteMessenger messenger;
    private final RemoteLock lock;
    private final List<SessionManagerListener> listeners = new CopyOnWriteArrayList<>();

    RemoteSessionManager(RemoteMessenger messenger) {
        this.messenger = messenger;
        this.lock = new RemoteLock(messenger);
    }

    @Override
    public Session createSession() {
        return messenger.session(messenger.call("manager/createSession", new JsonObject()));
    }

    @Override
    public Session getLaunchingSession(long processId) {
        JsonObject params = new JsonObject();
        params.addProperty("processId", processId);
        return messenger.session(messenger.call("manager/getLaunchingSession", params));
    }

    @Override
    public void registerApplication(Application application) {
        messenger.call("manager/registerApplication", Payloads.toJson(application));
    }

    @Override
    public void unregisterApplication(String guid) {
        messenger.call("manager/unregisterApplication", Payloads.guid(guid));
    }

    @Override
    public List<Application> applications() {
        return messenger.applications("manager/applications");
    }

    @Override
    public Lock lock() {
        return lock;
    }

    @Override
    public synchronized void addListener(SessionManagerListener listener) {
        listeners.add(listener);
        // An application that listens counts as running: the agent asks it, and hands it sessions.
        if (listeners.size() == 1) {
            messenger.listen("manager/listen", true, listeners);
        }
    }

    @Override
    public synchronized void removeListener(SessionManagerListener listener) {
        if (listeners.remove(listener) && listeners.isEmpty()) {
            messenger.listen("manager/listen", false, listeners);
        }
    }

    /** On the event thread. */
    boolean onInvitation(Fields params) {
        Session session = messenger.session(params);
        boolean handled = false;
        for (SessionManagerListener listener : listeners) {
            try {
                handled |= listener.onInvitation(session, params.textOrNull("appData"));
            } catch (RuntimeException | Error e) {
                Dispatcher.report(e);
            }
        }
        return handled;
    }

    /** On the event thread. */
    void happened(String event, Fields params) {
        for (SessionManagerListener listener : listeners) {
            try {
                tell(event, params, listener);
            } catch (RuntimeException | Error e) {
                Dispatcher.report(e);
            }
        }
    }

    private void tell(String event, Fields params, SessionManagerListener listener) {
        switch (event) {
            case "manager/onLaunchingSession" -> listener.onLaunchingSession(messenger.session(params));
            case "manager/onAppRegistered" -> listener.onAppRegistered(params.text("guid"));
            case "manager/onAppUnregistered" -> listener.onAppUnregistered(params.text("guid"));
            case "manager/onAppShutdown" -> listener.onAppShutdown();
            case "lock/onLockEnable" -> listener.onLockEnable(params.truth("enabled"));
            case "lock/onLockChallenge" -> listener.onLockChallenge(params.integer("cookie"), params.text("challenge"));
            case "lock/onLockResult" -> listener.onLockResult(params.integer("cookie"), params.truth("succeeded"));
            case "lock/onLockStatusChanged" ->
                listener.onLockStatusChanged(params.constant("status", LockStatus.class));
            default -> {
                // An event newer than this program.
            }
        }
    }
}
