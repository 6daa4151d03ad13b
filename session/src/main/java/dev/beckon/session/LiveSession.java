package dev.beckon.session;

import dev.beckon.Application;
import dev.beckon.MessengerListener;
import dev.beckon.SessionException;
import dev.beckon.SessionState;
import dev.beckon.SessionStep;
import dev.beckon.session.Event.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A session as the engine has it: feeds its {@link SessionMachine} one event after another and does what it says. On the
 * engine's thread only.
 */
final class LiveSession {
    private static final System.Logger LOG = System.getLogger(LiveSession.class.getName());

    final SessionMachine machine;
    final Ownership ownership;
    final Progress progress = new Progress();
    private final Engine engine;
    private final Map<Clock, Scheduler.Timer> timers = new EnumMap<>(Clock.class);
    private final Deque<Event> events = new ArrayDeque<>();
    private boolean busy;
    private @Nullable Application chosen;
    private @Nullable Path path;
    private Carrier.@Nullable Reply reply;

    LiveSession(Engine engine, SessionMachine machine) {
        this.engine = engine;
        this.machine = machine;
        this.ownership = new Ownership(engine, this);
    }

    /**
     * Takes an event, and those that follow from it.
     *
     * @throws SessionException where the event is a call and the state does not allow it
     */
    void handle(Event event) {
        if (busy) {
            events.add(event);
            return;
        }
        busy = true;
        try {
            machine.on(event).forEach(this::perform);
            for (Event next = events.poll(); next != null; next = events.poll()) {
                follow(next);
            }
        } finally {
            busy = false;
            events.clear();
        }
    }

    /** A call that follows from an event (accepting unasked) may fail; nobody made it. */
    private void follow(Event next) {
        try {
            machine.on(next).forEach(this::perform);
        } catch (SessionException e) {
            LOG.log(
                    System.Logger.Level.DEBUG,
                    "{0}: {1} not possible: {2}",
                    id(),
                    next.getClass().getSimpleName(),
                    e.getMessage());
        }
    }

    /** Takes a signal and answers it. */
    void handle(Jid from, Signal signal, Carrier.Reply to) {
        reply = to;
        try {
            handle(new Event.Received(from, signal));
        } finally {
            if (reply != null) {
                reply = null;
                to.refuse("internal-server-error", "the signal could not be handled");
            }
        }
    }

    private void perform(Effect effect) {
        try {
            attempt(effect);
        } catch (RuntimeException e) {
            // One failing port must not leave the rest undone.
            LOG.log(
                    System.Logger.Level.ERROR,
                    id() + ": failed to do " + effect.getClass().getSimpleName(),
                    e);
        }
    }

    private void attempt(Effect effect) {
        if (effect instanceof Effect.Send e) {
            send(e.to(), e.signal());
        } else if (effect instanceof Effect.TellOwnDevices e) {
            tellOwnDevices(e.signal());
        } else if (effect instanceof Effect.Ack) {
            answer().ack();
        } else if (effect instanceof Effect.Refuse e) {
            answer().refuse(e.condition(), e.text());
        } else if (effect instanceof Effect.Start e) {
            start(e);
        } else if (effect instanceof Effect.Stop e) {
            stop(e.clock());
        } else if (effect instanceof Effect.Fire e) {
            fire(e.happening());
        } else if (effect instanceof Effect.Note e) {
            reach(e.step());
        } else if (effect instanceof Effect.Learn e) {
            learn(e.present());
        } else if (effect instanceof Effect.Announce) {
            engine.clients().forEach(c -> c.tellWindows(this, MessengerListener::onSession));
        } else if (effect instanceof Effect.Ask) {
            ownership.ask();
        } else if (effect instanceof Effect.AskWindows) {
            ownership.askWindows();
        } else if (effect instanceof Effect.FindOwner) {
            ownership.find();
        } else if (effect instanceof Effect.Launch) {
            launch();
        } else if (effect instanceof Effect.OpenDownloadPage) {
            openDownloadPage();
        } else if (effect instanceof Effect.OpenPath e) {
            openPath(e.transport());
        } else if (effect instanceof Effect.TellPath e) {
            tellPath(e.remote());
        } else if (effect instanceof Effect.Rename e) {
            engine.sessions.rename(this, e.formerSid());
        } else if (effect instanceof Effect.NoteMissed e) {
            noteMissed(e.reason());
        } else if (effect instanceof Effect.End) {
            release();
            engine.sessions.ended(this);
        } else if (effect instanceof Effect.Discard) {
            release();
            engine.sessions.discard(this);
        }
    }

    private Carrier.Reply answer() {
        Carrier.Reply to = reply;
        reply = null;
        return to == null ? SILENCE : to;
    }

    private static final Carrier.Reply SILENCE = new Carrier.Reply() {
        @Override
        public void ack() {}

        @Override
        public void refuse(String condition, String text) {}
    };

    private void send(Jid to, Signal signal) {
        Carrier.Receipt receipt = new Carrier.Receipt() {
            @Override
            public void delivered() {
                engine.run(() -> handle(new Event.Delivered(signal)));
            }

            @Override
            public void failed(Carrier.Failure failure) {
                engine.run(() -> handle(new Event.Failed(signal, failure)));
            }
        };
        try {
            engine.ports.carrier().send(to, signal, receipt);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, id() + ": the carrier failed", e);
            receipt.failed(new Carrier.Failure(Carrier.Failure.OFFLINE, null));
        }
    }

    /** Where the service has no carbons, one's other devices would go on ringing. */
    private void tellOwnDevices(Signal signal) {
        Jid self = engine.self();
        if (self != null && !engine.hasCarbons()) {
            engine.ports.carrier().send(Jid.bare(self.bare()), signal, Engine.UNHEARD);
        }
    }

    private void start(Effect.Start start) {
        stop(start.clock());
        Clock clock = start.clock();
        Scheduler.Timer[] own = new Scheduler.Timer[1];
        own[0] = engine.schedule(start.after(), () -> {
            // A timer that ran out while it was being replaced has nothing to say.
            if (timers.get(clock) == own[0]) {
                timers.remove(clock);
                handle(new Event.Elapsed(clock));
            }
        });
        timers.put(clock, own[0]);
        if (clock == Clock.LIFE) {
            progress.expires(engine.now().plus(start.after()));
        }
    }

    private void stop(Clock clock) {
        Scheduler.Timer timer = timers.remove(clock);
        if (timer != null) {
            timer.cancel();
        }
    }

    private void learn(boolean present) {
        String bare = machine.peer().bare();
        if (engine.installations.learn(bare, guid(), present)) {
            engine.book.changed(bare);
        }
    }

    private void reach(SessionStep step) {
        if (progress.reach(step, engine.now())) {
            engine.clients().forEach(c -> c.tellWindows(this, (l, s) -> l.onSessionStep(s, step)));
        }
    }

    private void fire(Happening happening) {
        if (happening instanceof Happening.Termination end) {
            progress.ended(end.code());
            reach(SessionStep.ENDED);
        }
        ownership.keep(happening);
        for (ClientMessenger client : engine.clients()) {
            client.deliver(this, happening);
        }
    }

    private void launch() {
        try {
            ownership.launch();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, id() + ": the launcher failed", e);
            handle(new Event.LaunchFailed("the launcher failed: " + e.getMessage()));
        }
    }

    /** docs/wire.md, Text: https, and http only by policy. */
    private void openDownloadPage() {
        String url = applicationUrl().toLowerCase(Locale.ROOT);
        boolean allowed = url.startsWith("https://")
                || (url.startsWith("http://") && engine.ports.policy().plainHttp());
        if (allowed) {
            engine.ports.launcher().openDownloadPage(applicationUrl());
        }
    }

    private void openPath(@Nullable String transport) {
        Path.Factory factory = engine.ports.paths();
        try {
            Path opened = factory.open(
                    transport == null ? Signal.Endpoint.ADDRESSES : transport,
                    machine.sid(),
                    machine.role() == Call.Role.INVITER);
            path = opened;
            opened.prepare(machine.negotiation.chosenAddress(), new Path.Events() {
                @Override
                public void ready(Signal.Endpoint local) {
                    from(opened, new Event.PathReady(local));
                }

                @Override
                public void connected(String remoteAddress) {
                    from(opened, new Event.PathConnected(remoteAddress));
                }

                @Override
                public void failed(String problem) {
                    from(opened, new Event.PathFailed(problem));
                }
            });
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, id() + ": no path could be opened", e);
            handle(new Event.PathFailed("no path could be opened: " + e.getMessage()));
        }
    }

    /** What a path says counts while it is this session's. */
    private void from(Path said, Event event) {
        engine.run(() -> {
            if (path == said) {
                handle(event);
            }
        });
    }

    private void tellPath(Signal.Endpoint remote) {
        if (path == null) {
            return;
        }
        try {
            path.remote(remote);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, id() + ": the path failed", e);
            handle(new Event.PathFailed("the path failed: " + e.getMessage()));
        }
    }

    private void noteMissed(String reason) {
        Signal.Propose propose = machine.propose();
        if (propose != null) {
            engine.sessions.missed(propose, machine.peer().bare(), reason);
        }
    }

    private void release() {
        timers.values().forEach(Scheduler.Timer::cancel);
        timers.clear();
        Path open = path;
        path = null;
        if (open != null) {
            open.close();
        }
    }

    // ---- what applications read

    void choose(Application application) {
        chosen = application;
    }

    /** The session ID as applications know it. */
    String id() {
        return "{" + machine.sid().toUpperCase(Locale.ROOT) + "}";
    }

    /** GUID of the application; empty before one was chosen. */
    String guid() {
        Signal.Propose propose = machine.propose();
        return propose != null ? propose.guid() : chosen != null ? chosen.guid() : "";
    }

    String applicationName() {
        Signal.Propose propose = machine.propose();
        return propose != null ? propose.name() : chosen != null ? chosen.name() : "";
    }

    String applicationUrl() {
        Signal.Propose propose = machine.propose();
        return propose != null ? propose.url() : chosen != null ? chosen.url() : "";
    }

    /** Until when the invitation may be answered; null where there is none open. */
    @Nullable
    Instant expires() {
        return machine.state() == SessionState.INVITATION ? progress.expires() : null;
    }

    String localAddress() {
        String address = machine.negotiation.chosenAddress();
        return address != null ? address : engine.ports.paths().localAddress();
    }

    /** What holds something open: for tests that nothing is left. */
    boolean holdsNothing() {
        return timers.isEmpty() && path == null;
    }
}
