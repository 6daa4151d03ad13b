package dev.beckon.local;

import dev.beckon.ResultCode;
import dev.beckon.SessionListener;
import dev.beckon.SessionState;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What happens to one session, told to its listeners; kept until the first of them is there.
 *
 * <p>Thread: listeners come and go on any; everything else is the event thread's alone.
 */
final class SessionEvents {
    private record Kept(String event, Fields params) {}

    private final RemoteSession session;
    private final List<SessionListener> listeners = new CopyOnWriteArrayList<>();
    private final Queue<Kept> kept = new ArrayDeque<>();
    private boolean listening;

    SessionEvents(RemoteSession session) {
        this.session = session;
    }

    void add(SessionListener listener) {
        listeners.add(listener);
    }

    void remove(SessionListener listener) {
        listeners.remove(listener);
    }

    /** Tells the first listener what was kept for it. */
    void flush() {
        if (listening || listeners.isEmpty()) {
            return;
        }
        listening = true;
        List<SessionListener> first = List.of(listeners.get(0));
        for (Kept event = kept.poll(); event != null; event = kept.poll()) {
            tell(event.event, event.params, first);
        }
    }

    void happened(String event, Fields params) {
        flush();
        if (listening) {
            tell(event, params, listeners);
            return;
        }
        // The oldest goes: that a session ended must not be lost.
        if (kept.size() == Protocol.KEPT_EVENTS) {
            kept.remove();
        }
        kept.add(new Kept(event, params));
    }

    /** Asks; where nobody listens the client launches, and there is nothing to keep: the question is over. */
    boolean beforeAppLaunch() {
        flush();
        boolean enableDefault = true;
        for (SessionListener listener : listeners) {
            try {
                enableDefault &= listener.beforeAppLaunch(session);
            } catch (RuntimeException | Error e) {
                Dispatcher.report(e);
            }
        }
        return enableDefault;
    }

    private void tell(String event, Fields params, List<SessionListener> whom) {
        for (SessionListener listener : whom) {
            try {
                tell(event, params, listener);
            } catch (RuntimeException | Error e) {
                // One listener's failure keeps nothing from the others.
                Dispatcher.report(e);
            }
        }
    }

    private void tell(String event, Fields params, SessionListener listener) {
        switch (event) {
            case "session/onStateChanged" ->
                listener.onStateChanged(session, params.constant("previous", SessionState.class, SessionState.UNKNOWN));
            case "session/onAccepted" -> listener.onAccepted(session, params.textOrNull("appData"));
            case "session/onDeclined" -> listener.onDeclined(session, params.textOrNull("appData"));
            case "session/onCancelled" -> listener.onCancelled(session, params.textOrNull("appData"));
            case "session/onAppNotPresent" ->
                listener.onAppNotPresent(session, params.text("name"), params.text("url"));
            case "session/onReadyToLaunch" -> listener.onReadyToLaunch(session);
            case "session/onContextData" -> listener.onContextData(session, params.text("data"));
            case "session/onSendError" ->
                listener.onSendError(session, params.constant("code", ResultCode.class, ResultCode.E_FAIL));
            case "session/onTermination" ->
                listener.onTermination(
                        session,
                        params.constant("code", ResultCode.class, ResultCode.E_FAIL),
                        params.textOrNull("appData"));
            default -> {
                // An event newer than this program.
            }
        }
    }
}
