package dev.beckon.local;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.beckon.Application;
import dev.beckon.ChatMessage;
import dev.beckon.Contact;
import dev.beckon.ContactStatus;
import dev.beckon.Limits;
import dev.beckon.Messenger;
import dev.beckon.MessengerListener;
import dev.beckon.MissedInvitation;
import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionException;
import dev.beckon.SessionManager;
import dev.beckon.SessionState;
import dev.beckon.SessionStep;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The user's messenger as an application has it: every object of the api behind one connection to the agent. */
final class RemoteMessenger implements Messenger, AgentLink.Receiver {
    private final AgentLink link;
    private final Dispatcher dispatcher = new Dispatcher();
    private final RemoteSessionManager manager = new RemoteSessionManager(this);
    private final List<MessengerListener> listeners = new CopyOnWriteArrayList<>();
    private final Map<String, RemoteContact> contacts = new ConcurrentHashMap<>();
    private final Map<String, RemoteSession> sessions = new ConcurrentHashMap<>();
    private final Queue<String> ended = new ArrayDeque<>();
    private boolean shutDown;
    private volatile boolean lost;
    private volatile boolean closed;

    private RemoteMessenger(Beckon.Options options) {
        link = AgentLink.open(options.socket(), this);
    }

    static RemoteMessenger connect(Beckon.Options options) {
        RemoteMessenger messenger = new RemoteMessenger(options);
        messenger.dispatcher.start();
        messenger.link.start();
        try {
            JsonObject hello = new JsonObject();
            hello.addProperty("protocol", Protocol.VERSION);
            hello.addProperty("pid", ProcessHandle.current().pid());
            hello.addProperty("application", options.application());
            hello.addProperty("launchedFor", options.launchedFor());
            messenger.call("hello", hello);
            return messenger;
        } catch (RuntimeException e) {
            messenger.close();
            throw e;
        }
    }

    // ---- calls ----

    JsonElement call(String method, JsonObject params) {
        return link.call(method, params);
    }

    JsonArray callForArray(String method) {
        return call(method, new JsonObject()) instanceof JsonArray array ? array : new JsonArray();
    }

    @Override
    public Connection connection() {
        return Payloads.connection(Fields.fromAgent(call("messenger/connection", new JsonObject()), "result"));
    }

    @Override
    public Contact self() {
        return contact(call("messenger/self", new JsonObject()));
    }

    @Override
    public void setStatus(ContactStatus status) {
        JsonObject params = new JsonObject();
        params.addProperty("status", status.name());
        call("messenger/setStatus", params);
    }

    @Override
    public List<Contact> contacts() {
        return contacts("messenger/contacts");
    }

    @Override
    public Contact contact(String signInName) {
        return contact(call("messenger/contact", named(signInName)));
    }

    @Override
    public void addContact(String signInName, @Nullable String friendlyName) {
        JsonObject params = named(signInName);
        params.addProperty("friendlyName", friendlyName);
        call("messenger/addContact", params);
    }

    @Override
    public void removeContact(String signInName) {
        call("messenger/removeContact", named(signInName));
    }

    @Override
    public List<Contact> contactRequests() {
        return contacts("messenger/contactRequests");
    }

    @Override
    public List<Session> sessions() {
        List<Session> all = new ArrayList<>();
        for (JsonElement json : callForArray("messenger/sessions")) {
            all.add(session(json));
        }
        return List.copyOf(all);
    }

    @Override
    public List<MissedInvitation> missedInvitations() {
        List<MissedInvitation> missed = new ArrayList<>();
        for (JsonElement json : callForArray("messenger/missedInvitations")) {
            missed.add(Payloads.missed(Fields.fromAgent(json, "missed")));
        }
        return List.copyOf(missed);
    }

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        for (JsonElement json : callForArray("messenger/problems")) {
            problems.add(Fields.fromAgent(json, "problem").text("text"));
        }
        return List.copyOf(problems);
    }

    @Override
    public Session invite(Contact contact, String guid, @Nullable String appData) {
        JsonObject params = named(contact.signInName());
        params.addProperty("application", guid);
        params.addProperty("appData", appData);
        return session(call("messenger/invite", params));
    }

    @Override
    public @Nullable Boolean applicationKnown(String signInName, String guid) {
        JsonObject params = named(signInName);
        params.addProperty("application", guid);
        Fields result = Fields.fromAgent(call("messenger/applicationKnown", params), "result");
        return result.has("known") ? result.truth("known") : null;
    }

    @Override
    public ChatMessage sendMessage(String signInName, String text) {
        JsonObject params = named(signInName);
        params.addProperty("text", Limits.message(text));
        return Payloads.message(Fields.fromAgent(call("messenger/sendMessage", params), "result"));
    }

    @Override
    public List<Application> applications() {
        return applications("messenger/applications");
    }

    List<Application> applications(String method) {
        List<Application> applications = new ArrayList<>();
        for (JsonElement json : callForArray(method)) {
            applications.add(Payloads.application(Fields.fromAgent(json, "application")));
        }
        return List.copyOf(applications);
    }

    @Override
    public void registerApplication(Application application) {
        call("messenger/registerApplication", Payloads.toJson(application));
    }

    @Override
    public void unregisterApplication(String guid) {
        call("messenger/unregisterApplication", Payloads.guid(guid));
    }

    @Override
    public SessionManager sessionManager() {
        return manager;
    }

    @Override
    public synchronized void addListener(MessengerListener listener) {
        listeners.add(listener);
        // The agent tells of what other applications do only where somebody listens.
        if (listeners.size() == 1) {
            listen("messenger/listen", true, listeners);
        }
    }

    @Override
    public synchronized void removeListener(MessengerListener listener) {
        if (listeners.remove(listener) && listeners.isEmpty()) {
            listen("messenger/listen", false, listeners);
        }
    }

    /** Says that there is a first listener, or no longer any. */
    void listen(String method, boolean on, List<?> listeners) {
        JsonObject params = new JsonObject();
        params.addProperty("on", on);
        try {
            call(method, params);
        } catch (SessionException gone) {
            // Nothing is told any more: to stop that is what was asked for, to begin it has failed.
            if (on) {
                listeners.clear();
                throw gone;
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        dispatcher.stop();
        link.close();
    }

    private static JsonObject named(String signInName) {
        JsonObject params = new JsonObject();
        params.addProperty("contact", signInName);
        return params;
    }

    // ---- objects ----

    private List<Contact> contacts(String method) {
        List<Contact> all = new ArrayList<>();
        for (JsonElement json : callForArray(method)) {
            all.add(contact(json));
        }
        return List.copyOf(all);
    }

    Contact contact(@Nullable JsonElement json) {
        return contact(ContactData.from(Fields.fromAgent(json, "contact")));
    }

    /** The one object of this sign-in name, at least as new as this. */
    Contact contact(ContactData data) {
        RemoteContact known = contacts.get(data.signInName());
        if (known == null) {
            RemoteContact made = new RemoteContact(this, data);
            known = contacts.putIfAbsent(data.signInName(), made);
            if (known == null) {
                return made;
            }
        }
        known.update(data);
        return known;
    }

    /** The session an event is about. */
    RemoteSession session(Fields params) {
        return session(params.json().get("session"));
    }

    /** The session of this name, at least as new as this. */
    RemoteSession session(@Nullable JsonElement json) {
        SessionData data = SessionData.from(Fields.fromAgent(json, "session"));
        if (data.user() != null) {
            contact(data.user());
        }
        RemoteSession known = sessions.get(data.sessionId());
        if (known == null) {
            RemoteSession made = new RemoteSession(this, data);
            known = sessions.putIfAbsent(data.sessionId(), made);
            if (known == null) {
                if (lost) {
                    dispatcher.addAlways(() -> end(made));
                }
                return made;
            }
        }
        known.update(data);
        return known;
    }

    // ---- events; from here on the reading thread ----

    @Override
    public void received(String method, Fields params, @Nullable JsonPrimitive id) {
        // What the event brings is taken over before anybody hears of it.
        RemoteSession session = params.has("session") ? session(params) : null;
        if (params.has("contact")) {
            contact(params.json().get("contact"));
        }
        boolean room = dispatcher.add(() -> dispatch(method, params, id, session));
        if (!room) {
            // The listeners hang; the agent would wait for them in vain.
            link.close();
        }
    }

    @Override
    public void lost() {
        lost = true;
        if (!closed) {
            dispatcher.addAlways(this::endEverything);
        }
    }

    // ---- and here the event thread ----

    private void dispatch(String method, Fields params, @Nullable JsonPrimitive id, @Nullable RemoteSession session) {
        if (method.startsWith("messenger/")) {
            happened(method, params);
        } else if (session != null && method.startsWith("session/")) {
            if (method.equals("session/beforeAppLaunch")) {
                answer(id, "enableDefault", session.events().beforeAppLaunch());
            } else {
                session.events().happened(method, params);
                if (method.equals("session/onTermination")) {
                    forget(session.name());
                }
            }
        } else if (method.equals("manager/onInvitation")) {
            answer(id, "handled", manager.onInvitation(params));
        } else {
            shutDown |= method.equals("manager/onAppShutdown");
            manager.happened(method, params);
        }
    }

    private void answer(@Nullable JsonPrimitive id, String name, boolean value) {
        if (id != null) {
            JsonObject result = new JsonObject();
            result.addProperty(name, value);
            link.answer(id, result);
        }
    }

    /** A listener came: what was kept for it is told now. */
    void nudge(RemoteSession session) {
        dispatcher.add(() -> session.events().flush());
    }

    private void forget(String name) {
        ended.add(name);
        if (ended.size() > Protocol.ENDED_SESSIONS) {
            sessions.remove(ended.remove());
        }
    }

    /** The agent is gone: every live session has ended, which nobody else is there to say. */
    private void endEverything() {
        sessions.values().forEach(this::end);
        if (!shutDown) {
            manager.happened("manager/onAppShutdown", Fields.fromAgent(new JsonObject(), "params"));
        }
    }

    private void end(RemoteSession session) {
        SessionState previous = session.lose();
        if (!previous.isFinal() && previous != SessionState.READY) {
            JsonObject json = new JsonObject();
            json.addProperty("previous", previous.name());
            json.addProperty("code", ResultCode.SR_CONNECTION_FAILURE.name());
            Fields params = Fields.fromAgent(json, "params");
            session.events().happened("session/onStateChanged", params);
            tell(listener -> listener.onSessionStep(session, SessionStep.ENDED));
            session.events().happened("session/onTermination", params);
        }
    }

    private void happened(String event, Fields params) {
        tell(listener -> tell(event, params, listener));
    }

    private void tell(Consumer<MessengerListener> call) {
        for (MessengerListener listener : listeners) {
            try {
                call.accept(listener);
            } catch (RuntimeException | Error e) {
                Dispatcher.report(e);
            }
        }
    }

    private void tell(String event, Fields params, MessengerListener listener) {
        switch (event) {
            case "messenger/onConnectionChanged" ->
                listener.onConnectionChanged(Payloads.connection(params.object("connection")));
            case "messenger/onContactChanged" ->
                listener.onContactChanged(contact(params.json().get("contact")));
            case "messenger/onContactRequest" ->
                listener.onContactRequest(contact(params.json().get("contact")));
            case "messenger/onSession" -> listener.onSession(session(params));
            case "messenger/onSessionStep" -> {
                SessionStep step = Payloads.step(params);
                if (step != null) {
                    listener.onSessionStep(session(params), step);
                }
            }
            case "messenger/onInvitationToAnswer" -> listener.onInvitationToAnswer(session(params));
            case "messenger/onMessage" -> listener.onMessage(Payloads.message(params.object("message")));
            case "messenger/onMissedInvitation" ->
                listener.onMissedInvitation(Payloads.missed(params.object("missed")));
            default -> {
                // An event newer than this program.
            }
        }
    }
}
