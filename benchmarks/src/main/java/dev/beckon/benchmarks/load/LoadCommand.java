package dev.beckon.benchmarks.load;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./benchmarks/load}. */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Puts an XMPP server under load and says what that costs it.",
            "",
            "Users sign in and invite each other. An invitation is ten stanzas, each a write of its own: propose,"
                    + " proceed, session-initiate and its result, session-accept and its result, session-info with"
                    + " context data and its result, session-terminate and its result. Sender, id and order of each"
                    + " are checked; whatever is wrong ends the run.",
            ""
        },
        footer = {
            "",
            "Modes:",
            "  closed   every pair invites again as soon as it is done: invitations/s, server CPU per invitation",
            "  open     invitations arrive at random at a given rate: latency, counted from when each was due",
            "  sign-in  server CPU per sign-in, and how long one takes",
            "  idle     server memory per user who is signed in and does nothing",
            "",
            "Exit codes: 0 measured; 1 the server failed, and how; 2 the command makes no sense;",
            "3 measured, but something else kept the machine busy, so that the figures are worth little."
        })
final class LoadCommand implements Callable<Integer> {
    static final int FAILED = 1;
    static final int DISTURBED = 3;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything is called
    private CommandSpec spec;

    @Mixin
    private ServerOptions server = new ServerOptions();

    @Option(
            names = "--modes",
            paramLabel = "MODE",
            split = ",",
            defaultValue = "closed,open,sign-in,idle",
            description = "Default: ${DEFAULT-VALUE}.")
    private List<String> modes = List.of();

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "3", description = "Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            defaultValue = "20",
            description = "Before the first round of each mode. Default: ${DEFAULT-VALUE}.")
    private int warmUp;

    @Option(
            names = "--seconds",
            paramLabel = "SECONDS",
            defaultValue = "20",
            description = "How long a round of closed or open takes. Default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--pairs",
            paramLabel = "N",
            defaultValue = "64",
            description = "closed: pairs that invite at once. Default: ${DEFAULT-VALUE}.")
    private int pairs;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "200",
            description = "open: invitations per second. Default: ${DEFAULT-VALUE}.")
    private double rate;

    @Option(
            names = "--open-pairs",
            paramLabel = "N",
            defaultValue = "200",
            description = "open: pairs that take turns. Default: ${DEFAULT-VALUE}.")
    private int openPairs;

    @Option(
            names = "--sign-ins",
            paramLabel = "N",
            defaultValue = "2000",
            description = "sign-in: users of a round. Default: ${DEFAULT-VALUE}.")
    private int signIns;

    @Option(
            names = "--at-once",
            paramLabel = "N",
            defaultValue = "32",
            description = "How many sign in at once. Default: ${DEFAULT-VALUE}.")
    private int atOnce;

    @Option(
            names = "--idle-users",
            paramLabel = "N",
            split = ",",
            defaultValue = "2000,10000",
            description = "idle: how many are signed in when memory is looked at, rising. Default: ${DEFAULT-VALUE}.")
    private List<Integer> idleUsers = List.of();

    @Option(
            names = "--settle",
            paramLabel = "SECONDS",
            defaultValue = "6",
            description = "idle: rest before memory is looked at. Default: ${DEFAULT-VALUE}.")
    private int settle;

    @Option(
            names = "--patience",
            paramLabel = "SECONDS",
            defaultValue = "15",
            description = "How long an answer may take. Default: ${DEFAULT-VALUE}.")
    private int patience;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "1",
            description = "Threads of the generator. Default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(names = "--json", description = "Print JSON instead of tables.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        Plan plan = plan();
        ServerProcess process = server.process();
        List<User> users = server.users();
        List<Mode> chosen = modes(process, plan, users);
        PrintWriter err = spec.commandLine().getErr();
        Bench bench = new Bench(server.server(), process, users, plan, what -> {
            err.println(what);
            err.flush();
        });
        JsonArray all = new JsonArray();
        boolean disturbed = false;
        for (Mode mode : chosen) {
            Outcome outcome;
            try {
                outcome = bench.measure(mode);
            } catch (ServerFault e) {
                err.println("load: " + mode.wireName() + ": " + e.getMessage());
                return FAILED;
            }
            disturbed |= outcome.isDisturbed();
            all.add(Report.json(outcome));
            if (!json) {
                print("\n" + Report.table(outcome));
            }
        }
        if (json) {
            print(new GsonBuilder()
                    .setPrettyPrinting()
                    .disableHtmlEscaping()
                    .create()
                    .toJson(all));
        }
        return disturbed ? DISTURBED : 0;
    }

    private void print(String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(text);
        out.flush();
    }

    private Plan plan() {
        positive("--rounds", rounds);
        positive("--seconds", seconds);
        positive("--pairs", pairs);
        positive("--open-pairs", openPairs);
        positive("--rate", rate);
        positive("--sign-ins", signIns);
        positive("--at-once", atOnce);
        positive("--patience", patience);
        positive("--threads", threads);
        idleUsers.forEach(users -> positive("--idle-users", users));
        return new Plan(
                pairs,
                openPairs,
                rate,
                Duration.ofSeconds(Math.max(0, warmUp)),
                Duration.ofSeconds(seconds),
                rounds,
                signIns,
                atOnce,
                idleUsers.stream().sorted().distinct().toList(),
                Duration.ofSeconds(Math.max(0, settle)),
                Duration.ofSeconds(patience),
                threads);
    }

    private void positive(String option, double value) {
        if (!(value > 0)) {
            throw new ParameterException(spec.commandLine(), option + " must be more than 0");
        }
    }

    private List<Mode> modes(ServerProcess process, Plan plan, List<User> users) {
        List<Mode> chosen = new ArrayList<>();
        for (String name : modes) {
            try {
                chosen.add(Mode.of(name));
            } catch (IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), "--modes: " + e.getMessage());
            }
        }
        for (Mode mode : chosen) {
            int needed = Bench.needs(mode, plan);
            if (needed > users.size()) {
                throw new ParameterException(
                        spec.commandLine(),
                        mode.wireName() + " needs " + needed + " users, the file has " + users.size());
            }
        }
        if (!process.knowsServer() && chosen.remove(Mode.IDLE)) {
            spec.commandLine()
                    .getErr()
                    .println("load: idle is left out: without --pids or --start there is no memory to see");
        }
        if (!process.isFresh()) {
            // What the other modes leave behind in memory would be taken for that of idle users.
            chosen.sort(Comparator.comparing(mode -> mode != Mode.IDLE));
        }
        return chosen;
    }
}
