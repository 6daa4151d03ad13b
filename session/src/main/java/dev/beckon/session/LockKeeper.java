package dev.beckon.session;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the engine knows of the lock as a whole: whether the service locks, and the tickets applications have earned. */
final class LockKeeper implements LockAuthority.Listener {
    /** Tickets kept, over all applications. */
    private static final int KEPT = 256;

    private final Engine engine;
    private final Map<String, LockAuthority.Ticket> tickets = new HashMap<>();
    private @Nullable Boolean locks;
    private boolean certain;

    LockKeeper(Engine engine) {
        this.engine = engine;
    }

    @Override
    public void enabled(boolean enabled) {
        engine.run(() -> {
            locks = enabled;
            certain = true;
            engine.clients().forEach(c -> c.manager.lock.enabled(enabled));
            engine.door.lockKnown(enabled);
        });
    }

    @Override
    public void challenged(LockAuthority.Challenge challenge) {
        engine.run(() -> {
            boolean taken = false;
            for (ClientMessenger client : engine.clients()) {
                ClientLock lock = client.manager.lock;
                if (!lock.wasUnlockedAs(challenge.appId())) {
                    continue;
                }
                // A challenge is good for one answer: every further object gets one of its own.
                if (taken) {
                    lock.challengeAnew();
                } else {
                    taken = true;
                    lock.challenged(challenge);
                }
            }
        });
    }

    /** What is open closes; whether the service locks is asked anew after signing in, and stays as last known till then. */
    void offline() {
        certain = false;
        tickets.clear();
        engine.clients().forEach(c -> c.manager.lock.offline());
    }

    /** Whether the service locks, as last known; null before it ever was. */
    @Nullable
    Boolean locks() {
        return locks;
    }

    /** Whether the service locks, as known since signing in; null before that. */
    @Nullable
    Boolean certainly() {
        return certain ? locks : null;
    }

    /** An object earned a ticket with this application ID. */
    void renewed(String appId, LockAuthority.Ticket ticket) {
        engine.clients().forEach(c -> c.manager.lock.renewed(appId, ticket));
    }

    void keep(LockAuthority.Ticket ticket) {
        Instant now = engine.now();
        tickets.values().removeIf(t -> !t.expires().isAfter(now));
        for (String guid : ticket.guids()) {
            if (tickets.size() < KEPT || tickets.containsKey(guid)) {
                tickets.put(guid, ticket);
            }
        }
    }

    /** A ticket for this application; null where there is none that holds. */
    @Nullable
    String ticket(String guid) {
        LockAuthority.Ticket ticket = tickets.get(guid);
        return ticket != null && ticket.expires().isAfter(engine.now()) ? ticket.jws() : null;
    }
}
