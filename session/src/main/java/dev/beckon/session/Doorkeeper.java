package dev.beckon.session;

import dev.beckon.Application;
import dev.beckon.Limits;
import dev.beckon.SessionException;
import dev.beckon.SessionState;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lets signals in: finds the session each is about, and decides which invitations ring. Policy and limits come first:
 * who may not ring learns nothing, whatever he sends.
 */
final class Doorkeeper {
    /** Invitations whose ticket is being judged; more are ignored in silence. */
    private static final int JUDGING = 100;
    /** How long a judgement, or knowing whether the service locks, may take. */
    private static final Duration JUDGEMENT = Duration.ofSeconds(20);

    private final Engine engine;
    private final Map<String, Candidate> judging = new LinkedHashMap<>();

    Doorkeeper(Engine engine) {
        this.engine = engine;
    }

    /** An invitation that waits for the lock. */
    private record Candidate(
            Signal.Propose propose, Jid from, Carrier.Reply reply, Duration ringFor, Scheduler.Timer limit) {}

    void received(Carrier.Incoming incoming) {
        Signal signal = incoming.signal();
        Jid self = engine.self();
        if (self == null) {
            incoming.reply().refuse("item-not-found", "not signed in");
            return;
        }
        if (incoming.carbon() != Carrier.Carbon.NONE || isOwnOtherDevice(incoming.from(), self, signal)) {
            copied(incoming, self);
            return;
        }
        LiveSession session = engine.sessions.find(signal.sid());
        if (session != null && isFromItsPerson(session, incoming.from())) {
            if (signal instanceof Signal.Reject reject && reject.ending().tieBreak()) {
                crossedWhileRinging(session, incoming.from());
            }
            session.handle(incoming.from(), signal, incoming.reply());
        } else if (signal instanceof Signal.Propose propose && session == null) {
            proposed(incoming, propose);
        } else if (session != null && session.machine.state() != SessionState.READY) {
            stranger(session, incoming);
        } else {
            unknown(incoming);
        }
    }

    private static boolean isOwnOtherDevice(Jid from, Jid self, Signal signal) {
        return from.bare().equals(self.bare())
                && !from.equals(self)
                && (signal instanceof Signal.Proceed || signal instanceof Signal.Reject);
    }

    private static boolean isFromItsPerson(LiveSession session, Jid from) {
        Jid other = session.machine.other();
        return other != null && other.bare().equals(from.bare());
    }

    /**
     * Crossing invitations of which theirs was here first and rings already: it wins by its lower id, and having invited
     * them is the answer to it.
     */
    private void crossedWhileRinging(LiveSession own, Jid from) {
        for (LiveSession ringing : engine.sessions.open(Call.Role.INVITEE, from.bare())) {
            Signal.Propose theirs = ringing.machine.propose();
            if (theirs != null
                    && theirs.guid().equals(own.guid())
                    && theirs.sid().compareTo(own.machine.sid()) < 0
                    && own.machine.role() == Call.Role.INVITER
                    && own.machine.state() == SessionState.INVITATION) {
                ringing.handle(new Event.AnsweredElsewhere());
                own.handle(new Event.Outranked(ringing.machine.peer(), theirs));
                return;
            }
        }
    }

    /** Copies tell one thing: another device of this user answered an invitation. Errors and all else are not for us. */
    private void copied(Carrier.Incoming incoming, Jid self) {
        Signal signal = incoming.signal();
        boolean answer = signal instanceof Signal.Proceed || signal instanceof Signal.Reject;
        boolean ours =
                incoming.from().bare().equals(self.bare()) && !incoming.from().equals(self);
        if (answer && ours && incoming.carbon() != Carrier.Carbon.RECEIVED) {
            Candidate candidate = judging.remove(signal.sid());
            if (candidate != null) {
                candidate.limit().cancel();
            }
            LiveSession session = engine.sessions.find(signal.sid());
            if (session != null) {
                session.handle(new Event.AnsweredElsewhere());
            }
        }
        if (incoming.carbon() == Carrier.Carbon.NONE) {
            incoming.reply().ack();
        }
    }

    /** docs/wire.md, Rules: a stanza about a session from any other address changes nothing. */
    private void stranger(LiveSession session, Carrier.Incoming incoming) {
        SignalTable.Kind kind = SignalTable.Kind.of(incoming.signal());
        boolean mayKnow = mayRing(incoming.from(), session.guid());
        if (incoming.signal() instanceof Signal.Malformed malformed && (malformed.iq() || mayKnow)) {
            incoming.reply().refuse(malformed.condition(), malformed.problem());
        } else if (kind.isIq() || (mayKnow && SignalTable.fromOther(kind, true) == SignalTable.Verdict.GONE)) {
            incoming.reply().refuse("item-not-found", "no such session with this address");
        }
    }

    /** Nothing of that id is known here: calls of other kinds must not break, an iq must be answered. */
    private void unknown(Carrier.Incoming incoming) {
        Signal signal = incoming.signal();
        if (signal instanceof Signal.Malformed malformed) {
            boolean invitation = malformed.kind().equals("propose")
                    && mayRing(incoming.from(), malformed.guid())
                    && !isOverLimit(incoming.from().bare(), malformed.guid());
            if (malformed.iq() || invitation) {
                incoming.reply().refuse(malformed.condition(), malformed.problem());
            }
        } else if (SignalTable.Kind.of(signal).isIq()) {
            incoming.reply().refuse("item-not-found", "no such session");
        } else if (signal instanceof Signal.Retract) {
            Candidate candidate = judging.get(signal.sid());
            if (candidate != null
                    && candidate.from().bare().equals(incoming.from().bare())) {
                judging.remove(signal.sid());
                candidate.limit().cancel();
                engine.sessions.missed(candidate.propose(), candidate.from().bare(), "taken back by the inviter");
            }
        }
    }

    // ---- invitations

    private void proposed(Carrier.Incoming incoming, Signal.Propose propose) {
        Jid from = incoming.from();
        if (judging.containsKey(propose.sid()) || engine.sessions.isMissed(propose.sid()) || isSelf(from)) {
            return;
        }
        boolean crossing = engine.sessions.invitationTo(from.bare(), propose.guid()) != null;
        if (engine.isBlocked(from.bare())) {
            return;
        }
        // Whom one is just inviting to the same application may answer with an invitation, contact or not.
        if (!crossing && !mayRing(from, propose.guid())) {
            engine.sessions.missed(propose, from.bare(), "the sender is not a contact");
            return;
        }
        String problem = problem(propose);
        if (problem != null) {
            // docs/wire.md, "Who is answered": limits come before the form.
            if (!isOverLimit(from.bare(), propose.guid())) {
                incoming.reply().refuse("bad-request", problem);
            }
            return;
        }
        Duration ringFor = ringFor(propose, incoming.delayed());
        if (ringFor.isZero() || ringFor.isNegative()) {
            engine.sessions.missed(propose, from.bare(), "it came too late");
            return;
        }
        if (isOverLimit(from.bare(), propose.guid())) {
            return;
        }
        Boolean locks = engine.locks.certainly();
        if (locks != null && !locks) {
            admit(propose, from, incoming.reply(), ringFor);
            return;
        }
        if (judging.size() >= JUDGING) {
            return;
        }
        Scheduler.Timer limit = engine.schedule(
                JUDGEMENT, () -> judged(propose.sid(), "whether it may ring could not be found out in time"));
        judging.put(propose.sid(), new Candidate(propose, from, incoming.reply(), ringFor, limit));
        if (locks != null) {
            judge(propose, from);
        }
    }

    /** It is known now whether the service locks. */
    void lockKnown(boolean locks) {
        for (Candidate candidate : judging.values().toArray(Candidate[]::new)) {
            if (locks) {
                judge(candidate.propose(), candidate.from());
            } else {
                judged(candidate.propose().sid(), "");
            }
        }
    }

    private void judge(Signal.Propose propose, Jid from) {
        String ticket = propose.ticket();
        if (ticket == null) {
            judged(propose.sid(), "it carries no ticket of the lock");
            return;
        }
        engine.ports
                .authority()
                .judge(ticket, from.bare(), propose.guid())
                .whenComplete((problem, failure) -> engine.run(() -> judged(
                        propose.sid(),
                        failure != null ? "its ticket could not be checked" : problem == null ? "" : problem)));
    }

    private void judged(String sid, String problem) {
        Candidate candidate = judging.remove(sid);
        if (candidate == null) {
            return;
        }
        candidate.limit().cancel();
        if (!problem.isEmpty()) {
            engine.sessions.missed(candidate.propose(), candidate.from().bare(), problem);
        } else if (!isOverLimit(candidate.from().bare(), candidate.propose().guid())) {
            admit(candidate.propose(), candidate.from(), candidate.reply(), candidate.ringFor());
        }
    }

    private void admit(Signal.Propose propose, Jid from, Carrier.Reply reply, Duration ringFor) {
        reply.ack();
        LiveSession own = engine.sessions.invitationTo(from.bare(), propose.guid());
        if (own == null) {
            engine.sessions
                    .invited(propose, from)
                    .handle(new Event.Offered(ringFor, engine.isRegistered(propose.guid())));
        } else if (own.machine.sid().compareTo(propose.sid()) < 0) {
            // XEP-0353, tie-break: the lower id wins; theirs is turned down without a question.
            engine.ports.carrier().send(from, new Signal.Reject(propose.sid(), Endings.tieBreak()), Engine.UNHEARD);
        } else {
            own.handle(new Event.Outranked(from, propose));
        }
    }

    // ---- the rules

    private boolean mayRing(Jid from, String guid) {
        return !engine.isBlocked(from.bare())
                && engine.ports.policy().mayRing(from.bare(), engine.isTrusted(from.bare()), guid);
    }

    private boolean isSelf(Jid from) {
        Jid self = engine.self();
        return self != null && self.bare().equals(from.bare());
    }

    private boolean isOverLimit(String bare, String guid) {
        var open = engine.sessions.open(Call.Role.INVITEE, bare);
        return open.size() >= engine.settings.openPerPerson()
                || open.stream().filter(s -> s.guid().equals(guid)).count() >= engine.settings.openPerApplication();
    }

    /** What breaks a limit or form; null where nothing does. */
    private @Nullable String problem(Signal.Propose propose) {
        try {
            Limits.guid(propose.guid());
            Limits.text("application name", propose.name(), Limits.NAME_CHARACTERS);
            Application.checkUrl(propose.url());
            Limits.appData(propose.data());
        } catch (SessionException e) {
            return e.problem();
        }
        String url = propose.url().toLowerCase(Locale.ROOT);
        if (!url.isEmpty()
                && !url.startsWith("https://")
                && !engine.ports.policy().plainHttp()) {
            return "the url is not https";
        }
        return propose.expires().isAfter(propose.sent()) ? null : "expires is not after sent";
    }

    /**
     * docs/wire.md, Time: the life is what the inviter says; the age is what one's own service stamped, so that a wrong
     * clock over there keeps nobody from ringing. Only where there is a stamp two clocks are compared, with some skew.
     */
    private Duration ringFor(Signal.Propose propose, @Nullable Instant delayed) {
        Duration life = Duration.between(propose.sent(), propose.expires());
        Duration left = life;
        if (delayed != null) {
            Duration age = Duration.between(delayed, engine.now());
            Duration rest = life.minus(age).plus(engine.settings.clockSkew());
            left = rest.compareTo(life) < 0 ? rest : life;
        }
        return left.compareTo(engine.settings.maxRing()) < 0 ? left : engine.settings.maxRing();
    }
}
