package dev.beckon.local;

import static java.util.Map.entry;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.beckon.Application;
import dev.beckon.Contact;
import dev.beckon.ContactStatus;
import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionManager;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The methods an agent serves, but hello: one per member of the api, none with a meaning of its own. */
final class Calls {
    /** What a method does. */
    interface Call {
        JsonElement perform(Guest guest, Fields params);
    }

    private interface Act {
        void perform(Guest guest, Fields params);
    }

    private interface SessionAct {
        void perform(Session session, Fields params);
    }

    /** By name. */
    static final Map<String, Call> ALL = Map.ofEntries(
            entry("messenger/listen", act((guest, params) -> guest.listening(params.truth("on")))),
            entry(
                    "messenger/connection",
                    (guest, params) -> Payloads.toJson(guest.messenger().connection())),
            entry(
                    "messenger/self",
                    (guest, params) -> guest.json(guest.messenger().self())),
            entry(
                    "messenger/setStatus",
                    act((guest, params) ->
                            guest.messenger().setStatus(params.constant("status", ContactStatus.class)))),
            entry(
                    "messenger/contacts",
                    (guest, params) -> guest.contacts(guest.messenger().contacts())),
            entry("messenger/contact", (guest, params) -> guest.json(contact(guest, params))),
            entry(
                    "messenger/addContact",
                    act((guest, params) ->
                            guest.messenger().addContact(params.text("contact"), params.textOrNull("friendlyName")))),
            entry(
                    "messenger/removeContact",
                    act((guest, params) -> guest.messenger().removeContact(params.text("contact")))),
            entry(
                    "messenger/contactRequests",
                    (guest, params) -> guest.contacts(guest.messenger().contactRequests())),
            entry(
                    "messenger/sessions",
                    (guest, params) -> guest.sessions(guest.messenger().sessions())),
            entry("messenger/missedInvitations", Calls::missedInvitations),
            entry("messenger/problems", Calls::problems),
            entry(
                    "messenger/invite",
                    (guest, params) -> guest.window(guest.messenger()
                            .invite(contact(guest, params), params.text("application"), params.textOrNull("appData")))),
            entry("messenger/applicationKnown", Calls::applicationKnown),
            entry(
                    "messenger/sendMessage",
                    (guest, params) -> Payloads.toJson(
                            guest.messenger().sendMessage(params.text("contact"), params.text("text")))),
            entry(
                    "messenger/applications",
                    (guest, params) -> applications(guest.messenger().applications())),
            entry(
                    "messenger/registerApplication",
                    act((guest, params) -> guest.messenger().registerApplication(Payloads.application(params)))),
            entry(
                    "messenger/unregisterApplication",
                    act((guest, params) -> guest.messenger().unregisterApplication(params.text("guid")))),
            entry("contact/setBlocked", Calls::setBlocked),
            entry("manager/listen", act((guest, params) -> guest.managing(params.truth("on")))),
            entry(
                    "manager/createSession",
                    (guest, params) -> guest.json(manager(guest).createSession())),
            entry(
                    "manager/getLaunchingSession",
                    (guest, params) -> guest.json(manager(guest).getLaunchingSession(params.integer("processId")))),
            entry(
                    "manager/registerApplication",
                    act((guest, params) -> manager(guest).registerApplication(Payloads.application(params)))),
            entry(
                    "manager/unregisterApplication",
                    act((guest, params) -> manager(guest).unregisterApplication(params.text("guid")))),
            entry(
                    "manager/applications",
                    (guest, params) -> applications(manager(guest).applications())),
            entry("lock/status", Calls::lockStatus),
            entry(
                    "lock/requestChallenge",
                    act((guest, params) -> manager(guest).lock().requestChallenge(params.integer("cookie")))),
            entry(
                    "lock/sendResponse",
                    act((guest, params) -> manager(guest)
                            .lock()
                            .sendResponse(params.text("appId"), params.text("response"), params.integer("cookie")))),
            entry("session/read", session((session, params) -> {})),
            entry(
                    "session/setApplication",
                    session((session, params) -> session.setApplication(params.text("application")))),
            entry(
                    "session/setLocalAddress",
                    session((session, params) -> session.setLocalAddress(params.text("address")))),
            entry("session/invite", Calls::invite),
            entry("session/accept", session((session, params) -> session.accept(params.textOrNull("appData")))),
            entry("session/decline", session((session, params) -> session.decline(params.textOrNull("appData")))),
            entry(
                    "session/cancel",
                    session((session, params) ->
                            session.cancel(params.constant("reason", ResultCode.class), params.textOrNull("appData")))),
            entry(
                    "session/sendContextData",
                    session((session, params) -> session.sendContextData(params.text("data")))));

    /** What an application is told. */
    static final Set<String> EVENTS = Set.of(
            "messenger/onConnectionChanged",
            "messenger/onContactChanged",
            "messenger/onContactRequest",
            "messenger/onSession",
            "messenger/onSessionStep",
            "messenger/onInvitationToAnswer",
            "messenger/onMessage",
            "messenger/onMissedInvitation",
            "manager/onLaunchingSession",
            "manager/onAppRegistered",
            "manager/onAppUnregistered",
            "manager/onAppShutdown",
            "lock/onLockEnable",
            "lock/onLockChallenge",
            "lock/onLockResult",
            "lock/onLockStatusChanged",
            "session/onStateChanged",
            "session/onAccepted",
            "session/onDeclined",
            "session/onCancelled",
            "session/onAppNotPresent",
            "session/onReadyToLaunch",
            "session/onContextData",
            "session/onSendError",
            "session/onTermination");

    /** What an application is asked. */
    static final Set<String> QUESTIONS = Set.of("manager/onInvitation", "session/beforeAppLaunch");

    private Calls() {}

    private static Call act(Act act) {
        return (guest, params) -> {
            act.perform(guest, params);
            return JsonNull.INSTANCE;
        };
    }

    /** Every call on a session answers with the session as it then stands. */
    private static Call session(SessionAct act) {
        return (guest, params) -> {
            Session session = guest.session(params.text("session"));
            act.perform(session, params);
            return guest.json(session);
        };
    }

    private static SessionManager manager(Guest guest) {
        return guest.messenger().sessionManager();
    }

    private static Contact contact(Guest guest, Fields params) {
        return guest.messenger().contact(params.text("contact"));
    }

    private static JsonElement invite(Guest guest, Fields params) {
        Session session = guest.session(params.text("session"));
        session.invite(contact(guest, params), params.textOrNull("appData"));
        return guest.json(session);
    }

    private static JsonElement setBlocked(Guest guest, Fields params) {
        Contact contact = contact(guest, params);
        contact.setBlocked(params.truth("blocked"));
        return guest.json(contact);
    }

    private static JsonElement lockStatus(Guest guest, Fields params) {
        JsonObject json = new JsonObject();
        json.addProperty("status", manager(guest).lock().status().name());
        return json;
    }

    private static JsonElement applicationKnown(Guest guest, Fields params) {
        JsonObject json = new JsonObject();
        json.addProperty(
                "known", guest.messenger().applicationKnown(params.text("contact"), params.text("application")));
        return json;
    }

    private static JsonElement missedInvitations(Guest guest, Fields params) {
        JsonArray json = new JsonArray();
        guest.messenger().missedInvitations().forEach(missed -> json.add(Payloads.toJson(missed)));
        return json;
    }

    private static JsonElement problems(Guest guest, Fields params) {
        JsonArray json = new JsonArray();
        guest.messenger().problems().forEach(problem -> {
            JsonObject each = new JsonObject();
            each.addProperty("text", problem);
            json.add(each);
        });
        return json;
    }

    private static JsonElement applications(List<Application> applications) {
        JsonArray json = new JsonArray();
        applications.forEach(application -> json.add(Payloads.toJson(application)));
        return json;
    }
}
