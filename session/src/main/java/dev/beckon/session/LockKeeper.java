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

    LockKeeper(Engine engine) {
        this.engine = engine;
    }

    @Override
    public void enabled(boolean enabled) {
        engine.run(() -> {
            locks = enabled;
            engine.clients().forEach(c -> c.manager.lock.enabled(enabled));
            engine.door.lockKnown(enabled);
        });
    }

    @Override
    public void challenged(LockAuthority.Challenge challenge) {
        engine.run(() -> engine.clients().forEach(c -> c.manager.lock.challenged(challenge)));
    }

    /** What is open closes; whether the service locks is asked anew after signing in, and stays as last known till then. */
    void offline() {
        tickets.clear();
        engine.clients().forEach(c -> c.manager.lock.offline());
    }

    /** Whether the service locks; null before it is known. */
    @Nullable
    Boolean locks() {
        return locks;
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
