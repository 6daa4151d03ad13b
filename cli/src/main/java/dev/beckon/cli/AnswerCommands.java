package dev.beckon.cli;

import dev.beckon.Messenger;
import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionFlag;
import dev.beckon.SessionState;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code beckon accept}, {@code decline} and {@code cancel}. */
abstract class AnswerCommands implements Runnable {
    final Output output;
    private final Predicate<Session> which;
    private final String what;

    @Mixin
    private AgentOptions agent = new AgentOptions();

    @Parameters(
            arity = "0..1",
            paramLabel = "SESSION",
            description = "The session: how its ID begins; may be left out where there is only one.")
    private @Nullable String session;

    @Option(
            names = "--data",
            paramLabel = "TEXT",
            description = "Handed to the application on the other side; at most 512 bytes.")
    @Nullable
    String data;

    private AnswerCommands(Output output, Predicate<Session> which, String what) {
        this.output = output;
        this.which = which;
        this.what = what;
    }

    /** Does it, and says in a word what was done. */
    abstract String answer(Session session);

    @Override
    public void run() {
        try (Messenger messenger = agent.connect()) {
            Session meant = AgentOptions.session(messenger, session, which, what);
            String done = answer(meant);
            output.result(
                    done + ": " + Output.printable(Describe.applicationName(meant)) + " with "
                            + Output.printable(meant.user().friendlyName()) + ", session "
                            + AgentOptions.shortId(meant.sessionId()),
                    Describe.session(meant));
        }
    }

    private static boolean toAnswer(Session session) {
        return session.state() == SessionState.INVITATION && session.flags().contains(SessionFlag.INVITEE);
    }

    /** {@code beckon accept}. */
    @Command(name = "accept", description = "Accept an invitation; the application starts.")
    static final class Accept extends AnswerCommands {
        Accept(Output output) {
            super(output, AnswerCommands::toAnswer, "invitations to answer");
        }

        @Override
        String answer(Session session) {
            String missing = Describe.ifMissing(session);
            if (missing.isEmpty()) {
                session.accept(data);
                return "Accepted";
            }
            output.note(Output.printable(Describe.applicationName(session)) + " is " + missing);
            session.accept(data);
            return "Accepted once it is installed";
        }
    }

    /** {@code beckon decline}. */
    @Command(name = "decline", description = "Decline an invitation.")
    static final class Decline extends AnswerCommands {
        Decline(Output output) {
            super(output, AnswerCommands::toAnswer, "invitations to answer");
        }

        @Override
        String answer(Session session) {
            session.decline(data);
            return "Declined";
        }
    }

    /** {@code beckon cancel}. */
    @Command(name = "cancel", description = "Take an invitation back, or end a session.")
    static final class Cancel extends AnswerCommands {
        Cancel(Output output) {
            super(output, session -> !session.state().isFinal() && !toAnswer(session), "live sessions");
        }

        @Override
        String answer(Session session) {
            session.cancel(ResultCode.S_OK, data);
            return "Ended";
        }
    }
}
