package dev.beckon.benchmarks.load;

import dev.beckon.benchmarks.load.Outcome.Round;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What users cost who are signed in and do nothing: the server's resident memory before and after. */
final class IdleMode {
    private static final Duration LOOK = Duration.ofSeconds(5);

    private final Server server;
    private final ServerProcess process;
    private final List<User> users;
    private final Plan plan;
    private final SignIns.Recipe recipe;
    private final Bench.Progress progress;

    IdleMode(
            Server server,
            ServerProcess process,
            List<User> users,
            Plan plan,
            SignIns.Recipe recipe,
            Bench.Progress progress) {
        this.server = server;
        this.process = process;
        this.users = users;
        this.plan = plan;
        this.recipe = recipe;
        this.progress = progress;
    }

    Outcome measure() throws ServerFault, InterruptedException {
        int most = plan.idleSteps().get(plan.idleSteps().size() - 1);
        Outcome outcome = new Outcome("idle", most + " users signed in and idle");
        int rounds = process.isFresh() ? plan.rounds() : 1;
        for (int i = 0; i < rounds; i++) {
            progress.say("idle: round " + (i + 1) + " of " + rounds);
            outcome.add(round());
        }
        if (!process.isFresh()) {
            outcome.note(
                    "Measured once, on the server as it was: memory is told best by a fresh one (--start, --stop).");
        }
        return outcome;
    }

    private Round round() throws ServerFault, InterruptedException {
        Processes processes = process.start();
        Round round = new Round();
        List<Client> clients = new ArrayList<>();
        try (Lanes lanes = new Lanes(plan.threads())) {
            SignIns signIns = new SignIns(server, lanes, recipe, plan.atOnce(), plan.patience());
            Thread.sleep(plan.settle().toMillis());
            double start = processes.residentKilobytes();
            double last = start;
            int lastUsers = 0;
            for (int step : plan.idleSteps()) {
                progress.say("idle: signing in up to " + step + " users");
                clients.addAll(signIns.all(users.subList(clients.size(), step)));
                Thread.sleep(plan.settle().toMillis());
                double now = processes.residentKilobytes();
                if (lastUsers > 0) {
                    round.put(Measure.KB_PER_FURTHER_USER, (now - last) / (step - lastUsers));
                }
                round.put(Measure.KB_PER_IDLE_USER, (now - start) / step).put(Measure.RESIDENT_MB, now / 1024);
                last = now;
                lastUsers = step;
            }
            round.put(Measure.RESIDENT_MB_BEFORE, start / 1024);
            Usage before = Usage.sample(processes);
            Thread.sleep(LOOK.toMillis());
            round.put(
                    Measure.IDLE_CPU_PERCENT,
                    Usage.sample(processes).since(before).serverPercent());
            long gone = clients.stream()
                    .filter(client -> client.connection.isOver())
                    .count();
            if (gone > 0) {
                throw new ServerFault("the server closed the connections of " + gone + " idle users");
            }
            signIns.out(clients);
        } finally {
            process.stop();
        }
        return round;
    }
}
