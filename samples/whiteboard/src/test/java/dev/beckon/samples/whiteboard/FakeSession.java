package dev.beckon.samples.whiteboard;

import dev.beckon.Contact;
import dev.beckon.ContactStatus;
import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionException;
import dev.beckon.SessionFlag;
import dev.beckon.SessionListener;
import dev.beckon.SessionState;
import dev.beckon.SessionStep;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** One side of a session whose other side is the test. */
final class FakeSession implements Session {
    static final String ID = "{CA3CF894-5325-482F-A412-A6E9F832298D}";

    final List<String> sent = new CopyOnWriteArrayList<>();
    private final Set<SessionFlag> flags;
    private final List<SessionListener> listeners = new CopyOnWriteArrayList<>();
    private volatile SessionState state;
    private volatile String contextData;

    FakeSession(SessionFlag role, SessionState state) {
        this.flags = Set.of(role);
        this.state = state;
    }

    /** The other side, or the client, moves it on. */
    void move(SessionState to) {
        SessionState previous = state;
        state = to;
        listeners.forEach(listener -> listener.onStateChanged(this, previous));
    }

    void hear(String data) {
        contextData = data;
        listeners.forEach(listener -> listener.onContextData(this, data));
    }

    void terminate(ResultCode code) {
        move(SessionState.TERMINATED);
        listeners.forEach(listener -> listener.onTermination(this, code, null));
    }

    @Override
    public String sessionId() {
        return ID;
    }

    @Override
    public SessionState state() {
        return state;
    }

    @Override
    public Set<SessionFlag> flags() {
        return flags;
    }

    @Override
    public SessionStep step() {
        return null;
    }

    @Override
    public List<Step> steps() {
        return List.of();
    }

    @Override
    public Instant expires() {
        return null;
    }

    @Override
    public ResultCode result() {
        return null;
    }

    @Override
    public String invitationText() {
        return null;
    }

    @Override
    public String application() {
        return Whiteboard.GUID;
    }

    @Override
    public void setApplication(String guid) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String applicationName() {
        return "Whiteboard";
    }

    @Override
    public String applicationUrl() {
        return "";
    }

    @Override
    public Contact user() {
        return new Contact() {
            @Override
            public String signInName() {
                return "bob@example.org";
            }

            @Override
            public String friendlyName() {
                return "Bob";
            }

            @Override
            public String serviceId() {
                return "example.org";
            }

            @Override
            public String serviceName() {
                return "example.org";
            }

            @Override
            public ContactStatus status() {
                return ContactStatus.ONLINE;
            }

            @Override
            public boolean isSelf() {
                return false;
            }

            @Override
            public boolean isListed() {
                return true;
            }

            @Override
            public boolean blocked() {
                return false;
            }

            @Override
            public void setBlocked(boolean blocked) {
                throw new UnsupportedOperationException();
            }
        };
    }

    @Override
    public String contextData() {
        return contextData;
    }

    @Override
    public String localAddress() {
        return "127.0.0.1";
    }

    @Override
    public void setLocalAddress(String address) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String remoteAddress() {
        if (state != SessionState.CONNECTED) {
            throw new SessionException(ResultCode.SR_SESSION_STATE_INVALID, "not connected yet", "");
        }
        return "127.0.0.1";
    }

    @Override
    public void invite(Contact contact, String appData) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void accept(String appData) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void decline(String appData) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void cancel(ResultCode reason, String appData) {
        if (state.isFinal()) {
            throw new SessionException(ResultCode.SR_SESSION_STATE_INVALID, "over", "");
        }
        sent.add("cancel " + reason.name());
        terminate(ResultCode.SR_SESSION_CANCELLED_LOCAL);
    }

    @Override
    public void sendContextData(String data) {
        sent.add(data);
    }

    @Override
    public void addListener(SessionListener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeListener(SessionListener listener) {
        listeners.remove(listener);
    }

    List<String> sent() {
        return new ArrayList<>(sent);
    }
}
