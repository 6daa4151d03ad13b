package dev.beckon.cli;

import static dev.beckon.cli.Output.object;

import dev.beckon.Contact;
import dev.beckon.ContactStatus;
import dev.beckon.Messenger;
import dev.beckon.Messenger.Connection;
import dev.beckon.SessionException;
import dev.beckon.cli.Output.Ink;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code beckon status}. */
@Command(name = "status", description = "Show how things stand, or show yourself to contacts as busy, away, …")
final class StatusCommand implements Runnable {
    private final Output output;

    @Mixin
    private AgentOptions agent = new AgentOptions();

    @Parameters(
            arity = "0..1",
            paramLabel = "STATUS",
            description = "online, busy, away, be_right_back, idle, on_the_phone, out_to_lunch or invisible.")
    private @Nullable ContactStatus wanted;

    StatusCommand(Output output) {
        this.output = output;
    }

    @Override
    public void run() {
        try (Messenger messenger = agent.connect()) {
            if (wanted != null) {
                messenger.setStatus(wanted);
            }
            Connection connection = messenger.connection();
            Contact self = self(messenger);
            long online = messenger.contacts().stream()
                    .filter(contact -> contact.status().isSignedIn())
                    .count();
            long live = messenger.sessions().stream()
                    .filter(session -> !session.state().isFinal())
                    .count();
            List<String> problems = messenger.problems();
            boolean in = connection.state() == Connection.State.SIGNED_IN;
            String who = self == null ? "" : " as " + Output.printable(self.signInName());
            String words = output.ink(in ? Ink.GOOD : Ink.WAITING, output.mark("●", "*") + " ")
                    + Describe.words(connection.state())
                    + who
                    + (in && self != null ? ", shown as " + Describe.words(self.status()) : "")
                    + (connection.reason().isEmpty() ? "" : ": " + Output.printable(connection.reason()))
                    + "\n  "
                    + count(messenger.contacts().size(), "contact") + ", " + online + " signed in\n  "
                    + count(live, "live session") + ", "
                    + count(messenger.contactRequests().size(), "request") + ", "
                    + count(messenger.missedInvitations().size(), "missed invitation") + "\n  "
                    + count(messenger.applications().size(), "registered application");
            output.result(
                    words,
                    object(
                            "connection", connection.state().name(),
                            "since", connection.since().toString(),
                            "reason", connection.reason(),
                            "user", self == null ? null : self.signInName(),
                            "status", self == null ? null : self.status().name(),
                            "contacts", messenger.contacts().size(),
                            "contactsSignedIn", online,
                            "liveSessions", live,
                            "requests", messenger.contactRequests().size(),
                            "missed", messenger.missedInvitations().size(),
                            "applications", messenger.applications().size(),
                            "problems", problems,
                            "home", agent.home().toString()));
            if (!output.isJson()) {
                problems.forEach(output::warn);
            }
        }
    }

    private static @Nullable Contact self(Messenger messenger) {
        try {
            return messenger.self();
        } catch (SessionException e) {
            // Nobody has signed in yet.
            return null;
        }
    }

    private static String count(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }
}
