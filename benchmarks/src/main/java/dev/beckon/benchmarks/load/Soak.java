package dev.beckon.benchmarks.load;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Hours in minutes: half of what the server can bear, with all that goes wrong in a day, and an account of it. */
final class Soak {
    /**
     * How long, and how much of what.
     *
     * @param rate invitations per second; 0: half of what the server does at most, measured first
     * @param silence how long the server may take to give up on who is silent; zero if nobody is to be
     * @param settle how long may pass in the end until all that is on its way has arrived
     */
    record Plan(
            Duration length,
            double rate,
            int pairs,
            int chatters,
            int churners,
            Duration silence,
            Duration settle,
            Duration patience,
            long seed) {
        int users() {
            return 2 * pairs + chatters + churners;
        }
    }

    private static final int SAMPLES = 40;
    private static final int AT_ONCE = 32;
    private static final Duration MEASURE = Duration.ofSeconds(10);

    private final Server server;
    private final Processes processes;
    private final long pid;
    private final List<User> users;
    private final Plan plan;
    private final Bench.Progress progress;

    Soak(Server server, long pid, List<User> users, Plan plan, Bench.Progress progress) {
        this.server = server;
        this.pid = pid;
        this.processes = Processes.of(List.of(pid));
        this.users = users;
        this.plan = plan;
        this.progress = progress;
    }

    /** How it went: what became of the messages, what the server held, and whether that is good. */
    record Outcome(Ledger.Balance balance, String examples, long invitations, List<String> deeds, List<Trend> trends) {
        boolean isGood() {
            return balance.isGood() && trends.stream().noneMatch(Trend::isLeak);
        }

        @Override
        public String toString() {
            StringBuilder text =
                    new StringBuilder("invitations: ").append(invitations).append('\n');
            deeds.forEach(deed -> text.append(deed).append('\n'));
            text.append("messages: ")
                    .append(balance)
                    .append(balance.isGood() ? "" : ": " + examples)
                    .append('\n');
            trends.forEach(trend -> text.append(trend).append('\n'));
            return text.append(isGood() ? "level, and nothing lost" : "NOT GOOD")
                    .toString();
        }
    }

    Outcome run() throws ServerFault, InterruptedException, IOException {
        List<User> paired = users.subList(0, 2 * plan.pairs());
        try (Lanes lanes = new Lanes(1);
                Vitals vitals = Vitals.of(processes, pid)) {
            SignIns signIns = new SignIns(server, lanes, SignIns.Recipe.simple(), AT_ONCE, plan.patience());
            double rate = plan.rate() > 0 ? plan.rate() : half(lanes, signIns, paired);
            progress.say(String.format(
                    Locale.ROOT,
                    "%d s at %.0f invitations/s, %d who write, %d who come and go, seed %d",
                    plan.length().toSeconds(),
                    rate,
                    plan.chatters(),
                    plan.churners(),
                    plan.seed()));
            Crowd crowd = new Crowd(lanes, signIns);
            List<Client> inviting = signIns.all(paired);
            Drive drive = drive(
                    lanes, crowd.faults, inviting, lane -> new OpenLoop(crowd.faults, lane.loop(), rate, plan.seed()));
            crowd.begin();
            watch(drive, vitals, crowd.ledger);
            drive.stop();
            crowd.settle();
            List<String> deeds = crowd.deeds();
            crowd.leave();
            signIns.out(inviting);
            return new Outcome(
                    crowd.ledger.balance(), crowd.ledger.examples(), drive.take().invitations, deeds, vitals.trends());
        }
    }

    /** Those who write, and those who come and go. */
    private final class Crowd {
        final Faults faults = new Faults();
        final Ledger ledger = new Ledger();
        private final Lanes lanes;
        private final List<Chatter> chatters = new ArrayList<>();
        private final List<Churner> churners = new ArrayList<>();

        Crowd(Lanes lanes, SignIns signIns) {
            this.lanes = lanes;
            Lane lane = lanes.of(0);
            int first = 2 * plan.pairs();
            List<User> chatting = users.subList(first, first + plan.chatters());
            Chatter.Circle circle = new Chatter.Circle(
                    new SignIns(server, lanes, SignIns.Recipe.unannounced(), AT_ONCE, plan.patience()),
                    ledger,
                    faults,
                    chatting.stream()
                            .map(user -> user.name() + "@" + server.domain())
                            .toList());
            long seed = plan.seed();
            for (User user : chatting) {
                chatters.add(new Chatter(circle, user, lane, seed++));
            }
            for (User user : users.subList(first + plan.chatters(), plan.users())) {
                churners.add(
                        new Churner(signIns, faults, user, lane, plan.silence().toMillis(), seed++));
            }
        }

        void begin() throws InterruptedException {
            lanes.each(lane -> {
                chatters.forEach(Chatter::begin);
                churners.forEach(Churner::begin);
            });
        }

        /** Waits until what is on its way has arrived. */
        void settle() throws ServerFault, InterruptedException {
            progress.say("settling");
            lanes.each(lane -> {
                churners.forEach(Churner::stop);
                chatters.forEach(Chatter::wrapUp);
            });
            // Who was away is back after some seconds; then everything acknowledged must be there soon.
            faults.await(Chatter.LONGEST_ABSENCE.plusSeconds(2));
            long end = System.nanoTime() + plan.settle().toNanos();
            while (ledger.outstanding() > 0 && System.nanoTime() - end < 0) {
                faults.await(Duration.ofMillis(250));
            }
            faults.check();
        }

        List<String> deeds() throws InterruptedException {
            List<String> deeds = new ArrayList<>();
            lanes.each(lane -> {
                deeds.add(String.format(
                        Locale.ROOT,
                        "who write: %d connections lost and resumed, %d absences, %d times without reading",
                        chatters.stream().mapToLong(Chatter::breaks).sum(),
                        chatters.stream().mapToLong(Chatter::absences).sum(),
                        chatters.stream().mapToLong(Chatter::stalls).sum()));
                deeds.add(String.format(
                        Locale.ROOT,
                        "who come and go: %d visits, %d ended by the server for silence",
                        churners.stream().mapToLong(Churner::visits).sum(),
                        churners.stream().mapToLong(Churner::givenUp).sum()));
            });
            return deeds;
        }

        void leave() throws InterruptedException {
            lanes.each(lane -> chatters.forEach(Chatter::leaveForGood));
        }
    }

    private Drive drive(Lanes lanes, Faults faults, List<Client> clients, Function<Lane, Traffic> make)
            throws InterruptedException {
        Drive drive = new Drive(lanes, faults, plan.patience(), make);
        drive.add(clients);
        drive.start();
        return drive;
    }

    /** Half of what the server can do now. */
    private double half(Lanes lanes, SignIns signIns, List<User> paired) throws ServerFault, InterruptedException {
        progress.say("measuring what the server can do");
        Faults faults = new Faults();
        List<Client> clients = signIns.all(paired);
        Drive drive = drive(lanes, faults, clients, lane -> new ClosedLoop(faults));
        drive.run(MEASURE);
        drive.take();
        drive.run(MEASURE);
        double rate = drive.take().invitations / (double) MEASURE.toSeconds();
        drive.stop();
        signIns.out(clients);
        progress.say(String.format(Locale.ROOT, "it does %.0f invitations/s", rate));
        return Math.max(1, rate / 2);
    }

    private void watch(Drive drive, Vitals vitals, Ledger ledger)
            throws ServerFault, InterruptedException, IOException {
        long start = System.nanoTime();
        long length = plan.length().toNanos();
        long step = Math.max(Duration.ofSeconds(2).toNanos(), length / SAMPLES);
        for (long at = step; at <= length; at += step) {
            drive.run(Duration.ofNanos(Math.max(0, start + at - System.nanoTime())));
            vitals.sample((System.nanoTime() - start) / 1e9);
            progress.say(at / 1_000_000_000 + " s: " + ledger.balance().sent() + " messages, "
                    + processes.residentKilobytes() / 1024 + " MB, " + processes.openFiles() + " files");
        }
    }
}
