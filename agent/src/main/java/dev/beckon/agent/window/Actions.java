package dev.beckon.agent.window;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.beckon.Application;
import dev.beckon.ChatMessage;
import dev.beckon.ContactStatus;
import dev.beckon.Limits;
import dev.beckon.Messenger;
import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionException;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What pages ask for. On workers: many wait for the service. */
final class Actions {
    private final SignIn signIn;
    private final Feed feed;
    private final Consumer<String> browser;
    private final BooleanSupplier plainHttp;
    private final Runnable changed;
    private final Map<String, Action> actions = Map.ofEntries(
            Map.entry("sign-in", this::signIn),
            Map.entry("sign-in/again", given -> done(this::again)),
            Map.entry("sign-out", given -> done(() -> signOut(given))),
            Map.entry("service/start", given -> done(() -> startService(given))),
            Map.entry("service/people", given -> done(() -> addPerson(given))),
            Map.entry("status", given -> done(() -> status(given))),
            Map.entry("contacts/add", given -> done(() -> addContact(given))),
            Map.entry("contacts/remove", given -> done(() -> removeContact(given))),
            Map.entry("contacts/block", given -> done(() -> block(given))),
            Map.entry("applications/register", this::register),
            Map.entry("applications/unregister", given -> done(() -> unregister(given))),
            Map.entry("invite", this::invite),
            Map.entry("sessions/accept", given -> done(() -> session(given).accept(text(given)))),
            Map.entry("sessions/decline", given -> done(() -> session(given).decline(text(given)))),
            Map.entry("sessions/cancel", given -> done(() -> session(given).cancel(ResultCode.S_OK, text(given)))),
            Map.entry("sessions/block", given -> done(() -> declineAndBlock(given))),
            Map.entry("messages", this::write),
            Map.entry("conversation/read", given -> done(() -> read(given))),
            Map.entry("conversation/clear", given -> done(() -> clear(given))),
            Map.entry("download", given -> done(() -> download(given))));

    private interface Action {
        JsonElement on(JsonObject given);
    }

    /**
     * Does them.
     *
     * @param browser opens a checked web address in the user's browser
     * @param plainHttp whether download addresses may be http
     * @param changed told where something the window shows is another, and no listener says so
     */
    Actions(SignIn signIn, Feed feed, Consumer<String> browser, BooleanSupplier plainHttp, Runnable changed) {
        this.signIn = signIn;
        this.feed = feed;
        this.browser = browser;
        this.plainHttp = plainHttp;
        this.changed = changed;
    }

    /** What a page posted; {@code name} is the path without {@code /api/}. */
    Reply post(String name, byte[] body) {
        Action action = actions.get(name);
        if (action == null) {
            throw Refused.notFound("there is no /api/" + name, "");
        }
        return Reply.json(action.on(Json.read(body)));
    }

    /** {@code GET /api/conversation}. */
    Reply conversation(@Nullable String contact, @Nullable String before) {
        if (contact == null) {
            throw Refused.malformed("contact is missing", "name one");
        }
        try {
            return Reply.json(
                    signIn.needed().history().entries(address(contact), before == null ? null : Instant.parse(before)));
        } catch (DateTimeException e) {
            throw Refused.malformed("before is no time", "give the time of an entry");
        }
    }

    private static JsonElement done(Runnable what) {
        what.run();
        return new JsonObject();
    }

    private static @Nullable String text(JsonObject given) {
        return Json.textOrNull(given, "text");
    }

    private Messenger messenger() {
        return signIn.needed().messenger();
    }

    /** The address as the contact list has it. */
    private String address(String contact) {
        return messenger().contact(contact).signInName();
    }

    private Session session(JsonObject given) {
        String id = Json.text(given, "id");
        Session session = signIn.needed().session(id);
        if (session == null) {
            throw Refused.notFound("there is no such session any more", "");
        }
        return session;
    }

    // ---- signing in

    private JsonElement signIn(JsonObject given) {
        signIn.signIn(
                Json.text(given, "user"),
                Json.text(given, "password"),
                Json.textOrNull(given, "host"),
                Json.number(given, "port", 65535),
                Json.textOrNull(given, "certificate"),
                Json.flag(given, "stay"));
        return new JsonObject();
    }

    private void again() {
        signIn.again();
    }

    private void signOut(JsonObject given) {
        signIn.signOut(Json.flag(given, "forget"));
    }

    private void startService(JsonObject given) {
        boolean stay = !given.has("stay") || Json.flag(given, "stay");
        signIn.startService(Json.text(given, "name"), Json.text(given, "password"), stay);
    }

    private void addPerson(JsonObject given) {
        signIn.addPerson(Json.text(given, "name"), Json.text(given, "password"));
    }

    // ---- people

    private void status(JsonObject given) {
        String wanted = Json.text(given, "status");
        ContactStatus status;
        try {
            status = ContactStatus.valueOf(wanted);
        } catch (IllegalArgumentException e) {
            throw Refused.malformed("there is no such status", "choose another");
        }
        messenger().setStatus(status);
        changed.run();
    }

    private void addContact(JsonObject given) {
        messenger().addContact(Json.text(given, "contact"), Json.textOrNull(given, "name"));
    }

    private void removeContact(JsonObject given) {
        messenger().removeContact(Json.text(given, "contact"));
    }

    private void block(JsonObject given) {
        messenger().contact(Json.text(given, "contact")).setBlocked(Json.flag(given, "blocked"));
    }

    // ---- applications

    private JsonElement register(JsonObject given) {
        String guid = Json.textOrNull(given, "guid");
        String url = Json.textOrNull(given, "url");
        Application application = new Application(
                guid == null ? "{" + UUID.randomUUID().toString().toUpperCase(Locale.ROOT) + "}" : guid,
                Json.text(given, "name"),
                url == null ? "" : url,
                Json.text(given, "path"));
        messenger().registerApplication(application);
        changed.run();
        return Json.object("guid", application.guid());
    }

    private void unregister(JsonObject given) {
        messenger().unregisterApplication(Json.text(given, "guid"));
        changed.run();
    }

    // ---- sessions

    private JsonElement invite(JsonObject given) {
        Messenger messenger = messenger();
        Session session = messenger.invite(
                messenger.contact(Json.text(given, "contact")), Json.text(given, "application"), text(given));
        return Json.object("id", signIn.needed().id(session));
    }

    /** Declines first: nothing reaches whom one has blocked. */
    private void declineAndBlock(JsonObject given) {
        Session session = session(given);
        if (!session.state().isFinal()) {
            session.decline(null);
        }
        session.user().setBlocked(true);
    }

    private void download(JsonObject given) {
        String link = Sections.link(session(given).applicationUrl(), plainHttp.getAsBoolean());
        if (link == null) {
            throw Refused.conflict(
                    "the invitation names no download page that may be opened",
                    "ask who invites you where to get the application");
        }
        browser.accept(link);
    }

    // ---- conversations

    private JsonElement write(JsonObject given) {
        ChatMessage message =
                messenger().sendMessage(Json.text(given, "contact"), Limits.message(Json.textOrNull(given, "text")));
        return Json.object("id", message.id());
    }

    private void read(JsonObject given) {
        signIn.needed().history().read(address(Json.text(given, "contact")));
        changed.run();
    }

    private void clear(JsonObject given) {
        String contact = address(Json.text(given, "contact"));
        try {
            signIn.needed().history().clear(contact);
        } catch (IOException e) {
            throw new SessionException(
                    ResultCode.E_FAIL,
                    "the conversation cannot be removed: " + e.getMessage(),
                    "see that Beckon's folder can be written to");
        }
        feed.happened("cleared", Json.object("contact", contact));
        changed.run();
    }
}
