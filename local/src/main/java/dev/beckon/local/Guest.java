package dev.beckon.local;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.beckon.ChatMessage;
import dev.beckon.Contact;
import dev.beckon.Limits;
import dev.beckon.LockStatus;
import dev.beckon.Messenger;
import dev.beckon.MessengerListener;
import dev.beckon.MissedInvitation;
import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionException;
import dev.beckon.SessionListener;
import dev.beckon.SessionManagerListener;
import dev.beckon.SessionState;
import dev.beckon.SessionStep;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connected application as the agent knows it: its messenger, the sessions it was handed, and the events it is told.
 * {@link Calls} is the other direction.
 */
final class Guest implements SessionManagerListener, SessionListener, MessengerListener {
    private static final Logger LOG = LoggerFactory.getLogger(Guest.class);

    private final Connection connection;
    private final Messenger messenger;
    private final LocalEndpoint.Glance glance;
    /** By the name a session was first handed with: its ID, which changes where its invitation gives way to another. */
    private final Map<String, Session> handed = new ConcurrentHashMap<>();

    private final Map<Session, String> names = Collections.synchronizedMap(new IdentityHashMap<>());
    private final Map<String, Session> windows = new ConcurrentHashMap<>();
    private final Queue<String> ended = new ArrayDeque<>();
    private final Object snapshots = new Object();
    private long revision;
    private volatile boolean listening;
    private boolean managing;

    Guest(Connection connection, Messenger messenger, LocalEndpoint.Glance glance) {
        this.connection = connection;
        this.messenger = messenger;
        this.glance = glance;
    }

    Messenger messenger() {
        return messenger;
    }

    /** What hello gets: who is signed in and where the lock stands. Events come from here on. */
    JsonObject welcome() {
        messenger.addListener(this);
        JsonObject json = new JsonObject();
        json.addProperty("protocol", Protocol.VERSION);
        String version = Guest.class.getPackage().getImplementationVersion();
        json.addProperty("agent", version == null ? "development" : version);
        json.add("self", self());
        json.addProperty("lock", messenger.sessionManager().lock().status().name());
        return json;
    }

    private JsonElement self() {
        try {
            return json(messenger.self());
        } catch (SessionException notSignedIn) {
            return JsonNull.INSTANCE;
        }
    }

    /** Whether the application wants to hear of sessions and invitations it has no part in, as a window does. */
    void listening(boolean on) {
        listening = on;
    }

    /**
     * Whether the application listens to its manager. One that does runs, as far as the client is concerned: it is asked
     * about invitations and handed sessions, where otherwise a new process would be launched.
     */
    synchronized void managing(boolean on) {
        if (on != managing) {
            managing = on;
            if (on) {
                messenger.sessionManager().addListener(this);
            } else {
                messenger.sessionManager().removeListener(this);
            }
        }
    }

    void close() {
        try {
            for (Session session : handed.values()) {
                session.removeListener(this);
            }
            messenger.sessionManager().removeListener(this);
            messenger.removeListener(this);
            messenger.close();
        } catch (RuntimeException e) {
            LOG.error("A messenger could not be closed", e);
        }
    }

    // ---- what is handed to the application ----

    /** The session, from now on with its events. Of two of one session, that with the higher revision is newer. */
    JsonObject json(Session session) {
        SessionData data;
        // Read and numbered as one: a later number never stands on an older reading.
        synchronized (snapshots) {
            String known = names.get(session);
            long number = ++revision;
            data = glance.at(() -> SessionData.of(session, known, number));
        }
        names.putIfAbsent(session, data.sessionId());
        // What happens before the listener is there is kept for it, so nothing is lost in between.
        if (handed.putIfAbsent(data.sessionId(), session) == null) {
            session.addListener(this);
            if (data.state().isFinal()) {
                forget(data.sessionId());
            }
        }
        return data.toJson();
    }

    JsonObject json(Contact contact) {
        synchronized (snapshots) {
            long number = ++revision;
            return glance.at(() -> ContactData.of(contact, number)).toJson();
        }
    }

    /**
     * The same for a session that came from the messenger and not from its session manager. Where the client gives two
     * objects for one session, it is this one that no lock holds back, so it is the one that calls reach.
     */
    JsonObject window(Session session) {
        JsonObject json = json(session);
        windows.put(json.get("sessionId").getAsString(), session);
        return json;
    }

    JsonArray sessions(Collection<Session> sessions) {
        JsonArray json = new JsonArray();
        sessions.forEach(session -> json.add(window(session)));
        return json;
    }

    JsonArray contacts(Collection<Contact> contacts) {
        JsonArray json = new JsonArray();
        contacts.forEach(contact -> json.add(json(contact)));
        return json;
    }

    /**
     * The session of this ID, among those handed to the application and those the user has.
     *
     * @throws SessionException E_INVALIDARG
     */
    Session session(String id) {
        Session session = windows.getOrDefault(Limits.guid(id), handed.get(id));
        if (session != null) {
            return session;
        }
        for (Session known : messenger.sessions()) {
            if (known.sessionId().equals(id)) {
                window(known);
                return known;
            }
        }
        throw new SessionException(
                ResultCode.E_INVALIDARG, "there is no session " + id, "use the ID of a session of this user");
    }

    // ---- SessionListener ----

    @Override
    public void onStateChanged(Session session, SessionState previous) {
        JsonObject params = about(session);
        params.addProperty("previous", previous.name());
        connection.tell("session/onStateChanged", params);
    }

    @Override
    public void onAccepted(Session session, @Nullable String appData) {
        tell("session/onAccepted", session, appData);
    }

    @Override
    public void onDeclined(Session session, @Nullable String appData) {
        tell("session/onDeclined", session, appData);
    }

    @Override
    public void onCancelled(Session session, @Nullable String appData) {
        tell("session/onCancelled", session, appData);
    }

    @Override
    public void onAppNotPresent(Session session, String name, String url) {
        JsonObject params = about(session);
        params.addProperty("name", name);
        params.addProperty("url", url);
        connection.tell("session/onAppNotPresent", params);
    }

    @Override
    public void onReadyToLaunch(Session session) {
        connection.tell("session/onReadyToLaunch", about(session));
    }

    @Override
    public boolean beforeAppLaunch(Session session) {
        return answer(connection.ask("session/beforeAppLaunch", about(session)), "enableDefault", true);
    }

    @Override
    public void onContextData(Session session, String data) {
        JsonObject params = about(session);
        params.addProperty("data", data);
        connection.tell("session/onContextData", params);
    }

    @Override
    public void onSendError(Session session, ResultCode code) {
        JsonObject params = about(session);
        params.addProperty("code", code.name());
        connection.tell("session/onSendError", params);
    }

    @Override
    public void onTermination(Session session, ResultCode code, @Nullable String appData) {
        JsonObject params = about(session);
        params.addProperty("code", code.name());
        params.addProperty("appData", appData);
        connection.tell("session/onTermination", params);
        forget(params.getAsJsonObject("session").get("sessionId").getAsString());
    }

    /** Remembers the last ended sessions only; the others the user's client may still know. */
    private void forget(String name) {
        String oldest = null;
        synchronized (ended) {
            ended.add(name);
            if (ended.size() > Protocol.ENDED_SESSIONS) {
                oldest = ended.remove();
            }
        }
        if (oldest != null) {
            Session window = windows.remove(oldest);
            if (window != null) {
                names.remove(window);
            }
            Session session = handed.remove(oldest);
            if (session != null) {
                names.remove(session);
                session.removeListener(this);
            }
        }
    }

    private void tell(String event, Session session, @Nullable String appData) {
        JsonObject params = about(session);
        params.addProperty("appData", appData);
        connection.tell(event, params);
    }

    private JsonObject shown(Session session) {
        JsonObject params = new JsonObject();
        params.add("session", window(session));
        return params;
    }

    private JsonObject about(Session session) {
        JsonObject params = new JsonObject();
        params.add("session", json(session));
        return params;
    }

    /** The application's answer, or the default where it gave none that can be read. */
    private static boolean answer(@Nullable JsonElement result, String name, boolean otherwise) {
        return result instanceof JsonObject object
                        && object.get(name) instanceof JsonPrimitive value
                        && value.isBoolean()
                ? value.getAsBoolean()
                : otherwise;
    }

    // ---- SessionManagerListener ----

    @Override
    public boolean onInvitation(Session session, @Nullable String appData) {
        JsonObject params = about(session);
        params.addProperty("appData", appData);
        return answer(connection.ask("manager/onInvitation", params), "handled", false);
    }

    @Override
    public void onLaunchingSession(Session session) {
        connection.tell("manager/onLaunchingSession", about(session));
    }

    @Override
    public void onAppRegistered(String guid) {
        connection.tell("manager/onAppRegistered", with("guid", guid));
    }

    @Override
    public void onAppUnregistered(String guid) {
        connection.tell("manager/onAppUnregistered", with("guid", guid));
    }

    @Override
    public void onAppShutdown() {
        connection.tell("manager/onAppShutdown", new JsonObject());
    }

    @Override
    public void onLockEnable(boolean enabled) {
        JsonObject params = new JsonObject();
        params.addProperty("enabled", enabled);
        connection.tell("lock/onLockEnable", params);
    }

    @Override
    public void onLockChallenge(long cookie, String challenge) {
        JsonObject params = new JsonObject();
        params.addProperty("cookie", cookie);
        params.addProperty("challenge", challenge);
        connection.tell("lock/onLockChallenge", params);
    }

    @Override
    public void onLockResult(long cookie, boolean succeeded) {
        JsonObject params = new JsonObject();
        params.addProperty("cookie", cookie);
        params.addProperty("succeeded", succeeded);
        connection.tell("lock/onLockResult", params);
    }

    @Override
    public void onLockStatusChanged(LockStatus status) {
        connection.tell("lock/onLockStatusChanged", with("status", status.name()));
    }

    private static JsonObject with(String name, String value) {
        JsonObject params = new JsonObject();
        params.addProperty(name, value);
        return params;
    }

    // ---- MessengerListener ----

    @Override
    public void onConnectionChanged(Messenger.Connection state) {
        if (listening) {
            JsonObject params = new JsonObject();
            params.add("connection", Payloads.toJson(state));
            connection.tell("messenger/onConnectionChanged", params);
        }
    }

    /** Always told: it keeps the contacts an application holds up to date. */
    @Override
    public void onContactChanged(Contact contact) {
        JsonObject params = new JsonObject();
        params.add("contact", json(contact));
        connection.tell("messenger/onContactChanged", params);
    }

    @Override
    public void onContactRequest(Contact contact) {
        if (listening) {
            JsonObject params = new JsonObject();
            params.add("contact", json(contact));
            connection.tell("messenger/onContactRequest", params);
        }
    }

    @Override
    public void onSession(Session session) {
        if (listening) {
            connection.tell("messenger/onSession", shown(session));
        }
    }

    @Override
    public void onSessionStep(Session session, SessionStep step) {
        if (listening) {
            JsonObject params = shown(session);
            params.addProperty("step", step.name());
            connection.tell("messenger/onSessionStep", params);
        }
    }

    @Override
    public void onInvitationToAnswer(Session session) {
        if (listening) {
            connection.tell("messenger/onInvitationToAnswer", shown(session));
        }
    }

    @Override
    public void onMessage(ChatMessage message) {
        if (listening) {
            JsonObject params = new JsonObject();
            params.add("message", Payloads.toJson(message));
            connection.tell("messenger/onMessage", params);
        }
    }

    @Override
    public void onMissedInvitation(MissedInvitation missed) {
        if (listening) {
            JsonObject params = new JsonObject();
            params.add("missed", Payloads.toJson(missed));
            connection.tell("messenger/onMissedInvitation", params);
        }
    }
}
