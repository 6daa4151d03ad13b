package dev.beckon.agent.window;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.beckon.ChatMessage;
import dev.beckon.Contact;
import dev.beckon.Messenger;
import dev.beckon.MessengerListener;
import dev.beckon.MissedInvitation;
import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionFlag;
import dev.beckon.SessionListener;
import dev.beckon.SessionState;
import dev.beckon.SessionStep;
import dev.beckon.agent.Agent;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One agent's time at the seat, as the window follows it: keeps what happens in the {@link History} and tells open pages.
 *
 * <p>Thread: any; events come on the messenger's own.
 */
final class Sitting implements MessengerListener, SessionListener {
    /** Of one length, so that what is kept can be compared. */
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final Agent agent;
    private final Messenger messenger;
    private final History history;
    private final Feed feed;
    private final Runnable changed;
    private final Runnable asked;
    /** What sessions are called here: by the ID they had first, since it may change where invitations cross. */
    private final Map<Session, String> ids = new IdentityHashMap<>();
    /** The other side's words when it accepted, declined or cancelled. */
    private final Map<Session, String> answers = new IdentityHashMap<>();
    /** What the user was asked about. */
    private final Set<String> toAnswer = ConcurrentHashMap.newKeySet();

    /**
     * Follows an agent.
     *
     * @param changed told whenever something the window shows is another
     * @param asked told whenever the user has an invitation to answer
     */
    Sitting(Agent agent, History history, Feed feed, Runnable changed, Runnable asked) {
        this.agent = agent;
        this.messenger = agent.messenger();
        this.history = history;
        this.feed = feed;
        this.changed = changed;
        this.asked = asked;
        messenger.addListener(this);
    }

    Agent agent() {
        return agent;
    }

    Messenger messenger() {
        return messenger;
    }

    History history() {
        return history;
    }

    /** A time as pages are told. */
    static String time(Instant when) {
        return TIME.format(when);
    }

    // ---- sessions by name

    /** What the window calls a session. */
    String id(Session session) {
        // Asked before locking: the messenger answers on a thread that may be waiting for this lock.
        String now = session.sessionId();
        synchronized (ids) {
            return ids.computeIfAbsent(session, each -> now);
        }
    }

    /** The session of this name; null where there is none. */
    @Nullable
    Session session(String id) {
        return messenger.sessions().stream()
                .filter(session -> id(session).equals(id))
                .findFirst()
                .orElse(null);
    }

    /** Forgets what sessions are called that the messenger has forgotten. */
    private void forget() {
        Set<Session> all = identities(messenger.sessions());
        synchronized (ids) {
            ids.keySet().retainAll(all);
        }
        synchronized (answers) {
            answers.keySet().retainAll(all);
        }
    }

    private static Set<Session> identities(List<Session> sessions) {
        Set<Session> identities = Collections.newSetFromMap(new IdentityHashMap<>());
        identities.addAll(sessions);
        return identities;
    }

    /** Whether it is on this user to answer it, here. */
    boolean isToAnswer(Session session) {
        boolean open = session.state() == SessionState.INVITATION && session.step() != SessionStep.APP_MISSING;
        return open && toAnswer.contains(id(session));
    }

    // ---- what happens

    @Override
    public void onConnectionChanged(Messenger.Connection connection) {
        changed.run();
    }

    @Override
    public void onContactChanged(Contact contact) {
        changed.run();
    }

    @Override
    public void onContactRequest(Contact contact) {
        changed.run();
    }

    @Override
    public void onSession(Session session) {
        session.addListener(this);
        keep(session);
    }

    @Override
    public void onAccepted(Session session, @Nullable String appData) {
        answered(session, appData);
    }

    @Override
    public void onDeclined(Session session, @Nullable String appData) {
        answered(session, appData);
    }

    @Override
    public void onCancelled(Session session, @Nullable String appData) {
        answered(session, appData);
    }

    private void answered(Session session, @Nullable String words) {
        if (words != null && !words.isBlank()) {
            synchronized (answers) {
                answers.put(session, words);
            }
            keep(session);
        }
    }

    /** What the other side said last when it accepted, declined or cancelled; null where it said nothing. */
    @Nullable
    String answer(Session session) {
        synchronized (answers) {
            return answers.get(session);
        }
    }

    @Override
    public void onSessionStep(Session session, SessionStep step) {
        keep(session);
    }

    @Override
    public void onInvitationToAnswer(Session session) {
        toAnswer.add(id(session));
        changed.run();
        asked.run();
    }

    @Override
    public void onMissedInvitation(MissedInvitation missed) {
        changed.run();
    }

    @Override
    public void onMessage(ChatMessage message) {
        tell(
                message.contact(),
                Json.object(
                        "kind", "message",
                        "id", message.id(),
                        "own", message.own(),
                        "text", message.text(),
                        "when", time(message.when()),
                        "fate", message.fate().name(),
                        "problem", message.problem().isEmpty() ? null : message.problem()));
    }

    private void keep(Session session) {
        tell(session.user().signInName(), agent.atOnce(() -> entry(session)));
        if (session.state().isFinal()) {
            toAnswer.remove(id(session));
            forget();
        }
    }

    private void tell(String contact, JsonObject entry) {
        history.put(contact, entry);
        feed.happened("entry", Json.object("contact", contact, "entry", entry));
        changed.run();
    }

    private JsonObject entry(Session session) {
        boolean inviter = session.flags().contains(SessionFlag.INVITER);
        ResultCode result = session.result();
        Words words = result == null ? null : Words.of(result, inviter);
        List<Session.Step> steps = session.steps();
        return Json.object(
                "kind", "session",
                "id", id(session),
                "role", inviter ? "INVITER" : "INVITEE",
                "application", session.application(),
                "name", session.applicationName(),
                "text", session.invitationText(),
                "answer", answer(session),
                "when", time(steps.isEmpty() ? Instant.now() : steps.get(0).when()),
                "state", session.state().name(),
                "step", step(session),
                "steps", steps(steps),
                "result", result == null ? null : result.name(),
                "problem", words == null || words.problem().isEmpty() ? null : words.problem(),
                "remedy", words == null || words.remedy().isEmpty() ? null : words.remedy());
    }

    /** How far a session has come, for pages. */
    static String step(Session session) {
        SessionStep step = session.step();
        return (step == null ? SessionStep.INVITED : step).name();
    }

    /** What a session went through, for pages. */
    static JsonArray steps(List<Session.Step> steps) {
        JsonArray all = new JsonArray();
        steps.forEach(step -> all.add(Json.object("step", step.step().name(), "when", time(step.when()))));
        return all;
    }
}
