package dev.beckon.cli;

import static dev.beckon.cli.Output.object;

import dev.beckon.Application;
import dev.beckon.Messenger;
import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionListener;
import dev.beckon.SessionState;
import dev.beckon.cli.Output.Ink;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code beckon invite}. */
@Command(name = "invite", description = "Invite a contact to an application; once accepted, it starts on both sides.")
final class InviteCommand implements Callable<Integer> {
    private final Output output;

    @Mixin
    private AgentOptions agent = new AgentOptions();

    @Parameters(index = "0", paramLabel = "CONTACT", description = "Whom: the sign-in name, NAME@DOMAIN.")
    @SuppressWarnings("NullAway.Init") // picocli requires it
    private String contact;

    @Option(names = "--app", required = true, paramLabel = "APP", description = "To what: GUID or name.")
    @SuppressWarnings("NullAway.Init") // picocli requires it
    private String app;

    @Option(names = "--data", paramLabel = "TEXT", description = "Handed to the application; at most 512 bytes.")
    private @Nullable String data;

    @Option(
            names = "--wait",
            description =
                    "Wait until connected (exit 0) or until nothing comes of it (exit 8). Ctrl-C leaves the invitation.")
    private boolean wait;

    InviteCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
        try (Messenger messenger = agent.connect()) {
            Application application = AgentOptions.application(messenger, app);
            Session session = messenger.invite(messenger.contact(contact), application.guid(), data);
            String id = AgentOptions.shortId(session.sessionId());
            String name = Output.printable(session.user().friendlyName());
            output.result(
                    "Invited " + name + " to " + Output.printable(Describe.applicationName(session)) + ", session "
                            + output.ink(Ink.BOLD, id)
                            + (wait ? "" : "\nSee how it goes: beckon sessions; take it back: beckon cancel " + id),
                    Describe.session(session));
            return wait ? follow(session).get().number() : Exit.DONE.number();
        }
    }

    private CompletableFuture<Exit> follow(Session session) {
        CompletableFuture<Exit> end = new CompletableFuture<>();
        session.addListener(new SessionListener() {
            @Override
            public void onStateChanged(Session s, SessionState previous) {
                SessionState state = s.state();
                tell(s, Describe.words(state), state, null);
                if (state == SessionState.CONNECTED) {
                    end.complete(Exit.DONE);
                }
            }

            @Override
            public void onAppNotPresent(Session s, String name, String url) {
                tell(s, "accepted, and the application is being installed there first", s.state(), null);
            }

            @Override
            public void onTermination(Session s, ResultCode code, @Nullable String appData) {
                tell(s, "ended: " + code, s.state(), code);
                end.complete(Exit.NOT_CONNECTED);
            }
        });
        return end;
    }

    private void tell(Session session, String words, SessionState state, @Nullable ResultCode code) {
        Map<String, @Nullable Object> object = object(
                "session", session.sessionId(), "state", state.name(), "code", code == null ? null : code.name());
        output.result("  " + output.ink(Describe.ink(state), words), object);
    }
}
