package dev.beckon.benchmarks.load;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./benchmarks/load soak}. */
@Command(
        name = "load soak",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Lets a server run at half of what it can bear, and holds it to account.",
            "",
            "Pairs invite each other. Others write messages to people who may be away, go and come, stop reading for a"
                    + " while, and where the server resumes streams (XEP-0198) lose their connections. Others again only"
                    + " come and go, by resets amid signing in and by silence. Every message that the server acknowledged"
                    + " must arrive exactly once, or come back as an error. Meanwhile the server's heap after collections,"
                    + " direct memory, resident memory and open files are looked at: over the second half they must not"
                    + " grow.",
            ""
        },
        footer = {
            "",
            "Exit codes: 0 level and nothing lost; 1 not so, or the server failed; 2 the command makes no sense."
        })
final class SoakCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything is called
    private CommandSpec spec;

    @Mixin
    private ServerOptions server = new ServerOptions();

    @Option(names = "--minutes", paramLabel = "N", defaultValue = "15", description = "Default: ${DEFAULT-VALUE}.")
    private double minutes;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Invitations per second. Default: half of what the server does, measured first.")
    private @Nullable Double rate;

    @Option(names = "--pairs", paramLabel = "N", defaultValue = "64", description = "Default: ${DEFAULT-VALUE}.")
    private int pairs;

    @Option(
            names = "--chatters",
            paramLabel = "N",
            defaultValue = "40",
            description = "Users who write messages. Default: ${DEFAULT-VALUE}.")
    private int chatters;

    @Option(
            names = "--churners",
            paramLabel = "N",
            defaultValue = "20",
            description = "Users who come and go. Default: ${DEFAULT-VALUE}.")
    private int churners;

    @Option(
            names = "--silence",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description = "How long the server may take to give up on a client that answers nothing any more; 0 (the"
                    + " default): nobody falls silent.")
    private int silence;

    @Option(
            names = "--settle",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long messages may be on their way in the end. Default: ${DEFAULT-VALUE}.")
    private int settle;

    @Option(
            names = "--patience",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long an answer may take. Default: ${DEFAULT-VALUE}.")
    private int patience;

    @Option(names = "--seed", paramLabel = "N", description = "Of what is left to chance. Default: any.")
    private @Nullable Long seed;

    @Override
    public Integer call() throws InterruptedException, IOException {
        Soak.Plan plan = new Soak.Plan(
                Duration.ofMillis((long) (minutes * 60_000)),
                rate == null ? 0 : rate,
                pairs,
                chatters,
                churners,
                Duration.ofSeconds(silence),
                Duration.ofSeconds(settle),
                Duration.ofSeconds(patience),
                seed == null ? ThreadLocalRandom.current().nextInt(1_000_000) : seed);
        List<User> users = server.users();
        if (plan.users() > users.size()) {
            throw new ParameterException(
                    spec.commandLine(), "this needs " + plan.users() + " users, the file has " + users.size());
        }
        PrintWriter err = spec.commandLine().getErr();
        Soak soak = new Soak(server.server(), server.pid(), users, plan, what -> {
            err.println(what);
            err.flush();
        });
        try {
            Soak.Outcome outcome = soak.run();
            spec.commandLine().getOut().println(outcome);
            spec.commandLine().getOut().flush();
            return outcome.isGood() ? 0 : LoadCommand.FAILED;
        } catch (ServerFault e) {
            err.println("load: soak: " + e.getMessage());
            return LoadCommand.FAILED;
        }
    }
}
