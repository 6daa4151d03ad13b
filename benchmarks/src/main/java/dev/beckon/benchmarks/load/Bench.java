package dev.beckon.benchmarks.load;

import dev.beckon.benchmarks.load.Outcome.Round;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.HdrHistogram.Histogram;

/** Measures a server, mode by mode. */
final class Bench {
    /** More CPU than this, of one core, spent by others makes a round not worth much. */
    private static final double MOST_OTHER_PERCENT = 8;

    /** From here on a thread of the generator has nothing to spare. */
    private static final double GENERATOR_FULL_PERCENT = 90;

    /** From here on the cores have nothing to spare. */
    private static final double MACHINE_FULL_PERCENT = 95;

    /** How often a round that was disturbed is repeated. */
    private static final int REPEATS = 3;

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final long SEED = 42;

    private final Server server;
    private final ServerProcess process;
    private final List<User> users;
    private final Plan plan;
    private final Progress progress;
    private final SignIns.Recipe recipe = SignIns.Recipe.simple();

    /** Says, for people, what is being done. */
    interface Progress {
        void say(String what);
    }

    Bench(Server server, ServerProcess process, List<User> users, Plan plan, Progress progress) {
        this.server = server;
        this.process = process;
        this.users = users;
        this.plan = plan;
        this.progress = progress;
    }

    /** How many users a mode needs. */
    static int needs(Mode mode, Plan plan) {
        return switch (mode) {
            case CLOSED -> 2 * plan.pairs();
            case OPEN -> 2 * plan.openPairs();
            case SIGN_IN -> plan.signIns();
            case IDLE ->
                plan.idleSteps().stream().mapToInt(Integer::intValue).max().orElse(0);
        };
    }

    Outcome measure(Mode mode) throws ServerFault, InterruptedException {
        return switch (mode) {
            case CLOSED -> closed();
            case OPEN -> open();
            case SIGN_IN -> signIns();
            case IDLE -> new IdleMode(server, process, users, plan, recipe, progress).measure();
        };
    }

    // ---- invitations ----

    private Outcome closed() throws ServerFault, InterruptedException {
        Outcome outcome = new Outcome("closed", "As fast as it goes: " + plan.pairs() + " pairs in flight");
        return invitations(outcome, plan.pairs(), ClosedLoop::new);
    }

    private Outcome open() throws ServerFault, InterruptedException {
        Outcome outcome = new Outcome(
                "open",
                Math.round(plan.rate()) + " invitations/s, arriving at random, over " + plan.openPairs() + " pairs");
        List<OpenLoop> loops = new ArrayList<>();
        return invitations(outcome, plan.openPairs(), (faults, lane) -> {
            OpenLoop loop = new OpenLoop(faults, lane.loop(), plan.rate() / plan.threads(), SEED + loops.size());
            loops.add(loop);
            return loop;
        });
    }

    private interface TrafficMaker {
        Traffic make(Faults faults, Lane lane);
    }

    private Outcome invitations(Outcome outcome, int pairs, Function<Faults, Traffic> make)
            throws ServerFault, InterruptedException {
        return invitations(outcome, pairs, (faults, lane) -> make.apply(faults));
    }

    private Outcome invitations(Outcome outcome, int pairs, TrafficMaker make)
            throws ServerFault, InterruptedException {
        Processes processes = process.start();
        try (Lanes lanes = new Lanes(plan.threads())) {
            SignIns signIns = new SignIns(server, lanes, recipe, plan.atOnce(), plan.patience());
            progress.say(outcome.mode() + ": signing " + 2 * pairs + " users in");
            List<Client> clients = signIns.all(users.subList(0, 2 * pairs));
            Faults faults = new Faults();
            Drive drive = new Drive(lanes, faults, plan.patience(), lane -> make.make(faults, lane));
            drive.add(clients);
            drive.start();
            progress.say(outcome.mode() + ": warming up for " + plan.warmUp().toSeconds() + " s");
            drive.run(plan.warmUp());
            for (int i = 0; i < plan.rounds(); i++) {
                progress.say(outcome.mode() + ": round " + (i + 1) + " of " + plan.rounds());
                outcome.add(undisturbed(() -> invitations(drive, processes, outcome.mode())));
            }
            drive.stop();
            signIns.out(clients);
        } finally {
            process.stop();
        }
        return outcome;
    }

    private Round invitations(Drive drive, Processes processes, String mode) throws ServerFault, InterruptedException {
        drive.take();
        Usage before = Usage.sample(processes);
        drive.run(plan.window());
        Usage usage = Usage.sample(processes).since(before);
        Tally tally = drive.take();
        if (tally.invitations == 0) {
            throw new ServerFault(
                    "no invitation was finished within " + plan.window().toSeconds() + " s");
        }
        Round round = new Round()
                .put(Measure.INVITATIONS_PER_SECOND, tally.invitations / usage.seconds())
                .put(Measure.GENERATOR_MICROS_PER_INVITATION, usage.generator() / tally.invitations);
        if (!processes.isEmpty()) {
            round.put(Measure.SERVER_MICROS_PER_INVITATION, usage.server() / tally.invitations)
                    .put(Measure.RESIDENT_MB, processes.residentKilobytes() / 1024.0);
        }
        latencies(round, tally.first, Measure.FIRST_P50_MS, Measure.FIRST_P99_MS, Measure.FIRST_P999_MS);
        latencies(round, tally.whole, Measure.WHOLE_P50_MS, Measure.WHOLE_P99_MS, Measure.WHOLE_P999_MS);
        round.put(Measure.FIRST_MAX_MS, tally.first.getMaxValue() / 1e6);
        if (tally.late.getTotalCount() > 0) {
            round.put(Measure.GENERATOR_LATE_P99_MS, tally.late.getValueAtPercentile(99) / 1e6);
            if (tally.late.getValueAtPercentile(99) > tally.first.getValueAtPercentile(99) / 3) {
                round.note("The generator was late itself: a good part of the latency may be its own.");
            }
        }
        return usage(round, usage, mode.equals("closed") ? "invitations/s" : "");
    }

    private static void latencies(Round round, Histogram nanos, Measure p50, Measure p99, Measure p999) {
        round.put(p50, nanos.getValueAtPercentile(50) / 1e6)
                .put(p99, nanos.getValueAtPercentile(99) / 1e6)
                .put(p999, nanos.getValueAtPercentile(99.9) / 1e6);
    }

    // ---- sign-ins ----

    private Outcome signIns() throws ServerFault, InterruptedException {
        Outcome outcome = new Outcome("sign-in", plan.signIns() + " sign-ins, " + plan.atOnce() + " at a time");
        Processes processes = process.start();
        try (Lanes lanes = new Lanes(plan.threads())) {
            SignIns signIns = new SignIns(server, lanes, recipe, plan.atOnce(), plan.patience());
            List<User> some = users.subList(0, plan.signIns());
            // At least twice: the first time the generator derives keys from passwords, as a client does once in its
            // life.
            long warm = System.nanoTime() + plan.warmUp().toNanos();
            for (int i = 0; i < 2 || System.nanoTime() - warm < 0; i++) {
                progress.say("sign-in: warming up, time " + (i + 1));
                signIns.out(signIns.all(some));
            }
            for (int i = 0; i < plan.rounds(); i++) {
                progress.say("sign-in: round " + (i + 1) + " of " + plan.rounds());
                outcome.add(undisturbed(() -> signIns(signIns, some, processes)));
            }
        } finally {
            process.stop();
        }
        return outcome;
    }

    private Round signIns(SignIns signIns, List<User> some, Processes processes)
            throws ServerFault, InterruptedException {
        quiet(processes);
        Usage before = Usage.sample(processes);
        List<Client> clients = signIns.all(some);
        Usage usage = Usage.sample(processes).since(before);
        Histogram took = Tally.histogram();
        clients.forEach(client -> Tally.record(took, client.took()));
        signIns.out(clients);
        Round round = new Round()
                .put(Measure.SIGN_INS_PER_SECOND, some.size() / usage.seconds())
                .put(Measure.GENERATOR_MS_PER_SIGN_IN, usage.generator() / 1000 / some.size())
                .put(Measure.SIGN_IN_P50_MS, took.getValueAtPercentile(50) / 1e6)
                .put(Measure.SIGN_IN_P99_MS, took.getValueAtPercentile(99) / 1e6);
        if (!processes.isEmpty()) {
            round.put(Measure.SERVER_MS_PER_SIGN_IN, usage.server() / 1000 / some.size());
        }
        return usage(round, usage, "sign-ins/s");
    }

    /** Waits until the server has nothing to do any more: what it still tidies up belongs to the round before. */
    private static void quiet(Processes processes) throws InterruptedException {
        for (int i = 0; i < 20; i++) {
            double before = processes.cpu();
            Thread.sleep(250);
            if (processes.cpu() - before <= 10_000) {
                return;
            }
        }
    }

    // ---- judging ----

    private interface Attempt {
        Round run() throws ServerFault, InterruptedException;
    }

    /** The round, repeated while something else keeps the machine busy; the least disturbed one in the end. */
    private Round undisturbed(Attempt attempt) throws ServerFault, InterruptedException {
        Round best = attempt.run();
        for (int i = 0; i < REPEATS && other(best) > MOST_OTHER_PERCENT; i++) {
            progress.say("something else uses " + Math.round(other(best)) + " % of a core; once more");
            Thread.sleep(SECOND.toMillis());
            Round again = attempt.run();
            best = other(again) < other(best) ? again : best;
        }
        if (other(best) > MOST_OTHER_PERCENT) {
            best.disturbed();
            best.note("Something else used the machine meanwhile (other CPU): these figures say little of the server.");
        }
        return best;
    }

    private static double other(Round round) {
        return round.of(Measure.OTHER_CPU_PERCENT).orElse(0);
    }

    /** Adds who used the CPU, and whom the result must not be blamed on; {@code most} is what there could be more of. */
    private Round usage(Round round, Usage usage, String most) {
        round.put(Measure.GENERATOR_CPU_PERCENT, usage.generatorPercent());
        boolean generatorFull = usage.generatorPercent() >= GENERATOR_FULL_PERCENT * plan.threads();
        if (generatorFull) {
            round.note("The generator was at its limit" + (most.isEmpty() ? "" : ": the server does more " + most)
                    + ". --threads gives the generator more; CPU time per piece of work is right as it is.");
        }
        if (!process.knowsServer()) {
            round.note("The server's processes are not known here (--pids, --start): its CPU time was not measured.");
            return round;
        }
        round.put(Measure.SERVER_CPU_PERCENT, usage.serverPercent())
                .put(Measure.OTHER_CPU_PERCENT, usage.otherPercent());
        boolean machineFull = usage.machinePercent() > MACHINE_FULL_PERCENT * Processes.cores();
        if (machineFull && !generatorFull && !most.isEmpty()) {
            round.note("The machine was full, and the server shared it with the generator: alone it does more " + most
                    + ".");
        }
        return round;
    }
}
