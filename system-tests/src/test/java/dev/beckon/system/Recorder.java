package dev.beckon.system;

import dev.beckon.Contact;
import dev.beckon.LockStatus;
import dev.beckon.Messenger;
import dev.beckon.MessengerListener;
import dev.beckon.MissedInvitation;
import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionListener;
import dev.beckon.SessionManagerListener;
import dev.beckon.SessionState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Writes down every event as a line, in the order it came, and waits for lines. */
final class Recorder implements SessionListener, SessionManagerListener, MessengerListener {
    private final List<String> events = new ArrayList<>();
    private final Map<String, Session> sessions = new HashMap<>();
    private final boolean handled;
    private final boolean enableDefault;

    Recorder() {
        this(false, true);
    }

    private Recorder(boolean handled, boolean enableDefault) {
        this.handled = handled;
        this.enableDefault = enableDefault;
    }

    /** One that says of every invitation that it asks the user itself. */
    static Recorder thatHandlesInvitations() {
        return new Recorder(true, true);
    }

    /** One that keeps the client from launching. */
    static Recorder thatPreventsLaunches() {
        return new Recorder(false, false);
    }

    private synchronized void add(String event) {
        events.add(event);
        notifyAll();
    }

    private synchronized void add(String event, Session session) {
        sessions.putIfAbsent(event, session);
        add(event);
    }

    /** All so far. */
    synchronized List<String> events() {
        return List.copyOf(events);
    }

    /** Waits for an event, already there or to come. */
    void await(String event) {
        await(event::equals, event, Times.LONG);
    }

    void await(Predicate<String> wanted, String what) {
        await(wanted, what, Times.LONG);
    }

    synchronized void await(Predicate<String> wanted, String what, Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (events.stream().noneMatch(wanted)) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                throw new AssertionError("no event " + what + ", but " + events);
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Waits for the end of a session: the code told by onTermination. */
    String awaitTermination() {
        await(e -> e.startsWith("termination "), "termination");
        return events().stream()
                .filter(e -> e.startsWith("termination "))
                .findFirst()
                .orElseThrow()
                .substring("termination ".length());
    }

    /** The session that came with an event. */
    Session awaitSession(String event) {
        await(event);
        synchronized (this) {
            return sessions.get(event);
        }
    }

    /** The session the user is to be asked about. */
    Session awaitToAnswer(Session session) {
        return awaitSession("to answer " + session.sessionId());
    }

    private static String data(@Nullable String data) {
        return data == null ? "" : " \"" + data + "\"";
    }

    // --- SessionListener

    @Override
    public void onStateChanged(Session session, SessionState previous) {
        // The state it went to is a later reading: by now it may be another.
        add("left " + previous);
    }

    @Override
    public void onAccepted(Session session, @Nullable String appData) {
        add("accepted" + data(appData));
    }

    @Override
    public void onDeclined(Session session, @Nullable String appData) {
        add("declined" + data(appData));
    }

    @Override
    public void onCancelled(Session session, @Nullable String appData) {
        add("cancelled" + data(appData));
    }

    @Override
    public void onAppNotPresent(Session session, String name, String url) {
        add("app not present " + name + " " + url);
    }

    @Override
    public void onReadyToLaunch(Session session) {
        add("ready to launch");
    }

    @Override
    public boolean beforeAppLaunch(Session session) {
        add("before launch");
        return enableDefault;
    }

    @Override
    public void onContextData(Session session, String data) {
        add("context" + data(data));
    }

    @Override
    public void onSendError(Session session, ResultCode code) {
        add("send error " + code.name());
    }

    @Override
    public void onTermination(Session session, ResultCode code, @Nullable String appData) {
        add("termination " + code.name() + data(appData));
    }

    // --- SessionManagerListener

    @Override
    public boolean onInvitation(Session session, @Nullable String appData) {
        add("invitation" + data(appData), session);
        return handled;
    }

    @Override
    public void onLaunchingSession(Session session) {
        add("launching session", session);
    }

    @Override
    public void onAppRegistered(String guid) {
        add("registered " + guid);
    }

    @Override
    public void onAppUnregistered(String guid) {
        add("unregistered " + guid);
    }

    @Override
    public void onAppShutdown() {
        add("shutdown");
    }

    @Override
    public void onLockEnable(boolean enabled) {
        add("lock enable " + enabled);
    }

    @Override
    public void onLockChallenge(long cookie, String challenge) {
        add("challenge " + cookie + " " + challenge);
    }

    @Override
    public void onLockResult(long cookie, boolean succeeded) {
        add("lock result " + cookie + " " + succeeded);
    }

    @Override
    public void onLockStatusChanged(LockStatus status) {
        add("lock status " + status);
    }

    // --- MessengerListener

    @Override
    public void onConnectionChanged(Messenger.Connection connection) {
        add("connection " + connection.state());
    }

    @Override
    public void onContactChanged(Contact contact) {
        add("contact " + contact.signInName() + " " + contact.status());
    }

    @Override
    public void onContactRequest(Contact contact) {
        add("contact request " + contact.signInName());
    }

    @Override
    public void onSession(Session session) {
        add("session " + session.sessionId(), session);
    }

    @Override
    public void onInvitationToAnswer(Session session) {
        add("to answer " + session.sessionId(), session);
    }

    @Override
    public void onMissedInvitation(MissedInvitation missed) {
        add("missed " + missed.sessionId());
    }
}
