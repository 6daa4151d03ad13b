package dev.beckon.cli;

import dev.beckon.Messenger;
import dev.beckon.SessionFlag;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code beckon sessions}. */
@Command(name = "sessions", description = "List the sessions: live ones, and those that ended last.")
final class SessionsCommand implements Runnable {
    private final Output output;

    @Mixin
    private AgentOptions agent = new AgentOptions();

    SessionsCommand(Output output) {
        this.output = output;
    }

    @Override
    public void run() {
        try (Messenger messenger = agent.connect()) {
            output.list(
                    List.of("SESSION", "STATE", "APPLICATION", "", "CONTACT"),
                    messenger.sessions().stream()
                            .map(session -> new Output.Row(Describe.session(session))
                                    .cell(AgentOptions.shortId(session.sessionId()))
                                    .cell(Describe.words(session.state()), Describe.ink(session.state()))
                                    .cell(Describe.applicationName(session))
                                    .cell(session.flags().contains(SessionFlag.INVITER) ? "with" : "from")
                                    .cell(session.user().friendlyName()))
                            .toList(),
                    "No sessions yet. Begin one with: beckon invite CONTACT --app APP");
        }
    }
}
