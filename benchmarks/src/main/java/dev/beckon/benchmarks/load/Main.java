package dev.beckon.benchmarks.load;

import java.util.Arrays;
import picocli.CommandLine;

/** The load generator. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        boolean soak = args.length > 0 && args[0].equals("soak");
        CommandLine command = new CommandLine(soak ? new SoakCommand() : new LoadCommand());
        command.setUsageHelpWidth(110);
        command.setExecutionExceptionHandler((e, line, parsed) -> {
            line.getErr().println("load: " + e);
            return LoadCommand.FAILED;
        });
        System.exit(command.execute(soak ? Arrays.copyOfRange(args, 1, args.length) : args));
    }
}
