package dev.beckon.cli;

import dev.beckon.Application;
import dev.beckon.Messenger;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code beckon apps}. */
@Command(
        name = "apps",
        description = "The applications people can be invited to.",
        synopsisSubcommandLabel = "[COMMAND]",
        subcommands = {AppsCommand.All.class, AppsCommand.Register.class, AppsCommand.Unregister.class})
final class AppsCommand implements Runnable {
    private final Output output;

    @Mixin
    private AgentOptions agent = new AgentOptions();

    AppsCommand(Output output) {
        this.output = output;
    }

    @Override
    public void run() {
        list(output, agent);
    }

    private static void list(Output output, AgentOptions agent) {
        try (Messenger messenger = agent.connect()) {
            output.list(
                    List.of("NAME", "APPLICATION", "PATH"),
                    messenger.applications().stream()
                            .map(application -> new Output.Row(Describe.application(application))
                                    .cell(application.name())
                                    .cell(application.guid())
                                    .cell(application.path()))
                            .toList(),
                    "No applications yet. Register one with: beckon apps register NAME --path PROGRAM");
        }
    }

    /** {@code beckon apps list}. */
    @Command(name = "list", description = "List them; so does beckon apps alone.")
    static final class All implements Runnable {
        private final Output output;

        @Mixin
        private AgentOptions agent = new AgentOptions();

        All(Output output) {
            this.output = output;
        }

        @Override
        public void run() {
            list(output, agent);
        }
    }

    /** {@code beckon apps register}. */
    @Command(name = "register", description = "Register an application.")
    static final class Register implements Runnable {
        private final Output output;

        @Mixin
        private AgentOptions agent = new AgentOptions();

        @Parameters(index = "0", paramLabel = "NAME", description = "What people call it.")
        @SuppressWarnings("NullAway.Init") // picocli requires it
        private String name;

        @Option(
                names = "--path",
                required = true,
                paramLabel = "PROGRAM",
                description =
                        "Absolute path of the program; arguments may follow, a part with spaces in double quotes.")
        @SuppressWarnings("NullAway.Init") // picocli requires it
        private String path;

        @Option(names = "--url", paramLabel = "URL", description = "Where it can be downloaded.")
        private String url = "";

        @Option(
                names = "--guid",
                paramLabel = "GUID",
                description = "Its GUID, the same on every computer; without, a new one is made.")
        private @Nullable String guid;

        Register(Output output) {
            this.output = output;
        }

        @Override
        public void run() {
            String known = guid == null ? "{" + UUID.randomUUID().toString().toUpperCase(Locale.ROOT) + "}" : guid;
            Application application = new Application(known, name, url, path).check();
            try (Messenger messenger = agent.connect()) {
                messenger.registerApplication(application);
                output.result(Output.printable(name) + " is registered as " + known, Describe.application(application));
            }
        }
    }

    /** {@code beckon apps unregister}. */
    @Command(name = "unregister", description = "Unregister an application.")
    static final class Unregister implements Runnable {
        private final Output output;

        @Mixin
        private AgentOptions agent = new AgentOptions();

        @Parameters(index = "0", paramLabel = "APP", description = "Its GUID or name.")
        @SuppressWarnings("NullAway.Init") // picocli requires it
        private String app;

        Unregister(Output output) {
            this.output = output;
        }

        @Override
        public void run() {
            try (Messenger messenger = agent.connect()) {
                Application application = AgentOptions.application(messenger, app);
                messenger.unregisterApplication(application.guid());
                output.result(
                        Output.printable(application.name()) + " is not registered any more",
                        Describe.application(application));
            }
        }
    }
}
