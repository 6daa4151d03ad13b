package dev.beckon.cli;

import dev.beckon.SessionException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Where the {@code beckon} command begins. */
public final class Main {
    private Main() {}

    /** Runs one command and exits with its code. */
    public static void main(String[] arguments) {
        boolean colour = System.console() != null
                && System.getenv().getOrDefault("NO_COLOR", "").isEmpty()
                && !"dumb".equals(System.getenv("TERM"));
        Output output = new Output(
                new PrintStream(System.out, false, StandardCharsets.UTF_8),
                new PrintStream(System.err, false, StandardCharsets.UTF_8),
                colour);
        System.exit(run(output, arguments));
    }

    /** Runs one command. */
    static int run(Output output, String... arguments) {
        // A command line that cannot be read is complained of in the form it asked for.
        output.json(List.of(arguments).contains("--json"));
        return commandLine(output).execute(arguments);
    }

    /** All commands, speaking there. */
    static CommandLine commandLine(Output output) {
        CommandLine line = new CommandLine(new BeckonCommand(output), factory(output));
        line.setExpandAtFiles(false);
        line.setAbbreviatedOptionsAllowed(false);
        line.setUsageHelpAutoWidth(true);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setColorScheme(colours(output));
        line.setOut(output.printer());
        line.setParameterExceptionHandler((e, given) -> misused(output, e));
        line.setExecutionExceptionHandler((e, command, result) -> failed(output, e));
        return line;
    }

    /** Commands are handed where to speak. */
    private static IFactory factory(Output output) {
        return new IFactory() {
            @Override
            public <K> K create(Class<K> type) throws Exception {
                try {
                    var constructor = type.getDeclaredConstructor(Output.class);
                    constructor.setAccessible(true);
                    return constructor.newInstance(output);
                } catch (NoSuchMethodException e) {
                    return CommandLine.defaultFactory().create(type);
                }
            }
        };
    }

    private static ColorScheme colours(Output output) {
        return CommandLine.Help.defaultColorScheme(output.isTerminal() ? Ansi.ON : Ansi.OFF);
    }

    private static int misused(Output output, ParameterException e) {
        String problem = String.valueOf(e.getMessage()).lines().findFirst().orElse("wrong usage");
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        String remedy = "see: " + command + " --help";
        if (e instanceof MissingParameterException) {
            // What is missing may be there, misspelt.
            List<String> misspelt = e.getCommandLine().getUnmatchedArguments().stream()
                    .filter(word -> word.startsWith("-"))
                    .toList();
            if (!misspelt.isEmpty()) {
                return misused(output, new UnmatchedArgumentException(e.getCommandLine(), misspelt));
            }
        }
        if (e instanceof UnmatchedArgumentException unmatched) {
            // The first are the nearest; further ones look like guessing.
            List<String> likely = unmatched.getSuggestions().stream().limit(2).toList();
            String first = unmatched.getUnmatched().get(0);
            if (first.startsWith("-")) {
                // Its value, or the word behind it, may be what somebody took for a password.
                problem = "Unknown option: '" + first.split("=", 2)[0] + "'";
            } else {
                boolean group = !e.getCommandLine().getSubcommands().isEmpty();
                problem = group ? "there is no command \"" + first + "\"" : "\"" + first + "\" is one too many";
            }
            if (!likely.isEmpty()) {
                remedy = "did you mean " + String.join(" or ", likely) + "? " + remedy;
            }
        }
        output.failure(new Failure(Exit.USAGE, Output.printable(problem), remedy));
        return Exit.USAGE.number();
    }

    private static int failed(Output output, Exception e) {
        Failure failure;
        if (e instanceof Failure known) {
            failure = known;
        } else if (e instanceof SessionException refused) {
            failure = Failure.of(refused);
        } else if (e instanceof InterruptedException) {
            failure = new Failure(Exit.INTERRUPTED, "stopped", "");
        } else {
            // A fault of ours: whoever reports it needs the trace.
            e.printStackTrace();
            failure = new Failure(
                    Exit.FAILED, "something is wrong in beckon itself: " + e, "please report it with the lines above");
        }
        output.failure(failure);
        return failure.exit().number();
    }
}
