package dev.beckon.cli;

import static dev.beckon.cli.Output.object;

import dev.beckon.Contact;
import dev.beckon.ContactStatus;
import dev.beckon.Messenger.Connection;
import dev.beckon.MessengerListener;
import dev.beckon.MissedInvitation;
import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionFlag;
import dev.beckon.SessionListener;
import dev.beckon.SessionState;
import dev.beckon.cli.Output.Ink;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Prints what happens at an agent as it happens. */
final class Watch implements MessengerListener, SessionListener {
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    private final Output output;
    private final Consumer<String> gaveUp;
    private final Map<String, ContactStatus> known = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable Connection> last = new AtomicReference<>();

    /**
     * What happens goes to {@code output}.
     *
     * @param gaveUp told why, when the client does not even try to sign in any more
     */
    Watch(Output output, Consumer<String> gaveUp) {
        this.output = output;
        this.gaveUp = gaveUp;
    }

    /** The agent runs; what happened to the connection before this watched is told first. */
    void started(Connection connection, Path home) {
        tell(Ink.FAINT, "agent started, home " + home, "started", object("home", home.toString()));
        // That it tries, it says itself.
        if (connection.state() != Connection.State.CONNECTING) {
            onConnectionChanged(connection);
        }
    }

    private void tell(Ink ink, String words, String event, Map<String, @Nullable Object> details) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("event", event);
        object.put("time", Instant.now().toString());
        object.putAll(details);
        output.result(
                output.ink(Ink.FAINT, CLOCK.format(LocalTime.now()) + "  ")
                        + output.ink(ink, output.mark("●", "*") + " ")
                        + words,
                object);
    }

    @Override
    public void onConnectionChanged(Connection connection) {
        if (connection.equals(last.getAndSet(connection))) {
            return;
        }
        Connection.State state = connection.state();
        Ink ink = switch (state) {
            case SIGNED_IN -> Ink.GOOD;
            case CONNECTING -> Ink.WAITING;
            case SIGNED_OUT -> Ink.BAD;
        };
        String reason = connection.reason().isEmpty() ? "" : ": " + Output.printable(connection.reason());
        tell(
                ink,
                (state == Connection.State.CONNECTING ? "signing in" : Describe.words(state)) + reason,
                "connection",
                object("connection", state.name(), "reason", connection.reason()));
        if (state == Connection.State.SIGNED_OUT) {
            gaveUp.accept(connection.reason().isEmpty() ? "signed out" : connection.reason());
        }
    }

    @Override
    public void onContactChanged(Contact contact) {
        ContactStatus status = contact.status();
        ContactStatus before = known.put(contact.signInName(), status);
        boolean news = before != status && (before != null || status != ContactStatus.UNKNOWN);
        if (contact.isSelf() || !news) {
            return;
        }
        tell(
                Describe.ink(status),
                Output.printable(contact.friendlyName()) + " is " + Describe.words(status),
                "contact",
                Describe.contact(contact));
    }

    @Override
    public void onContactRequest(Contact contact) {
        String name = Output.printable(contact.signInName());
        tell(
                Ink.WAITING,
                name + " asks to be your contact\n            agree: beckon contacts add " + name
                        + "\n            refuse: beckon contacts remove " + name,
                "request",
                Describe.contact(contact));
    }

    @Override
    public void onSession(Session session) {
        session.addListener(this);
    }

    @Override
    public void onInvitationToAnswer(Session session) {
        String id = AgentOptions.shortId(session.sessionId());
        String missing = Describe.ifMissing(session);
        tell(
                Ink.WAITING,
                output.ink(
                                Ink.BOLD,
                                Output.printable(session.user().friendlyName()) + " invites you to "
                                        + Output.printable(Describe.applicationName(session)))
                        + (missing.isEmpty() ? "" : "\n            " + missing)
                        + "\n            beckon accept " + id + "   or   beckon decline " + id,
                "invitation",
                Describe.session(session));
    }

    @Override
    public void onMissedInvitation(MissedInvitation missed) {
        tell(
                Ink.FAINT,
                "missed: " + Output.printable(missed.from()) + " invited you to "
                        + Output.printable(missed.applicationName()) + " (" + Output.printable(missed.reason()) + ")",
                "missed",
                Describe.missed(missed));
    }

    @Override
    public void onStateChanged(Session session, SessionState previous) {
        SessionState state = session.state();
        if (state.isFinal()) {
            // Said with its reason, by onTermination.
            return;
        }
        tell(Describe.ink(state), name(session) + ": " + Describe.words(state), "session", Describe.session(session));
    }

    @Override
    public void onAppNotPresent(Session session, String name, String url) {
        tell(
                Ink.WAITING,
                name(session) + ": accepted; the application is missing there and its download page was opened",
                "app-missing",
                Describe.session(session));
    }

    @Override
    public void onSendError(Session session, ResultCode code) {
        Map<String, @Nullable Object> details = Describe.session(session);
        details.put("code", code.name());
        tell(Ink.BAD, name(session) + ": not delivered, " + code, "send-error", details);
    }

    @Override
    public void onTermination(Session session, ResultCode code, @Nullable String appData) {
        Map<String, @Nullable Object> details = Describe.session(session);
        details.put("code", code.name());
        tell(Ink.FAINT, name(session) + ": " + Describe.words(session.state()) + ", " + code, "ended", details);
    }

    private static String name(Session session) {
        String direction = session.flags().contains(SessionFlag.INVITER) ? " with " : " from ";
        return Output.printable(Describe.applicationName(session))
                + direction
                + Output.printable(session.user().friendlyName());
    }
}
