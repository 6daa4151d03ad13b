package dev.beckon.session;

import dev.beckon.Contact;
import dev.beckon.Limits;
import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionException;
import dev.beckon.SessionFlag;
import dev.beckon.SessionListener;
import dev.beckon.SessionState;
import dev.beckon.SessionStep;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A session as one connection holds it. What happens is kept until the first listener is there, and while the lock of the
 * connection is closed.
 */
final class ClientSession implements Session {
    private final Engine engine;
    private final ClientMessenger client;
    private final LiveSession session;
    /** Whether it came from the session manager: then the lock holds for it. */
    private final boolean locked;

    private final List<SessionListener> listeners = new CopyOnWriteArrayList<>();
    private final Deque<Happening> kept = new ArrayDeque<>();
    private boolean heard;

    ClientSession(Engine engine, ClientMessenger client, LiveSession session, boolean locked) {
        this.engine = engine;
        this.client = client;
        this.session = session;
        this.locked = locked;
    }

    // ---- reading

    @Override
    public String sessionId() {
        return engine.call(session::id);
    }

    @Override
    public SessionState state() {
        return engine.call(session.machine::state);
    }

    @Override
    public Set<SessionFlag> flags() {
        return engine.call(() -> {
            Set<SessionFlag> flags = EnumSet.noneOf(SessionFlag.class);
            if (session.machine.state() != SessionState.READY) {
                flags.add(session.machine.role() == Call.Role.INVITER ? SessionFlag.INVITER : SessionFlag.INVITEE);
            }
            if (session.machine.isCompatible()) {
                flags.add(SessionFlag.APP_INVITE_COMPATIBLE);
            }
            return Collections.unmodifiableSet(flags);
        });
    }

    @Override
    public @Nullable SessionStep step() {
        return read(session.progress::last);
    }

    @Override
    public List<Step> steps() {
        return engine.call(session.progress::steps);
    }

    @Override
    public @Nullable Instant expires() {
        return read(session::expires);
    }

    @Override
    public @Nullable ResultCode result() {
        return read(session.progress::result);
    }

    @Override
    public String application() {
        return engine.call(() -> specified(session.guid()));
    }

    @Override
    public String applicationName() {
        return engine.call(() -> {
            specified(session.guid());
            return session.applicationName();
        });
    }

    @Override
    public String applicationUrl() {
        return engine.call(() -> {
            specified(session.guid());
            return session.applicationUrl();
        });
    }

    private static String specified(String guid) {
        if (guid.isEmpty()) {
            throw new SessionException(
                    ResultCode.SR_APP_NOT_SPECIFIED, "the session has no application yet", "set it first");
        }
        return guid;
    }

    @Override
    public Contact user() {
        return engine.call(() -> {
            Jid other = session.machine.other();
            if (other == null) {
                throw new SessionException(
                        ResultCode.SR_NO_USER_INVITED, "nobody has been invited yet", "invite first");
            }
            return engine.book.contact(other.bare());
        });
    }

    @Override
    public @Nullable String invitationText() {
        return read(() -> {
            Signal.Propose propose = session.machine.propose();
            return propose == null ? null : propose.data();
        });
    }

    @Override
    public @Nullable String contextData() {
        return read(session.machine::contextData);
    }

    private <T> @Nullable T read(Supplier<@Nullable T> value) {
        return engine.call(() -> Optional.ofNullable(value.get())).orElse(null);
    }

    @Override
    public String localAddress() {
        return engine.call(session::localAddress);
    }

    @Override
    public String remoteAddress() {
        return engine.call(() -> {
            String reached = session.machine.negotiation.reached();
            if (reached == null) {
                throw new SessionException(
                        ResultCode.SR_SESSION_STATE_INVALID,
                        "the session is " + session.machine.state(),
                        "wait for the session to be CONNECTED");
            }
            return reached;
        });
    }

    // ---- acting

    @Override
    public void setApplication(String guid) {
        act(() -> {
            client.manager.choose(session, guid);
            client.speakFor(guid);
        });
    }

    @Override
    public void setLocalAddress(String address) {
        act(() -> {
            Call.SET_ADDRESS.check(session.machine.state(), session.machine.role());
            session.handle(new Event.AddressChosen(Limits.address(address)));
        });
    }

    @Override
    public void invite(Contact contact, @Nullable String appData) {
        act(() -> {
            String guid = session.guid();
            String own = client.manager.lock.ticket(guid);
            engine.sessions.invite(
                    session, contact.signInName(), appData, own != null ? own : engine.locks.ticket(guid));
        });
    }

    @Override
    public void accept(@Nullable String appData) {
        act(() -> {
            Call.ACCEPT.check(session.machine.state(), session.machine.role());
            Limits.appData(appData);
            // An application that accepts has the session; a window or command accepts for the user alone.
            boolean takes = locked && client.speaksFor(session.guid());
            ClientMessenger before = session.ownership.owner();
            session.ownership.own(takes ? client : null);
            try {
                session.handle(new Event.Accept(appData, takes || engine.isRegistered(session.guid())));
            } catch (SessionException e) {
                session.ownership.own(before);
                throw e;
            }
        });
    }

    @Override
    public void decline(@Nullable String appData) {
        act(() -> {
            Call.DECLINE.check(session.machine.state(), session.machine.role());
            session.handle(new Event.Decline(Limits.appData(appData)));
        });
    }

    @Override
    public void cancel(ResultCode reason, @Nullable String appData) {
        act(() -> {
            Call.CANCEL.check(session.machine.state(), session.machine.role());
            session.handle(new Event.Cancel(reason, Limits.appData(appData)));
        });
    }

    @Override
    public void sendContextData(String data) {
        act(() -> {
            Call.SEND_CONTEXT.check(session.machine.state(), session.machine.role());
            session.handle(new Event.SendContext(Limits.contextData(data)));
        });
    }

    private void act(Runnable call) {
        engine.act(() -> {
            client.checkOpen();
            if (locked) {
                client.manager.lock.check();
            }
            call.run();
        });
    }

    // ---- listening

    @Override
    public void addListener(SessionListener listener) {
        engine.act(() -> {
            listeners.add(listener);
            heard = true;
            flush();
        });
    }

    @Override
    public void removeListener(SessionListener listener) {
        listeners.remove(listener);
    }

    boolean isListening() {
        return !listeners.isEmpty() && isOpen();
    }

    private boolean isOpen() {
        return !locked || client.manager.lock.isOpen();
    }

    void deliver(Happening happening) {
        if (kept.size() == Ownership.KEPT) {
            kept.remove();
        }
        kept.add(happening);
        flush();
    }

    void flush() {
        if (!heard || !isOpen()) {
            return;
        }
        while (!kept.isEmpty()) {
            tell(kept.remove());
        }
    }

    private void tell(Happening happening) {
        List<SessionListener> now = List.copyOf(listeners);
        if (now.isEmpty()) {
            return;
        }
        client.dispatcher.post(() -> {
            for (SessionListener listener : now) {
                if (listeners.contains(listener)) {
                    Dispatcher.guard(() -> happening.tell(listener, this));
                }
            }
        });
    }

    /** Whether a listener keeps the client from launching the application; on the connection's thread. */
    boolean objects() {
        boolean[] objects = new boolean[1];
        for (SessionListener listener : listeners) {
            Dispatcher.guard(() -> objects[0] |= !listener.beforeAppLaunch(this));
        }
        return objects[0];
    }

    @Override
    public String toString() {
        return session.id();
    }
}
