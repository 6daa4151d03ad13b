package dev.beckon.xmpp;

import dev.beckon.Messenger.Connection;
import dev.beckon.Messenger.Connection.State;
import dev.beckon.session.Jid;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jivesoftware.smack.SmackException.NotConnectedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one signed-in stream: opens it, opens it again with growing pauses, notices when it is dead, and says what comes
 * in, in order. All methods but the marked ones are for the serial thread.
 *
 * <pre>
 *   idle ──connect──▶ opening ──bound──▶ settling ──settled──▶ up
 *     ▲                 │  ▲                │                   │
 *     └─name or password wrong│             └──────lost─────────┤
 *                       └──▶ waiting ◀──────────────────────────┘
 * </pre>
 */
final class Link {
    private static final Logger LOG = LoggerFactory.getLogger(Link.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    /** Well below what live sessions outlive ({@code Settings.outage}), so that a restarted service is found in time. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);
    /** A connection that held this long was a good one: the next pause is the first again. */
    private static final Duration STABLE = Duration.ofSeconds(10);
    /** One that did not is no reason to wait long: at most two seconds. */
    private static final int FAILURES_AFTER_SHORT = 2;

    /** Stanzas read and not handled yet; then the reader waits, and with it the service. */
    private static final int MAX_UNHANDLED = 1000;
    /** Stanzas that come before the contact list is there. */
    private static final int MAX_HELD = 256;

    /** What the link tells; on the serial thread. */
    interface Listener {
        /** Bound: ask what must be known before anything else, then call {@code settled}. Presence is not sent yet. */
        void bound(Jid self, Runnable settled);

        /** What was asked is known; stanzas follow. */
        void up(Jid self);

        /** Not up any more; only after {@link #up}. */
        void down(String reason);

        /** A message, a presence or a request (iq get or set), only between up and down. */
        void received(Node stanza, @Nullable Jid from);
    }

    private final XmppConfig config;
    private final String bare;
    private final String resource;
    private final Trust trust;
    private final Serial serial;
    private final Listener listener;
    private final List<Consumer<Connection>> watchers = new CopyOnWriteArrayList<>();
    private final Semaphore room = new Semaphore(MAX_UNHANDLED);
    private final Outbox outbox;

    private volatile Connection connection = new Connection(State.SIGNED_OUT, Instant.now(), "not signed in yet");
    private volatile boolean closed;
    private @Nullable Attempt current;
    private @Nullable Future<?> retry;
    private int failures;

    /** One try to have a stream, and what came of it. */
    private static final class Attempt {
        @Nullable
        Stream stream;

        @Nullable
        Thread opener;

        @Nullable
        Jid self;

        final List<Node> held = new ArrayList<>();
        boolean up;
        long upSince;
        volatile long lastHeard;
        boolean over;
    }

    Link(XmppConfig config, String bare, Trust trust, Serial serial, Listener listener) {
        this.config = config;
        this.bare = bare;
        this.trust = trust;
        this.serial = serial;
        this.listener = listener;
        byte[] random = new byte[4];
        new SecureRandom().nextBytes(random);
        this.resource = config.resource() + "." + HexFormat.of().formatHex(random);
        this.outbox =
                new Outbox(serial, bare, config.reply(), this::write, () -> drop("the service stopped answering"));
    }

    /** Where it stands; any thread. */
    Connection connection() {
        return connection;
    }

    /** Hears of every change, on the serial thread; any thread. */
    void watch(Consumer<Connection> watcher) {
        watchers.add(watcher);
    }

    Outbox outbox() {
        return outbox;
    }

    boolean isUp() {
        return current != null && current.up;
    }

    /** This client's full address while bound, else null. */
    @Nullable
    Jid self() {
        return current == null ? null : current.self;
    }

    /** Signs in, now; nothing where that is under way or done. */
    void connect() {
        if (closed || current != null) {
            return;
        }
        if (connection.state() == State.SIGNED_OUT) {
            failures = 0;
        }
        attempt();
    }

    private void attempt() {
        if (closed || current != null) {
            return;
        }
        if (retry != null) {
            retry.cancel(false);
            retry = null;
        }
        if (connection.state() != State.CONNECTING) {
            say(State.CONNECTING, "");
        }
        Attempt attempt = new Attempt();
        current = attempt;
        Thread opener = new Thread(() -> open(attempt), "beckon-xmpp-sign-in");
        opener.setDaemon(true);
        attempt.opener = opener;
        opener.start();
    }

    /** On a thread of its own: name lookup, TCP, TLS and SASL block. */
    private void open(Attempt attempt) {
        long began = System.nanoTime();
        try {
            SmackSetup.done();
            Stream stream = Stream.of(
                    config,
                    bare,
                    resource,
                    trust,
                    stanza -> heard(attempt, stanza),
                    reason -> serial.run(() -> lost(attempt, reason)));
            serial.run(() -> {
                attempt.stream = stream;
                if (attempt.over) {
                    release(attempt);
                }
            });
            stream.open();
            String full = stream.getUser().toString();
            LOG.debug(
                    "Signed in within {} ms",
                    Duration.ofNanos(System.nanoTime() - began).toMillis());
            serial.run(() -> bound(attempt, full));
        } catch (InterruptedException e) {
            serial.run(() -> failed(attempt, "interrupted", false));
        } catch (Exception e) {
            if (e instanceof RuntimeException) {
                LOG.error("Sign-in failed for a reason of its own", e);
            } else {
                LOG.debug("Sign-in failed", e);
            }
            serial.run(() -> failed(attempt, Problem.of(e), Problem.isFinal(e)));
        }
    }

    private void failed(Attempt attempt, String reason, boolean forGood) {
        if (attempt != current) {
            return;
        }
        if (!forGood) {
            lost(attempt, reason);
            return;
        }
        attempt.over = true;
        current = null;
        release(attempt);
        LOG.warn("{} is signed out: {}", bare, reason);
        say(State.SIGNED_OUT, reason);
    }

    private void bound(Attempt attempt, String full) {
        if (attempt != current || attempt.over) {
            return;
        }
        Jid self = Objects.requireNonNull(Jids.parse(full), "the service bound an address");
        if (!self.bare().equals(bare)) {
            // RFC 6120 §7.6: the service may choose another address; then nothing that is compared with ours would fit.
            lost(attempt, "the service signed in " + self.bare() + " instead of " + bare);
            return;
        }
        attempt.self = self;
        attempt.lastHeard = System.nanoTime();
        outbox.open();
        listener.bound(self, () -> settled(attempt));
        serial.later(config.idle().dividedBy(3), () -> watchOver(attempt));
    }

    private void settled(Attempt attempt) {
        Jid self = attempt.self;
        if (attempt != current || attempt.up || self == null) {
            return;
        }
        attempt.up = true;
        attempt.upSince = System.nanoTime();
        LOG.info("Signed in as {}", self);
        listener.up(self);
        say(State.SIGNED_IN, "");
        List<Node> held = List.copyOf(attempt.held);
        attempt.held.clear();
        held.forEach(stanza -> listener.received(stanza, Jids.parse(stanza.attribute("from"))));
    }

    // RFC 6120 §4.6.1: a connection may be dead without saying so; XEP-0199 asks.
    private void watchOver(Attempt attempt) {
        if (attempt != current || closed) {
            return;
        }
        if (System.nanoTime() - attempt.lastHeard >= config.idle().toNanos()) {
            outbox.ping();
        }
        serial.later(config.idle().dividedBy(3), () -> watchOver(attempt));
    }

    /** On the reader's thread. */
    private void heard(Attempt attempt, Node stanza) {
        attempt.lastHeard = System.nanoTime();
        try {
            while (!room.tryAcquire(1, TimeUnit.SECONDS)) {
                if (closed) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        serial.run(() -> {
            room.release();
            handle(attempt, stanza);
        });
    }

    private void handle(Attempt attempt, Node stanza) {
        if (attempt != current || attempt.over) {
            return;
        }
        @Nullable Jid from = Jids.parse(stanza.attribute("from"));
        if (stanza.attribute("from") != null && from == null) {
            return; // RFC 6120 §8.1.2.2: the service stamps addresses; this is none
        }
        if (stanza.name().equals("iq") && outbox.isAnswer(stanza)) {
            outbox.answered(stanza, from, attempt.self);
        } else if (attempt.up) {
            listener.received(stanza, from);
        } else if (attempt.held.size() < MAX_HELD) {
            attempt.held.add(stanza);
        }
    }

    /** Gives the stream up and tries anew. */
    void drop(String reason) {
        if (current != null) {
            lost(current, reason);
        }
    }

    private void lost(Attempt attempt, String reason) {
        attempt.over = true;
        if (attempt != current) {
            return;
        }
        current = null;
        release(attempt);
        outbox.close();
        boolean wasUp = attempt.up;
        if (wasUp) {
            LOG.info("{} is offline: {}", bare, reason);
            boolean stable = System.nanoTime() - attempt.upSince >= STABLE.toNanos();
            failures = stable ? 0 : Math.min(failures, FAILURES_AFTER_SHORT);
            listener.down(reason);
        }
        if (closed) {
            return;
        }
        say(State.CONNECTING, reason);
        retry = serial.later(pause(failures++), this::attempt);
    }

    /** Doubles from half a second to twenty; half of it by chance, so that clients of a restarted service spread. */
    static Duration pause(int failures) {
        long longest = Math.min(FIRST_PAUSE.toMillis() << Math.min(failures, 20), LONGEST_PAUSE.toMillis());
        return Duration.ofMillis(longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2 + 1));
    }

    private boolean write(Node stanza) {
        Attempt attempt = current;
        if (attempt == null || attempt.stream == null || attempt.self == null) {
            return false;
        }
        try {
            attempt.stream.write(stanza);
            return true;
        } catch (NotConnectedException e) {
            return false;
        }
    }

    private void say(State state, String reason) {
        Connection before = connection;
        Instant since = before.state() == state ? before.since() : Instant.now();
        connection = new Connection(state, since, reason);
        if (!connection.equals(before)) {
            watchers.forEach(watcher -> watcher.accept(connection));
        }
    }

    /** Ends a stream that is of no use any more; shutting down waits for threads, so elsewhere. */
    private static void release(Attempt attempt) {
        Stream stream = attempt.stream;
        if (attempt.opener != null) {
            attempt.opener.interrupt();
        }
        if (stream != null) {
            background(stream::abandon);
        }
    }

    private static Thread background(Runnable task) {
        Thread thread = new Thread(task, "beckon-xmpp-end");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /**
     * Signs out, for good.
     *
     * @return a thread that ends once the service has answered, or the patience is over; null where nothing was open
     */
    @Nullable
    Thread close(Duration patience) {
        closed = true;
        Attempt attempt = current;
        current = null;
        if (retry != null) {
            retry.cancel(false);
        }
        Thread end = null;
        if (attempt != null) {
            Stream stream = attempt.stream;
            if (attempt.self != null && stream != null) {
                end = background(() -> {
                    try {
                        stream.write(Node.of("presence", Names.CLIENT).with("type", "unavailable"));
                    } catch (NotConnectedException e) {
                        // offline already
                    }
                    stream.end(patience);
                });
            } else {
                release(attempt);
            }
            attempt.over = true;
            outbox.close();
            if (attempt.up) {
                listener.down("signed out");
            }
        }
        say(State.SIGNED_OUT, "signed out");
        return end;
    }
}
