package dev.beckon.service.lock;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.Function;

/** What the authority remembers of one session: unanswered challenges, and which applications to challenge again. Any thread. */
final class Unlocked {
    /** Beyond this many the one unlocked first is not challenged again; its ticket runs out. */
    private static final int MOST_APPLICATIONS = 64;

    private final Challenges challenges = new Challenges();
    private final Map<String, Future<?>> renewals = new LinkedHashMap<>();
    private boolean ended;

    synchronized <T> T with(Function<Challenges, T> use) {
        return use.apply(challenges);
    }

    /** Remembers when an application is challenged again; takes the place of what was planned for it. */
    synchronized void renew(String app, Future<?> renewal) {
        forget(app);
        if (ended) {
            renewal.cancel(false);
            return;
        }
        if (renewals.size() >= MOST_APPLICATIONS) {
            forget(renewals.keySet().iterator().next());
        }
        renewals.put(app, renewal);
    }

    synchronized void forget(String app) {
        Future<?> planned = renewals.remove(app);
        if (planned != null) {
            planned.cancel(false);
        }
    }

    synchronized boolean holds(String app) {
        return renewals.containsKey(app);
    }

    synchronized void end() {
        ended = true;
        List<String> apps = new ArrayList<>(renewals.keySet());
        apps.forEach(this::forget);
    }
}
