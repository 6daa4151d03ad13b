package dev.beckon.local;

import com.google.gson.JsonObject;
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
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A session as an application holds it.
 *
 * <p>Reading gives what the agent said last: every event and every answer brings the whole session, so what an event
 * tells of is there when a listener hears it. What may change without an event is asked for while the session lives.
 */
final class RemoteSession implements Session {
    private final RemoteMessenger messenger;
    /** What the agent calls it on this connection; {@link #sessionId} may change. */
    private final String name;

    private final SessionEvents events;
    private volatile SessionData data;

    RemoteSession(RemoteMessenger messenger, SessionData data) {
        this.messenger = messenger;
        this.name = data.sessionId();
        this.data = data;
        this.events = new SessionEvents(this);
    }

    SessionEvents events() {
        return events;
    }

    synchronized void update(SessionData newer) {
        if (newer.revision() > data.revision()) {
            data = newer;
        }
    }

    /** The agent is gone, and the session with it. */
    synchronized SessionState lose() {
        SessionState previous = data.state();
        if (!previous.isFinal()) {
            data = data.lost(Instant.now());
        }
        return previous;
    }

    String name() {
        return name;
    }

    @Override
    public String sessionId() {
        String joined = data.joinedId();
        return joined == null ? name : joined;
    }

    @Override
    public SessionState state() {
        return data.state();
    }

    @Override
    public Set<SessionFlag> flags() {
        return refreshed().flags();
    }

    @Override
    public @Nullable SessionStep step() {
        List<Step> steps = steps();
        return steps.isEmpty() ? null : steps.get(steps.size() - 1).step();
    }

    @Override
    public List<Step> steps() {
        return refreshed().steps();
    }

    @Override
    public @Nullable Instant expires() {
        return refreshed().expires();
    }

    @Override
    public @Nullable ResultCode result() {
        return data.result();
    }

    @Override
    public String application() {
        return specified(data.application());
    }

    @Override
    public void setApplication(String guid) {
        JsonObject params = params();
        params.addProperty("application", guid);
        call("session/setApplication", params);
    }

    @Override
    public String applicationName() {
        return specified(data.applicationName());
    }

    @Override
    public String applicationUrl() {
        return specified(data.applicationUrl());
    }

    private static String specified(@Nullable String value) {
        if (value == null) {
            throw new SessionException(
                    ResultCode.SR_APP_NOT_SPECIFIED, "the session has no application yet", "set its application first");
        }
        return value;
    }

    @Override
    public Contact user() {
        ContactData user = data.user();
        if (user == null) {
            throw new SessionException(
                    ResultCode.SR_NO_USER_INVITED, "nobody has been invited yet", "invite a contact first");
        }
        return messenger.contact(user);
    }

    @Override
    public @Nullable String invitationText() {
        return data.invitationText();
    }

    @Override
    public @Nullable String contextData() {
        return data.contextData();
    }

    @Override
    public String localAddress() {
        return refreshed().localAddress();
    }

    @Override
    public void setLocalAddress(String address) {
        JsonObject params = params();
        params.addProperty("address", address);
        call("session/setLocalAddress", params);
    }

    @Override
    public String remoteAddress() {
        String address = data.remoteAddress();
        if (address == null) {
            throw new SessionException(
                    ResultCode.SR_SESSION_STATE_INVALID,
                    "the other side's address is not known before the session is CONNECTED",
                    "wait for onStateChanged to CONNECTED");
        }
        return address;
    }

    @Override
    public void invite(Contact contact, @Nullable String appData) {
        JsonObject params = params(Limits.appData(appData));
        params.addProperty("contact", contact.signInName());
        call("session/invite", params);
    }

    @Override
    public void accept(@Nullable String appData) {
        call("session/accept", params(Limits.appData(appData)));
    }

    @Override
    public void decline(@Nullable String appData) {
        call("session/decline", params(Limits.appData(appData)));
    }

    @Override
    public void cancel(ResultCode reason, @Nullable String appData) {
        JsonObject params = params(Limits.appData(appData));
        params.addProperty("reason", reason.name());
        call("session/cancel", params);
    }

    @Override
    public void sendContextData(String data) {
        JsonObject params = params();
        params.addProperty("data", Limits.contextData(data));
        call("session/sendContextData", params);
    }

    @Override
    public void addListener(SessionListener listener) {
        events.add(listener);
        messenger.nudge(this);
    }

    @Override
    public void removeListener(SessionListener listener) {
        events.remove(listener);
    }

    private SessionData refreshed() {
        if (!data.state().isFinal()) {
            call("session/read", params());
        }
        return data;
    }

    private void call(String method, JsonObject params) {
        update(SessionData.from(Fields.fromAgent(messenger.call(method, params), "result")));
    }

    private JsonObject params() {
        JsonObject params = new JsonObject();
        params.addProperty("session", name);
        return params;
    }

    private JsonObject params(@Nullable String appData) {
        JsonObject params = params();
        params.addProperty("appData", appData);
        return params;
    }

    @Override
    public String toString() {
        return sessionId() + " " + state();
    }
}
