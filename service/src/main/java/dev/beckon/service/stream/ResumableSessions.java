package dev.beckon.service.stream;

import dev.beckon.service.route.Jid;
import dev.beckon.service.route.Session;
import dev.beckon.service.route.Stanza;
import dev.beckon.service.route.Switchboard;
import dev.beckon.service.store.DetachedSessions;
import dev.beckon.service.store.DetachedSessions.Detached;
import dev.beckon.service.xml.XmlException;
import dev.beckon.service.xml.XmlScanner;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sessions that clients may resume, by what they were told to ask for (XEP-0198 §5). Thread-safe. */
final class ResumableSessions {
    /** Of so many that have ended it is known how many stanzas they handled. */
    private static final int REMEMBERED = 10_000;

    /** How far a session came that cannot be resumed any more. */
    private record Ended(Jid account, int received) {}

    private static final Logger LOG = LoggerFactory.getLogger(ResumableSessions.class);

    private final Switchboard switchboard;
    private final int limit;
    private final Backlog backlog;
    private final ConcurrentMap<String, ManagedSession> sessions = new ConcurrentHashMap<>();
    private final Map<String, Ended> ended = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Ended> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** Holds at most {@code limit} bytes for one session, and for all what {@code backlog} allows. */
    ResumableSessions(Switchboard switchboard, int limit, Backlog backlog) {
        this.switchboard = switchboard;
        this.limit = limit;
        this.backlog = backlog;
    }

    // ---- over a restart ----

    /** Brings back those of before a restart, and waits until features are ready for them. */
    void restore(List<Detached> kept) {
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (Detached each : kept) {
            try {
                all.add(restore(each).toCompletableFuture());
            } catch (XmlException | IllegalArgumentException e) {
                LOG.warn(
                        "a session of {} that was kept cannot be read and is dropped: {}",
                        each.owner(),
                        e.getMessage());
            }
        }
        CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0])).join();
    }

    private CompletionStage<?> restore(Detached from) throws XmlException {
        Jid jid = Jid.of(from.owner(), switchboard.domain().domain()).withResource(from.resource());
        List<ManagedSession.Kept> stanzas = new ArrayList<>();
        for (DetachedSessions.Kept kept : from.stanzas()) {
            stanzas.add(new ManagedSession.Kept(stanza(kept.stanza()), kept.at().toEpochMilli()));
        }
        byte[] presence = from.presence();
        Stanza shown = presence == null ? null : stanza(presence);
        ManagedSession session = new ManagedSession(this, from, jid, stanzas, limit, backlog);
        add(session);
        return switchboard
                .restore(session.session(), from.attributes(), shown, from.priority())
                .thenRun(() -> session.waitUntil(from.until()));
    }

    private static Stanza stanza(byte[] xml) throws XmlException {
        return Stanza.of(XmlScanner.parse(xml));
    }

    /** Those to be kept over a restart; to be called once no stream is left. */
    List<Detached> detach() {
        return sessions.values().stream()
                .map(session -> session.detach(switchboard.lasting(session.session())))
                .filter(Objects::nonNull)
                .toList();
    }

    // ---- while running ----

    /** {@code longest} is how long it may be without a client; zero if it cannot be resumed. */
    ManagedSession manage(String id, Session session, ClientStream stream, Duration longest) {
        return new ManagedSession(this, id, session, stream, longest, limit, backlog);
    }

    void add(ManagedSession session) {
        sessions.put(session.id(), session);
    }

    /** How many there are, with and without a client. */
    int count() {
        return sessions.size();
    }

    /** Null if there is none of that id, or it is somebody else's. */
    @Nullable
    ManagedSession find(String id, Jid account) {
        ManagedSession found = sessions.get(id);
        return found != null && found.session().jid().bare().equals(account) ? found : null;
    }

    /** How many stanzas a session had handled that has ended; null if that is not known, or it was somebody else's. */
    @Nullable
    Integer received(String id, Jid account) {
        synchronized (ended) {
            Ended known = ended.get(id);
            return known != null && known.account.equals(account) ? known.received : null;
        }
    }

    CompletionStage<?> unbind(ManagedSession session) {
        if (sessions.remove(session.id(), session)) {
            synchronized (ended) {
                ended.put(session.id(), new Ended(session.session().jid().bare(), session.received()));
            }
        }
        return switchboard.unbind(session.session());
    }

    void undelivered(ManagedSession.Kept kept) {
        switchboard.undelivered(kept.stanza(), Instant.ofEpochMilli(kept.at()));
    }

    ScheduledFuture<?> later(Duration delay, Runnable task) {
        return switchboard.schedule(delay, task);
    }

    /** Not in the midst of what the caller does. */
    void soon(Runnable task) {
        switchboard.schedule(Duration.ZERO, task);
    }
}
