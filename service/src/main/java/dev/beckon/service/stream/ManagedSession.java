package dev.beckon.service.stream;

import dev.beckon.service.route.Jid;
import dev.beckon.service.route.Session;
import dev.beckon.service.route.Stanza;
import dev.beckon.service.route.StreamError;
import dev.beckon.service.route.StreamError.Condition;
import dev.beckon.service.store.DetachedSessions;
import dev.beckon.service.store.DetachedSessions.Detached;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session whose stanzas are kept until its client acknowledges them, and which outlives its connections (XEP-0198). While a client
 * is connected its counters belong to that stream's event loop; in between what comes is held here, for as long and as much as may be.
 *
 * <p>No stanza gets lost on the way from one stream to the next: a stream that has ended takes none and says so, and who was refused
 * comes here.
 */
final class ManagedSession implements Session.Outlet, Backlog.Pile {
    /** A stanza for the client, and when it came, in milliseconds since 1970. */
    record Kept(Stanza stanza, long at) {
        static Kept now(Stanza stanza) {
            return new Kept(stanza, System.currentTimeMillis());
        }

        /** What it takes to keep it. */
        int cost() {
            return stanza.bytes().length + 256;
        }
    }

    private enum State {
        /** A stream is there. */
        CONNECTED,
        /** None is; what comes is held until one is again, or too long is none. */
        AWAY,
        /** A client has asked to resume and is about to be told. */
        RESUMING,
        /** It is over, and is being taken out of the session table. */
        LEAVING,
        ENDED
    }

    private static final Logger LOG = LoggerFactory.getLogger(ManagedSession.class);

    /** The client is asked to acknowledge after so many stanzas or bytes, else when nothing has come from it for a while. */
    private static final int STANZAS_TO_ASK = 10;

    private static final int BYTES_TO_ASK = 32 * 1024;

    private final ResumableSessions all;
    private final String id;
    private final Session session;
    private final Duration longest;
    private final int limit;
    private final Backlog backlog;
    private final AtomicInteger bytes = new AtomicInteger();

    // Of the event loop of the stream while there is one, handed from one to the next under the lock.
    private final Deque<Kept> unacknowledged = new ArrayDeque<>();
    private int acknowledged;
    private int received;
    private int unaskedStanzas;
    private int unaskedBytes;
    private CompletionStage<?> handled = CompletableFuture.completedFuture(null);

    private volatile @Nullable ClientStream stream;
    private volatile String address;

    // Under the lock.
    private final Deque<Kept> held = new ArrayDeque<>();
    private State state = State.CONNECTED;
    private @Nullable ScheduledFuture<?> lapse;
    private @Nullable StreamError doom;

    /** {@code longest} is how long it may be without a client; zero if it cannot be resumed. */
    ManagedSession(
            ResumableSessions all,
            String id,
            Session session,
            ClientStream stream,
            Duration longest,
            int limit,
            Backlog backlog) {
        this.all = all;
        this.id = id;
        this.session = session;
        this.stream = stream;
        this.address = stream.address();
        this.longest = longest;
        this.limit = limit;
        this.backlog = backlog;
        backlog.join(this);
    }

    /** One of before a restart, whose client is away; {@link #waitUntil} begins its time. */
    ManagedSession(ResumableSessions all, Detached from, Jid jid, List<Kept> stanzas, int limit, Backlog backlog) {
        this.all = all;
        id = from.id();
        session = new Session(jid, this);
        address = "";
        longest = Duration.ofSeconds(from.longest());
        this.limit = limit;
        this.backlog = backlog;
        acknowledged = from.acknowledged();
        received = from.received();
        state = State.AWAY;
        for (Kept kept : stanzas) {
            held.add(kept);
            bytes.addAndGet(kept.cost());
        }
        backlog.join(this);
        backlog.add(bytes.get());
    }

    String id() {
        return id;
    }

    Session session() {
        return session;
    }

    Duration longest() {
        return longest;
    }

    // ---- what others send to it ----

    @Override
    public void send(Stanza stanza) {
        Kept kept = Kept.now(stanza);
        ClientStream now = stream;
        if (now == null || !now.offer(kept)) {
            hold(kept, now);
        }
    }

    /** Takes what a stream that was {@code gone} refused. */
    void hold(Kept kept, @Nullable ClientStream gone) {
        boolean tooMuch;
        synchronized (this) {
            ClientStream now = stream;
            if (now != null && now != gone && now.offer(kept)) {
                return;
            }
            if (state == State.ENDED) {
                tooMuch = false;
            } else {
                held.add(kept);
                count(kept.cost());
                tooMuch = state == State.AWAY && bytes.get() > limit;
                kept = null;
            }
        }
        if (kept != null) {
            all.undelivered(kept);
        } else if (tooMuch) {
            giveUp();
        }
    }

    private void count(int cost) {
        bytes.addAndGet(cost);
        backlog.add(cost);
    }

    @Override
    public int waiting() {
        return bytes.get();
    }

    /** Too much is held: without a client the session ends; one that is connected is sent away. */
    @Override
    public void giveUp() {
        ClientStream now = stream;
        if (now != null) {
            now.close(StreamError.of(Condition.RESOURCE_CONSTRAINT, "too much waits to be acknowledged"));
        } else {
            LOG.info("{} ends: too much came while its client was away", session);
            all.soon(() -> endIf(State.AWAY));
        }
    }

    @Override
    public void close(StreamError error) {
        ClientStream now;
        synchronized (this) {
            doom = error;
            now = stream;
        }
        if (now != null) {
            now.close(error);
        } else {
            endIf(State.AWAY);
        }
    }

    @Override
    public String address() {
        return address;
    }

    @Override
    public boolean isConnected() {
        return stream != null;
    }

    // ---- while a stream is there, on its event loop ----

    /** A stanza goes out. */
    void written(Kept kept) {
        unacknowledged.add(kept);
        count(kept.cost());
        unaskedStanzas++;
        unaskedBytes += kept.cost();
    }

    /** Whether more may go out before something is acknowledged. */
    boolean hasRoom() {
        return bytes.get() < limit;
    }

    /** Whether it is time to ask the client to acknowledge; who is told so does. */
    boolean asks() {
        return (unaskedStanzas >= STANZAS_TO_ASK || unaskedBytes >= BYTES_TO_ASK || !hasRoom()) && asksWhenIdle();
    }

    /** Whether to ask a client that is silent: it has something to acknowledge that it was not asked for. */
    boolean asksWhenIdle() {
        boolean unasked = unaskedStanzas > 0;
        unaskedStanzas = 0;
        unaskedBytes = 0;
        return unasked;
    }

    /** How many stanzas were sent to the client, modulo 2^32. */
    int sent() {
        return acknowledged + unacknowledged.size();
    }

    /** While claimed: how many stanzas may have been sent to the client, modulo 2^32. */
    synchronized int sentBefore() {
        return acknowledged + held.size();
    }

    /** How many stanzas of the client have been handled, modulo 2^32. */
    int received() {
        return received;
    }

    /** A stanza came from the client, and is being handled. */
    void receive() {
        received++;
    }

    /** Until this completes no later stanza of the client may be handled. */
    void handling(CompletionStage<?> stage) {
        handled = stage;
    }

    /** The client has handled so many stanzas (XEP-0198 §4). False if that is more than it was sent, or less than before. */
    boolean acknowledge(int h) {
        return forget(unacknowledged, h);
    }

    private boolean forget(Deque<Kept> oldestFirst, int h) {
        int more = h - acknowledged;
        if (Integer.compareUnsigned(more, oldestFirst.size()) > 0) {
            return false;
        }
        int cost = 0;
        for (int i = 0; i < more; i++) {
            cost += oldestFirst.remove().cost();
        }
        count(-cost);
        acknowledged = h;
        return true;
    }

    /** The stream has ended, these being unwritten; if {@code resumable}, another may take its place. On its event loop. */
    void disconnected(List<Kept> unwritten, boolean resumable) {
        boolean stays;
        synchronized (this) {
            stream = null;
            // What came when the stream took no more is behind what it took.
            for (int i = unwritten.size() - 1; i >= 0; i--) {
                held.addFirst(unwritten.get(i));
                count(unwritten.get(i).cost());
            }
            while (!unacknowledged.isEmpty()) {
                held.addFirst(unacknowledged.removeLast());
            }
            unaskedStanzas = 0;
            unaskedBytes = 0;
            state = State.AWAY;
            stays = resumable && doom == null && !longest.isZero() && bytes.get() <= limit;
            if (stays) {
                waitForClient();
            }
        }
        if (stays) {
            AccessLog.waits(session, longest);
        } else {
            end();
        }
    }

    private void waitForClient() {
        lapse = all.later(longest, () -> endIf(State.AWAY));
    }

    // ---- over a restart ----

    /** Waits for a client as long as was left before the restart. */
    synchronized void waitUntil(Instant until) {
        if (state == State.AWAY) {
            Duration left = Duration.between(Instant.now(), until);
            lapse = all.later(left.isNegative() ? Duration.ZERO : left, () -> endIf(State.AWAY));
        }
    }

    /** What is to be kept of it over a restart; null if it has ended. Nothing more happens to it here. */
    @Nullable
    Detached detach(Map<String, String> attributes) {
        // What waited to spare the client is none the less for it.
        InactiveOutlet.activate(session);
        synchronized (this) {
            if (state != State.AWAY) {
                return null;
            }
            state = State.LEAVING;
            if (lapse != null) {
                lapse.cancel(false);
            }
            Stanza presence = session.presence();
            return new Detached(
                    id,
                    session.jid().local(),
                    session.jid().resource(),
                    Instant.now().plus(longest),
                    longest.toSeconds(),
                    acknowledged,
                    received,
                    presence == null ? null : presence.bytes(),
                    session.priority(),
                    attributes,
                    held.stream()
                            .map(kept -> new DetachedSessions.Kept(Instant.ofEpochMilli(kept.at), kept.stanza.bytes()))
                            .toList());
        }
    }

    // ---- from one stream to the next ----

    /**
     * Claims the session for a client that wants to resume: from now on no other can, and nothing it sent on an older stream is still
     * being handled. An older stream that is thought alive is ended. Completes with false if it is too late.
     */
    CompletionStage<Boolean> claim() {
        ClientStream older;
        synchronized (this) {
            if (state == State.AWAY) {
                state = State.RESUMING;
                if (lapse != null) {
                    lapse.cancel(false);
                }
                return handled.handle((none, fault) -> true);
            }
            older = state == State.CONNECTED ? stream : null;
        }
        if (older == null) {
            return CompletableFuture.completedFuture(false);
        }
        return CompletableFuture.runAsync(older::replace, older.channel().eventLoop())
                .thenCompose(none -> claim());
    }

    /** The client could not be told that it has resumed. */
    void unclaim() {
        synchronized (this) {
            state = State.AWAY;
            if (doom == null) {
                waitForClient();
                return;
            }
        }
        end();
    }

    /** While claimed: the client says how many stanzas it has handled. False if that cannot be. */
    synchronized boolean acknowledgeHeld(int h) {
        return forget(held, h);
    }

    /** Takes the claimed session to another stream, where all that was not acknowledged is sent again. On its event loop. */
    void resume(ClientStream next, byte[] announcement) {
        StreamError overdue;
        synchronized (this) {
            state = State.CONNECTED;
            address = next.address();
            next.begin(this, announcement);
            for (Kept kept; (kept = held.poll()) != null; ) {
                count(-kept.cost());
                if (!next.offer(kept)) {
                    held.addFirst(kept);
                    count(kept.cost());
                    break;
                }
            }
            // Last: whoever sends without the lock must come behind.
            stream = next;
            overdue = doom;
        }
        if (overdue != null) {
            next.close(overdue);
        }
    }

    // ---- the end ----

    private void endIf(State expected) {
        synchronized (this) {
            if (state != expected) {
                return;
            }
            state = State.LEAVING;
        }
        end();
    }

    /** Others see it leave; what was not acknowledged goes where it would go had it never been there (XEP-0198 §4). */
    private void end() {
        CompletionStage<?> told = all.unbind(this);
        List<Kept> left;
        synchronized (this) {
            if (state == State.ENDED) {
                return;
            }
            state = State.ENDED;
            left = new ArrayList<>(held);
            held.clear();
        }
        AccessLog.signedOut(session, left.size());
        backlog.leave(this);
        backlog.add(-bytes.getAndSet(0));
        told.whenComplete((none, fault) -> left.forEach(all::undelivered));
    }

    @Override
    public String toString() {
        return session.toString();
    }
}
