package dev.beckon.session;

import static dev.beckon.session.Device.BOARD;
import static dev.beckon.session.Device.CHESS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.Application;
import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionException;
import dev.beckon.SessionState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Alice with one device, Bob with two, and a network that loses, doubles, delays and reorders, with connections that drop
 * and applications that end; at the end nothing may be left, and nobody may have been told anything twice or out of order.
 * {@code -Dchaos.seed=N} runs one seed again.
 */
class ChaosTest {
    private static final int RUNS = Integer.getInteger("chaos.runs", 1500);
    /** ping + iq time-out + outage + retry, and some for what is under way. */
    private static final Duration DISAGREEMENT = Duration.ofSeconds(30 + 15 + 60 + 30);

    @Test
    void whateverHappensBothSidesComeToAnEnd() {
        Long chosen = Long.getLong("chaos.seed");
        long first = chosen != null ? chosen : System.nanoTime();
        Set<String> reached = new TreeSet<>();
        int runs = chosen != null ? 1 : RUNS;
        for (int i = 0; i < runs; i++) {
            long seed = first + i;
            try {
                new Run(seed, reached).go();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("again with -Dchaos.seed=" + seed, e);
            }
        }
        if (chosen == null) {
            // Else this would prove nothing.
            assertThat(reached)
                    .contains(
                            "from CONNECTED",
                            "terminated SR_INVITATION_DECLINED",
                            "terminated SR_SESSION_CANCELLED_LOCAL",
                            "terminated SR_SESSION_CANCELLED_REMOTE",
                            "terminated SR_SESSION_TIMEOUT",
                            "terminated SR_CONNECTION_FAILURE",
                            "terminated SR_APPLICATION_LAUNCH_FAILED",
                            "terminated SR_CANCEL_BEFORE_CONNECT",
                            "terminated SR_INVITATION_SEND_FAILURE",
                            "not present",
                            "send error");
        }
    }

    private static final class Run {
        private final Random random;
        private final TurnedScheduler clock = new TurnedScheduler();
        private final Network network = new Network(clock);
        private final List<Device> devices = new ArrayList<>();
        private final List<Device.App> apps = new ArrayList<>();
        private final Set<Device.Programs.Started> attached = new HashSet<>();
        private final Map<String, Duration> alone = new HashMap<>();
        private final Set<String> reached;
        private int resource;

        Run(long seed, Set<String> reached) {
            this.reached = reached;
            random = new Random(seed);
            network.random = random;
            network.carbons = random.nextInt(4) > 0;
            devices.add(new Device(network, "alice@a.example", "desk", "192.0.2.1"));
            devices.add(new Device(network, "bob@b.example", "desk", "192.0.2.2"));
            devices.add(new Device(network, "bob@b.example", "phone", "192.0.2.3"));
            for (Device device : devices) {
                device.knows("alice@a.example").knows("bob@b.example").with(BOARD, "Board");
            }
            devices.get(0).with(CHESS, "Chess");
            devices.get(1).with(CHESS, "Chess");
            int losing = random.nextInt(3) * 8;
            int delaying = random.nextInt(3) * 20;
            int doubling = random.nextInt(3) * 10;
            network.fate = passing -> {
                List<Duration> arrivals = new ArrayList<>();
                if (random.nextInt(100) >= losing) {
                    arrivals.add(delay(delaying));
                }
                if (random.nextInt(100) < doubling) {
                    arrivals.add(delay(delaying));
                }
                return arrivals;
            };
        }

        private Duration delay(int percent) {
            return random.nextInt(100) < percent ? Duration.ofMillis(random.nextInt(4000)) : Duration.ZERO;
        }

        void go() {
            for (int step = 0; step < 25; step++) {
                act();
                watch(Duration.ofMillis(random.nextInt(random.nextBoolean() ? 500 : 12_000)));
            }
            end();
            devices.forEach(this::check);
        }

        /** The network heals, whoever is still connected is ended by its user, and time passes. */
        private void end() {
            network.fate = passing -> List.of(Duration.ZERO);
            for (Device device : devices) {
                if (!device.line.online && random.nextBoolean()) {
                    device.line.signIn();
                }
            }
            watch(Duration.ofMinutes(3));
            for (Device device : devices) {
                for (Session session : device.window.sessions()) {
                    attempt(() -> session.cancel(ResultCode.S_OK, null));
                }
            }
            watch(Duration.ofMinutes(16));
            apps.forEach(app -> app.messenger.close());
            clock.settle();
        }

        private void act() {
            Device device = devices.get(random.nextInt(3));
            boolean alice = device == devices.get(0);
            switch (random.nextInt(16)) {
                case 0, 1, 2 -> attempt(() -> invite(device, alice ? "bob@b.example" : "alice@a.example"));
                case 3, 4, 5 -> pick(device.toAnswer, s -> s.accept("yes"));
                case 6 -> pick(device.toAnswer, s -> s.decline("no"));
                case 7 -> pick(device.seen, s -> s.cancel(ResultCode.S_OK, "enough"));
                case 8, 9, 10 -> attach(device);
                case 11 -> pick(device.seen, s -> s.sendContextData("c" + random.nextInt(1000)));
                case 12 -> exit(device);
                case 13 -> {
                    if (device.line.online) {
                        device.line.drop();
                    } else if (random.nextInt(5) > 0) {
                        device.line.signIn();
                    } else {
                        device.line.signInAs(new Jid(device.line.jid.bare(), "r" + resource++));
                    }
                }
                case 14 -> attempt(() -> device.registry.register(new Application(CHESS, "Chess", "", "/opt/chess")));
                default -> {
                    if (!device.line.online) {
                        device.line.signIn();
                    }
                }
            }
            clock.settle();
        }

        private void invite(Device device, String bare) {
            String guid = random.nextInt(3) == 0 ? CHESS : BOARD;
            if (random.nextBoolean()) {
                device.window.invite(device.contact(bare), guid, "come");
            } else {
                Device.App app = device.app(50 + apps.size(), guid, null);
                app.handles = random.nextBoolean();
                apps.add(app);
                app.invites(bare, guid, "come");
            }
        }

        private void attach(Device device) {
            for (Device.Programs.Started started : device.launcher.started) {
                if (attached.add(started)) {
                    Device.App app = device.app(started.pid, null, started.sessionId);
                    apps.add(app);
                    attempt(() -> {
                        app.session = app.messenger.sessionManager().getLaunchingSession(started.pid);
                        app.session.addListener(app.heard);
                    });
                    return;
                }
            }
        }

        private void exit(Device device) {
            if (random.nextBoolean() && !device.launcher.started.isEmpty()) {
                var all = device.launcher.started;
                all.get(random.nextInt(all.size())).process.exited(1);
            } else if (!apps.isEmpty()) {
                apps.get(random.nextInt(apps.size())).messenger.close();
            }
        }

        private void pick(List<Session> sessions, java.util.function.Consumer<Session> call) {
            if (!sessions.isEmpty()) {
                Session session = sessions.get(Math.max(0, sessions.size() - 1 - random.nextInt(3)));
                attempt(() -> call.accept(session));
            }
        }

        private static void attempt(Runnable call) {
            try {
                call.run();
            } catch (SessionException expected) {
                // A user may try what the state does not allow.
            }
        }

        // ---- what must hold

        /** Lets time pass, and sees that nobody goes on alone for longer than it takes to notice. */
        private void watch(Duration time) {
            Duration step = Duration.ofSeconds(5);
            for (Duration left = time; !left.isNegative() && !left.isZero(); left = left.minus(step)) {
                Duration now = left.compareTo(step) < 0 ? left : step;
                clock.pass(now);
                for (Device device : devices) {
                    for (LiveSession session : device.engine.sessions.living()) {
                        watch(device, session, now);
                    }
                }
            }
        }

        private void watch(Device device, LiveSession session, Duration passed) {
            SessionState state = session.machine.state();
            String key = device.address + session.id();
            boolean live = state == SessionState.CONNECTED || state == SessionState.ACCEPTED;
            if (!live || others(device, session).contains(true)) {
                alone.remove(key);
                return;
            }
            Duration so = alone.merge(key, passed, Duration::plus);
            if (so.compareTo(DISAGREEMENT) > 0) {
                throw new AssertionError(device.line.jid + " is " + state + " alone for " + so);
            }
        }

        /** Whether the other side still lives, one answer for each device that knows the session. */
        private Set<Boolean> others(Device device, LiveSession session) {
            Set<Boolean> lives = new HashSet<>();
            for (Device other : devices) {
                if (!other.line.jid.bare().equals(device.line.jid.bare())) {
                    LiveSession there = other.engine.sessions.find(session.machine.sid());
                    lives.add(there != null && !there.machine.state().isFinal());
                }
            }
            return lives;
        }

        private void check(Device device) {
            for (LiveSession session : device.engine.sessions.living()) {
                throw new AssertionError(
                        device.line.jid + " still has " + session.id() + " in " + session.machine.state());
            }
            require(device.paths.open == 0, device.line.jid + " has a path open");
            for (Session session : device.seen) {
                heard(device, session.state(), device.heardOf(session));
            }
            for (Device.App app : apps) {
                if (app.device == device) {
                    app.heard.bySession.values().forEach(Run::once);
                }
            }
            require(clock.open() == 0, clock.open() + " timers are left");
        }

        private void heard(Device device, SessionState state, Device.Heard heard) {
            heard.forEach(
                    e -> reached.add(String.join(" ", List.of(e.split(" ")).subList(0, 2))));
            require(state.isFinal(), device.line.jid + " is left in " + state);
            once(heard);
            require(!heard.isEmpty() && heard.get(heard.size() - 1).startsWith("terminated"), "no end: " + heard);
            if (heard.contains("from CONNECTED")) {
                require(state == SessionState.TERMINATED, "connected once, and " + state);
            }
        }

        /** Each at most once, the termination last, a change of state before what it brings. */
        private static void once(List<String> heard) {
            Set<String> seen = new LinkedHashSet<>();
            boolean over = false;
            for (String event : heard) {
                require(!over, "something after the end: " + heard);
                String name = event.startsWith("from ") ? event : event.split(" ")[0];
                if (!name.equals("context") && !name.equals("send")) {
                    require(seen.add(name), name + " twice: " + heard);
                }
                if (name.equals("accepted") || name.equals("declined")) {
                    require(seen.contains("from INVITATION"), "out of order: " + heard);
                }
                over = name.equals("terminated");
            }
        }

        private static void require(boolean holds, String otherwise) {
            if (!holds) {
                throw new AssertionError(otherwise);
            }
        }
    }
}
