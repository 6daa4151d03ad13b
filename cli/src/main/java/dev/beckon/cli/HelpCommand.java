package dev.beckon.cli;

import static dev.beckon.cli.Output.object;

import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code beckon help}. */
@Command(name = "help", description = "Explain a command, or the exit codes.")
final class HelpCommand implements Runnable {
    private final Output output;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything is called
    private CommandSpec spec;

    @Parameters(arity = "0..*", paramLabel = "TOPIC", description = "A command, or exit-codes.")
    private List<String> topic = List.of();

    HelpCommand(Output output) {
        this.output = output;
    }

    @Override
    public void run() {
        if (topic.equals(List.of("exit-codes"))) {
            output.list(
                    List.of("CODE", "NAME", "MEANING"),
                    Arrays.stream(Exit.values()).map(HelpCommand::row).toList(),
                    "");
            return;
        }
        CommandLine command = spec.root().commandLine();
        for (String word : topic) {
            CommandLine next = command.getSubcommands().get(word);
            if (next == null) {
                throw new ParameterException(spec.commandLine(), "there is no command \"" + word + "\" to explain");
            }
            command = next;
        }
        command.usage(command.getOut());
    }

    private static Output.Row row(Exit exit) {
        return new Output.Row(object("exit", exit.number(), "name", exit.name(), "meaning", exit.meaning()))
                .cell(Integer.toString(exit.number()))
                .cell(exit.name())
                .cell(exit.meaning());
    }
}
