package dev.beckon.session;

import dev.beckon.Limits;
import dev.beckon.MissedInvitation;
import dev.beckon.ResultCode;
import dev.beckon.SessionException;
import dev.beckon.SessionState;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The sessions of the engine: those that live, the last that ended, and the invitations that were missed. */
final class Sessions {
    /** Ended sessions and missed invitations kept for reading. */
    static final int KEPT = 100;
    /** Of the missed invitations, those of one person: so that nobody crowds out the others. */
    static final int MISSED_PER_PERSON = 10;
    /** Sessions in READY one connection may have. */
    static final int READY_PER_CLIENT = 100;

    private final Engine engine;
    private final Map<String, LiveSession> live = new LinkedHashMap<>();
    private final Map<String, LiveSession> ended = new LinkedHashMap<>();
    private final Deque<MissedInvitation> missed = new ArrayDeque<>();

    Sessions(Engine engine) {
        this.engine = engine;
    }

    /** A session of one's own, in READY. */
    LiveSession create(@Nullable ClientMessenger owner) {
        if (owner != null) {
            long ready = live.values().stream()
                    .filter(s -> s.ownership.owner() == owner && s.machine.state() == SessionState.READY)
                    .count();
            if (ready >= READY_PER_CLIENT) {
                throw new SessionException(
                        ResultCode.E_OUTOFMEMORY,
                        READY_PER_CLIENT + " sessions of this connection have invited nobody yet",
                        "use them first");
            }
        }
        SessionMachine machine =
                SessionMachine.ready(engine.ids.get().toString(), engine.onlineSelf(), engine.settings, transports());
        LiveSession session = new LiveSession(engine, machine);
        session.ownership.own(owner);
        live.put(machine.sid(), session);
        return session;
    }

    /** A session this user is invited to; it does not ring yet. */
    LiveSession invited(Signal.Propose propose, Jid from) {
        LiveSession session = new LiveSession(
                engine, SessionMachine.invited(propose, from, engine.onlineSelf(), engine.settings, transports()));
        live.put(propose.sid(), session);
        return session;
    }

    /**
     * Invites: the last checks, and out it goes.
     *
     * @param ticket what the inviting application was unlocked with; null where there is none
     */
    void invite(LiveSession session, String signInName, @Nullable String data, @Nullable String ticket) {
        Call.INVITE.check(session.machine.state(), session.machine.role());
        if (session.guid().isEmpty()) {
            throw new SessionException(
                    ResultCode.SR_APP_NOT_SPECIFIED, "the session has no application yet", "set it before inviting");
        }
        Limits.appData(data);
        String bare = engine.ports.contacts().prepare(Limits.signInName(signInName));
        if (engine.book.isSelf(bare)) {
            throw new SessionException(ResultCode.SR_INVITED_SELF, "one cannot invite oneself", "invite somebody else");
        }
        engine.checkOnline();
        if (engine.isKnownOffline(bare)) {
            throw new SessionException(
                    ResultCode.MSGR_E_NOT_LOGGED_ON, bare + " is not signed in", "invite again once they are");
        }
        Boolean locks = engine.locks.locks();
        if (locks == null) {
            throw new SessionException(
                    ResultCode.LOCK_NOTINITIALIZED, "it is not known yet whether the service locks", "try again soon");
        }
        if (locks && ticket == null) {
            throw new SessionException(
                    ResultCode.LOCK_LOCKED,
                    "the service locks, and this application has not been unlocked since sign-in",
                    "start the application, so that it can open the lock");
        }
        // XEP-0082 as most write it has milliseconds at best: what is sent is what is meant.
        Instant sent = engine.now().truncatedTo(ChronoUnit.MILLIS);
        session.machine.invitee(Jid.bare(bare));
        session.handle(new Event.Invite(new Signal.Propose(
                session.machine.sid(),
                session.guid(),
                session.applicationName(),
                session.applicationUrl(),
                sent,
                sent.plus(engine.settings.invitationLife()),
                data,
                locks ? ticket : null)));
    }

    private Set<String> transports() {
        return Set.copyOf(engine.ports.paths().transports());
    }

    // ---- finding

    /** By wire id, living or ended. */
    @Nullable
    LiveSession find(String sid) {
        LiveSession session = live.get(sid);
        return session != null ? session : ended.get(sid);
    }

    /** By the ID applications know, living or ended. */
    @Nullable
    LiveSession byId(@Nullable String id) {
        return id == null ? null : find(id.replace("{", "").replace("}", "").toLowerCase(Locale.ROOT));
    }

    /** The session a process was launched for. */
    @Nullable
    LiveSession launchedAs(long pid) {
        for (Collection<LiveSession> sessions : List.of(live.values(), ended.values())) {
            for (LiveSession session : sessions) {
                if (session.ownership.pid() == pid) {
                    return session;
                }
            }
        }
        return null;
    }

    /** The open invitation of this user to this person for this application; null where there is none. */
    @Nullable
    LiveSession invitationTo(String bare, String guid) {
        return open(Call.Role.INVITER, bare).stream()
                .filter(s -> s.guid().equals(guid))
                .findFirst()
                .orElse(null);
    }

    /** Invitations that are open, of this role, with this person. */
    List<LiveSession> open(Call.Role role, String bare) {
        return live.values().stream()
                .filter(s -> s.machine.role() == role && s.machine.state() == SessionState.INVITATION)
                .filter(s -> s.machine.peer().bare().equals(bare))
                .toList();
    }

    /** Those that live, and those whose end the other side has not heard yet. */
    List<LiveSession> concerned() {
        List<LiveSession> all = new ArrayList<>(live.values());
        ended.values().stream().filter(s -> s.machine.hasUnheardLastWord()).forEach(all::add);
        return all;
    }

    List<LiveSession> living() {
        return List.copyOf(live.values());
    }

    /** What windows show: everything that left READY, newest first. */
    List<LiveSession> shown() {
        List<LiveSession> shown = new ArrayList<>();
        // What rang here may have ended as part of a crossing invitation that lives on under its ID: one session, shown
        // once.
        ended.values().stream().filter(s -> !live.containsKey(s.machine.sid())).forEach(shown::add);
        live.values().stream()
                .filter(s -> s.machine.state() != SessionState.READY)
                .forEach(shown::add);
        Collections.reverse(shown);
        return shown;
    }

    // ---- what the sessions themselves report

    void rename(LiveSession session, String formerSid) {
        live.remove(formerSid);
        live.put(session.machine.sid(), session);
    }

    void discard(LiveSession session) {
        live.remove(session.machine.sid());
        engine.clients().forEach(c -> c.forget(session));
    }

    void ended(LiveSession session) {
        live.remove(session.machine.sid());
        forget(ended.put(session.machine.sid(), session));
        if (ended.size() > KEPT) {
            forget(ended.remove(ended.keySet().iterator().next()));
        }
    }

    private void forget(@Nullable LiveSession session) {
        if (session != null) {
            engine.clients().forEach(c -> c.forget(session));
        }
    }

    // ---- missed invitations

    /** Those missed before this engine was, newest first. */
    void remember(List<MissedInvitation> earlier) {
        earlier.stream().limit(KEPT - missed.size()).forEach(missed::addLast);
    }

    boolean isMissed(String sid) {
        String id = "{" + sid.toUpperCase(Locale.ROOT) + "}";
        return missed.stream().anyMatch(m -> m.sessionId().equals(id));
    }

    void missed(Signal.Propose propose, String from, String reason) {
        if (isMissed(propose.sid())) {
            return;
        }
        List<MissedInvitation> theirs =
                missed.stream().filter(m -> m.from().equals(from)).toList();
        if (theirs.size() >= MISSED_PER_PERSON) {
            missed.remove(theirs.get(theirs.size() - 1));
        } else if (missed.size() >= KEPT) {
            missed.removeLast();
        }
        MissedInvitation invitation = new MissedInvitation(
                "{" + propose.sid().toUpperCase(Locale.ROOT) + "}",
                from,
                propose.guid(),
                propose.name(),
                propose.url(),
                propose.sent(),
                reason);
        missed.addFirst(invitation);
        engine.clients().forEach(c -> c.tellWindows(l -> l.onMissedInvitation(invitation)));
    }

    List<MissedInvitation> missed() {
        return List.copyOf(missed);
    }
}
