package dev.beckon.local;

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
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A session whose state and values a test sets, and which writes down what it is called with. */
final class FakeSession implements Session {
    volatile String sessionId;
    final Set<SessionFlag> flags = EnumSet.noneOf(SessionFlag.class);
    final List<SessionListener> listeners = new CopyOnWriteArrayList<>();
    final List<String> calls;
    volatile SessionState state = SessionState.READY;
    volatile String application;
    volatile Contact user;
    volatile String contextData;
    volatile String localAddress = "192.0.2.1";
    volatile String remoteAddress;
    final List<Step> steps = new CopyOnWriteArrayList<>();
    volatile Instant expires;
    volatile ResultCode result;
    volatile String invitationText;

    FakeSession(List<String> calls) {
        this(calls, "{" + UUID.randomUUID().toString().toUpperCase(Locale.ROOT) + "}");
    }

    FakeSession(List<String> calls, String sessionId) {
        this.sessionId = sessionId;
        this.calls = calls;
    }

    /** Tells every listener, as the engine's event thread does. */
    void fire(Consumer<SessionListener> event) {
        listeners.forEach(event);
    }

    void become(SessionState next) {
        SessionState previous = state;
        state = next;
        fire(listener -> listener.onStateChanged(this, previous));
    }

    @Override
    public String sessionId() {
        return sessionId;
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
    public String application() {
        return specified(application);
    }

    private String specified(String value) {
        if (application == null) {
            throw new SessionException(ResultCode.SR_APP_NOT_SPECIFIED, "no application", "set one");
        }
        return value;
    }

    @Override
    public void setApplication(String guid) {
        Limits.guid(guid);
        calls.add("setApplication " + guid);
        application = guid;
    }

    @Override
    public String applicationName() {
        return specified("Whiteboard");
    }

    @Override
    public String applicationUrl() {
        return specified("https://example.org/whiteboard");
    }

    @Override
    public Contact user() {
        if (user == null) {
            throw new SessionException(ResultCode.SR_NO_USER_INVITED, "nobody", "invite");
        }
        return user;
    }

    @Override
    public SessionStep step() {
        return steps.isEmpty() ? null : steps.get(steps.size() - 1).step();
    }

    @Override
    public List<Step> steps() {
        return steps;
    }

    @Override
    public Instant expires() {
        return expires;
    }

    @Override
    public ResultCode result() {
        return result;
    }

    @Override
    public String invitationText() {
        return invitationText;
    }

    @Override
    public String contextData() {
        return contextData;
    }

    @Override
    public String localAddress() {
        return localAddress;
    }

    @Override
    public void setLocalAddress(String address) {
        calls.add("setLocalAddress " + address);
        localAddress = address;
    }

    @Override
    public String remoteAddress() {
        if (remoteAddress == null) {
            throw new SessionException(ResultCode.SR_SESSION_STATE_INVALID, "not connected", "wait");
        }
        return remoteAddress;
    }

    @Override
    public void invite(Contact contact, String appData) {
        calls.add("invite " + contact.signInName() + " " + appData);
        if (contact.isSelf()) {
            throw new SessionException(
                    ResultCode.SR_INVITED_SELF, "you cannot invite yourself", "choose another contact");
        }
        user = contact;
        flags.add(SessionFlag.INVITER);
        become(SessionState.INVITATION);
    }

    @Override
    public void accept(String appData) {
        calls.add("accept " + appData);
        become(SessionState.ACCEPTED);
    }

    @Override
    public void decline(String appData) {
        calls.add("decline " + appData);
        become(SessionState.DECLINED);
    }

    @Override
    public void cancel(ResultCode reason, String appData) {
        calls.add("cancel " + reason.name() + " " + appData);
        become(SessionState.TERMINATED);
        fire(listener -> listener.onTermination(this, ResultCode.SR_SESSION_CANCELLED_LOCAL, null));
    }

    @Override
    public void sendContextData(String data) {
        calls.add("sendContextData " + data);
    }

    @Override
    public void addListener(SessionListener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeListener(SessionListener listener) {
        listeners.remove(listener);
    }
}
