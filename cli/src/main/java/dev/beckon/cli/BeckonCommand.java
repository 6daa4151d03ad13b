package dev.beckon.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code beckon} itself. */
@Command(
        name = "beckon",
        description = "Invite a person into your app.",
        versionProvider = Version.class,
        sortOptions = false,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        footer = {"", "Begin with: beckon demo", "Exit codes: beckon help exit-codes"},
        subcommands = {
            DemoCommand.class,
            ServeCommand.class,
            ConfigCommand.class,
            ReloadCommand.class,
            BackupCommand.class,
            RestoreCommand.class,
            UserCommand.class,
            KeyCommand.class,
            OpenCommand.class,
            AgentCommand.class,
            StatusCommand.class,
            ContactsCommand.class,
            AppsCommand.class,
            InviteCommand.class,
            SessionsCommand.class,
            MissedCommand.class,
            AnswerCommands.Accept.class,
            AnswerCommands.Decline.class,
            AnswerCommands.Cancel.class,
            HelpCommand.class
        })
final class BeckonCommand implements Runnable {
    private final Output output;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything is called
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help.")
    boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    boolean version;

    BeckonCommand(Output output) {
        this.output = output;
    }

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "Speak JSON: one object a line, errors too.")
    private void json(boolean on) {
        output.json(on);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say what to do: a command is missing");
    }
}
