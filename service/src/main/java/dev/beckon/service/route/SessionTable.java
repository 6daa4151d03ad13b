package dev.beckon.service.route;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Who is signed in. Arrays are replaced whole, so readers take no lock and see an account's devices at one moment. Thread-safe. */
final class SessionTable {
    private static final Session[] NONE = new Session[0];

    private final ConcurrentMap<Jid, Session[]> accounts = new ConcurrentHashMap<>();
    private final IntSupplier most;

    SessionTable(IntSupplier mostPerAccount) {
        most = mostPerAccount;
    }

    /** What came of an attempt to add a session; {@code replaced} had the same address. */
    record Added(boolean added, @Nullable Session replaced) {}

    Added add(Session session) {
        Added[] outcome = {new Added(false, null)};
        accounts.compute(session.jid().bare(), (bare, before) -> {
            Session[] present = before == null ? NONE : before;
            for (int i = 0; i < present.length; i++) {
                if (present[i].jid().equals(session.jid())) {
                    outcome[0] = new Added(true, present[i]);
                    Session[] swapped = present.clone();
                    swapped[i] = session;
                    return swapped;
                }
            }
            if (present.length >= most.getAsInt()) {
                return before;
            }
            outcome[0] = new Added(true, null);
            Session[] more = Arrays.copyOf(present, present.length + 1);
            more[present.length] = session;
            return more;
        });
        return outcome[0];
    }

    void remove(Session session) {
        accounts.computeIfPresent(session.jid().bare(), (bare, present) -> {
            Session[] fewer =
                    Arrays.stream(present).filter(other -> other != session).toArray(Session[]::new);
            return fewer.length == 0 ? null : fewer;
        });
    }

    /** Not to be changed. */
    Session[] of(Jid bare) {
        return accounts.getOrDefault(bare, NONE);
    }

    @Nullable
    Session find(Jid full) {
        for (Session session : of(full.bare())) {
            if (session.jid().equals(full)) {
                return session;
            }
        }
        return null;
    }

    /** How many accounts have a session. */
    int accounts() {
        return accounts.size();
    }

    /** How many sessions there are. */
    int count() {
        return accounts.values().stream().mapToInt(present -> present.length).sum();
    }

    List<Session> all() {
        List<Session> all = new ArrayList<>();
        accounts.values().forEach(present -> all.addAll(Arrays.asList(present)));
        return all;
    }
}
