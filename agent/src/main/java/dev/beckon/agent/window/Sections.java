package dev.beckon.agent.window;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.beckon.Application;
import dev.beckon.Contact;
import dev.beckon.Messenger;
import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionException;
import dev.beckon.SessionFlag;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What pages show, in sections, each told whole. They are made anew when something changed, at most ten times a second, and only while
 * somebody looks; what is as before is not told again.
 */
final class Sections implements AutoCloseable {
    /** Ended sessions shown: what they were stands in the conversation. */
    private static final int MOST_ENDED = 20;

    private static final Duration PAUSE = Duration.ofMillis(100);
    /** What is changed by hand, in files, is not told by anybody. */
    private static final Duration LOOK = Duration.ofSeconds(2);

    private static final Duration SWEEP = Duration.ofMinutes(1);
    private static final Duration BEAT = Duration.ofSeconds(10);
    private static final Logger log = LoggerFactory.getLogger(Sections.class);

    private final Feed feed;
    private final Supplier<JsonObject> account;
    private final Supplier<@Nullable Sitting> sitting;
    private final BooleanSupplier plainHttp;
    private final ScheduledThreadPoolExecutor worker;
    private final AtomicBoolean due = new AtomicBoolean();
    /** Since when nobody is signed in. */
    private @Nullable Instant since;

    /**
     * Tells them by the feed.
     *
     * @param account what stands in the section of that name
     * @param sitting the agent that runs; null while nobody is signed in
     * @param plainHttp whether download addresses may be http
     * @param sweep done now and then
     */
    Sections(
            Feed feed,
            Supplier<JsonObject> account,
            Supplier<@Nullable Sitting> sitting,
            BooleanSupplier plainHttp,
            Runnable sweep) {
        this.feed = feed;
        this.account = account;
        this.sitting = sitting;
        this.plainHttp = plainHttp;
        worker = new ScheduledThreadPoolExecutor(
                1, new DefaultThreadFactory("beckon-window-sections", true), new ThreadPoolExecutor.DiscardPolicy());
        worker.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        worker.scheduleWithFixedDelay(this::changed, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
        worker.scheduleWithFixedDelay(sweep, SWEEP.toMillis(), SWEEP.toMillis(), TimeUnit.MILLISECONDS);
        worker.scheduleWithFixedDelay(feed::beat, BEAT.toMillis(), BEAT.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Something is another. */
    void changed() {
        if (feed.pages() > 0 && !due.getAndSet(true)) {
            worker.schedule(this::tell, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Tells what is another now; waits for it. */
    void tell() {
        due.set(false);
        try {
            all();
        } catch (SessionException e) {
            log.debug("The agent is going: {}", e.getMessage());
        } catch (RuntimeException e) {
            log.error("The window cannot show how things stand", e);
        }
    }

    private synchronized void all() {
        feed.section("account", account.get());
        Sitting now = sitting.get();
        if (now == null) {
            since = since == null ? Instant.now() : since;
            feed.section("connection", Json.object("state", "SIGNED_OUT", "since", Sitting.time(since), "reason", ""));
            feed.section("self", JsonNull.INSTANCE);
            for (String list : List.of(
                    "contacts", "requests", "applications", "sessions", "missed", "problems", "conversations")) {
                feed.section(list, new JsonArray());
            }
            return;
        }
        since = null;
        Messenger messenger = now.messenger();
        List<Application> applications = messenger.applications();
        boolean http = plainHttp.getAsBoolean();
        List<JsonElement> live = now.agent()
                .atOnce(() -> List.of(
                        connection(messenger.connection()),
                        self(messenger),
                        contacts(messenger, applications),
                        list(messenger.contactRequests(), Sections::contact),
                        sessions(now, applications, http)));
        feed.section("connection", live.get(0));
        feed.section("self", live.get(1));
        feed.section("contacts", live.get(2));
        feed.section("requests", live.get(3));
        feed.section("applications", list(applications, Sections::application));
        feed.section("sessions", live.get(4));
        feed.section(
                "missed",
                list(
                        messenger.missedInvitations(),
                        missed -> Json.object(
                                "id", missed.sessionId(),
                                "from", missed.from(),
                                "application", missed.application(),
                                "name", missed.applicationName(),
                                "url", missed.applicationUrl(),
                                "when", Sitting.time(missed.when()),
                                "reason", missed.reason())));
        JsonArray problems = new JsonArray();
        messenger.problems().forEach(problems::add);
        now.history().problems().forEach(problems::add);
        feed.section("problems", problems);
        feed.section("conversations", now.history().conversations());
    }

    private static <T> JsonArray list(List<T> all, Function<T, JsonObject> each) {
        JsonArray array = new JsonArray();
        all.forEach(one -> array.add(each.apply(one)));
        return array;
    }

    private static JsonObject connection(Messenger.Connection connection) {
        return Json.object(
                "state", connection.state().name(),
                "since", Sitting.time(connection.since()),
                "reason", connection.reason());
    }

    private static JsonElement self(Messenger messenger) {
        try {
            return contact(messenger.self());
        } catch (SessionException e) {
            // Not known before the first sign-in.
            return JsonNull.INSTANCE;
        }
    }

    private static JsonObject contact(Contact contact) {
        return Json.object(
                "address", contact.signInName(),
                "name", contact.friendlyName(),
                "status", contact.status().name(),
                "listed", contact.isListed(),
                "blocked", contact.blocked());
    }

    private static JsonObject application(Application application) {
        return Json.object(
                "guid", application.guid(),
                "name", application.name(),
                "url", application.url(),
                "path", application.path());
    }

    private static JsonArray contacts(Messenger messenger, List<Application> applications) {
        JsonArray contacts = new JsonArray();
        for (Contact each : messenger.contacts()) {
            JsonObject known = new JsonObject();
            for (Application application : applications) {
                Boolean has = messenger.applicationKnown(each.signInName(), application.guid());
                if (has != null) {
                    known.addProperty(application.guid(), has);
                }
            }
            JsonObject contact = contact(each);
            contact.add("apps", known);
            contacts.add(contact);
        }
        return contacts;
    }

    private static JsonArray sessions(Sitting now, List<Application> applications, boolean http) {
        Set<String> installed = applications.stream().map(Application::guid).collect(Collectors.toSet());
        List<JsonObject> shown = new ArrayList<>();
        int ended = 0;
        for (Session session : now.messenger().sessions()) {
            if (!session.state().isFinal() || ended++ < MOST_ENDED) {
                shown.add(session(now, session, installed, http));
            }
        }
        JsonArray sessions = new JsonArray();
        shown.forEach(sessions::add);
        return sessions;
    }

    private static JsonObject session(Sitting now, Session session, Set<String> installed, boolean http) {
        boolean inviter = session.flags().contains(SessionFlag.INVITER);
        ResultCode result = session.result();
        Words words = result == null ? new Words("", "") : Words.of(result, inviter);
        Instant expires = session.expires();
        return Json.object(
                "id", now.id(session),
                "contact", contact(session.user()),
                "application", session.application(),
                "name", session.applicationName(),
                "url", session.applicationUrl(),
                "link", link(session.applicationUrl(), http),
                "installed", installed.contains(session.application()),
                "role", inviter ? "INVITER" : "INVITEE",
                "state", session.state().name(),
                "step", Sitting.step(session),
                "steps", Sitting.steps(session.steps()),
                "expires", expires == null ? null : Sitting.time(expires),
                "text", session.invitationText(),
                "answer", now.answer(session),
                "result", result == null ? null : result.name(),
                "problem", words.problem().isEmpty() ? null : words.problem(),
                "remedy", words.remedy().isEmpty() ? null : words.remedy(),
                "toAnswer", now.isToAnswer(session),
                "remoteAddress", remoteAddress(session));
    }

    /** A download address that may be opened: a plain web address. Null for any other. */
    static @Nullable String link(String url, boolean plainHttp) {
        try {
            String checked = Application.checkUrl(url);
            String lower = checked.toLowerCase(Locale.ROOT);
            return lower.startsWith("https://") || (plainHttp && lower.startsWith("http://")) ? checked : null;
        } catch (SessionException e) {
            return null;
        }
    }

    private static @Nullable String remoteAddress(Session session) {
        try {
            return session.remoteAddress();
        } catch (SessionException e) {
            // Not known before CONNECTED.
            return null;
        }
    }

    @Override
    public void close() {
        worker.shutdownNow();
    }
}
