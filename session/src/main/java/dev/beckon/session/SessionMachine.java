package dev.beckon.session;

import static dev.beckon.ResultCode.SR_CONNECTION_FAILURE;
import static dev.beckon.ResultCode.SR_SESSION_CANCELLED_LOCAL;
import static dev.beckon.SessionState.ACCEPTED;
import static dev.beckon.SessionState.CANCELLED;
import static dev.beckon.SessionState.CONNECTED;
import static dev.beckon.SessionState.DECLINED;
import static dev.beckon.SessionState.INVITATION;
import static dev.beckon.SessionState.READY;
import static dev.beckon.SessionState.TERMINATED;

import dev.beckon.ResultCode;
import dev.beckon.SessionException;
import dev.beckon.SessionState;
import dev.beckon.SessionStep;
import dev.beckon.session.Call.Role;
import dev.beckon.session.Event.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One side of one session: an event goes in, effects come out. It does nothing by itself: no clock, no I/O, no thread.
 *
 * <p>Every event has an answer in every state. What goes on up to acceptance is in {@link Invitation}, what between it
 * and the end in {@link Negotiation}; here are the state, the ends, and who is heard. Wire rules: {@code docs/wire.md}.
 */
final class SessionMachine {
    /** The legal transitions. */
    static final Map<SessionState, Set<SessionState>> LEGAL = new EnumMap<>(Map.of(
            READY, EnumSet.of(INVITATION),
            INVITATION, EnumSet.of(ACCEPTED, DECLINED, CANCELLED, TERMINATED),
            ACCEPTED, EnumSet.of(CONNECTED, CANCELLED, TERMINATED),
            CONNECTED, EnumSet.of(TERMINATED)));

    private static final System.Logger LOG = System.getLogger(SessionMachine.class.getName());

    final Settings settings;
    final Invitation invitation;
    final Negotiation negotiation;
    private final List<Effect> effects = new ArrayList<>();

    private String sid;
    private Role role;
    private SessionState state;
    private @Nullable Jid self;
    private boolean online;
    /** The other side: its bare address, or the device an invitation came from, or the device the session is bound to. */
    private @Nullable Jid peer;

    private boolean bound;
    boolean compatible;

    @Nullable
    String contextData;

    /** The word that ended the session, and whether it still has to get through. */
    private Effect.@Nullable Send lastWord;

    private boolean lastWordUnheard;

    private SessionMachine(
            String sid,
            Role role,
            SessionState state,
            @Nullable Jid self,
            Settings settings,
            Set<String> spoken,
            Signal.@Nullable Propose propose) {
        this.sid = sid;
        this.role = role;
        this.state = state;
        this.self = self;
        this.online = self != null;
        this.settings = settings;
        this.invitation = new Invitation(this, propose);
        this.negotiation = new Negotiation(this, spoken);
    }

    /** A session of one's own, in READY. */
    static SessionMachine ready(String sid, @Nullable Jid self, Settings settings, Set<String> transports) {
        return new SessionMachine(sid, Role.INVITER, READY, self, settings, transports, null);
    }

    /** A session one is invited to, in INVITATION; it waits for {@link Event.Offered}. */
    static SessionMachine invited(
            Signal.Propose propose, Jid from, @Nullable Jid self, Settings settings, Set<String> transports) {
        SessionMachine machine =
                new SessionMachine(propose.sid(), Role.INVITEE, INVITATION, self, settings, transports, propose);
        machine.peer = from;
        machine.contextData = propose.data();
        return machine;
    }

    /**
     * Takes an event.
     *
     * @return what is to be done, in order
     * @throws SessionException for a call the state does not allow; nothing has changed then
     */
    List<Effect> on(Event event) {
        effects.clear();
        if (event instanceof Event.Invite e) {
            invitation.invite(e.propose());
        } else if (event instanceof Event.Offered e) {
            invitation.offered(e);
        } else if (event instanceof Event.Accept e) {
            invitation.accept(e);
        } else if (event instanceof Event.Decline e) {
            invitation.decline(e.data());
        } else if (event instanceof Event.Cancel e) {
            cancel(e.reason(), e.data());
        } else if (event instanceof Event.Received e) {
            received(e.from(), e.signal());
        } else if (event instanceof Event.AnsweredElsewhere) {
            invitation.answeredElsewhere();
        } else if (event instanceof Event.Outranked e) {
            invitation.outranked(e.from(), e.theirs());
        } else if (event instanceof Event.Delivered e) {
            delivered(e.signal());
        } else if (event instanceof Event.Failed e) {
            failed(e.signal(), e.failure());
        } else if (event instanceof Event.Up e) {
            up(e.self());
        } else if (event instanceof Event.Down) {
            online = false;
            negotiation.liveness.search();
        } else if (event instanceof Event.Elapsed e && e.clock() == Clock.LIFE) {
            invitation.lifeOver();
        } else if (event instanceof Event.Elapsed e && e.clock() == Clock.RETRY) {
            sayAgain();
        } else if (event instanceof Event.Installed) {
            invitation.installed();
        } else if (event instanceof Event.OwnerLost) {
            ownerLost();
        } else if (event instanceof Event.Shutdown) {
            shutdown();
        } else {
            negotiation.on(event);
        }
        return List.copyOf(effects);
    }

    // ---- what this side asks for

    private void cancel(ResultCode reason, @Nullable String data) {
        Call.CANCEL.check(state, role);
        if (state == INVITATION) {
            // docs/wire.md, 3c: the reason of a retract is always cancel.
            ResultCode code = reason == ResultCode.S_OK ? ResultCode.SR_SESSION_CANCELLED_REMOTE : reason;
            transition(CANCELLED, "taken back");
            lastWord(
                    bare(),
                    new Signal.Retract(sid, new Ending(Reason.CANCEL, code.number(), data, false)),
                    ResultCode.SR_CANCEL_SEND_FAILURE);
            over(SR_SESSION_CANCELLED_LOCAL, null);
            return;
        }
        ResultCode own = state == ACCEPTED ? ResultCode.SR_CANCEL_BEFORE_CONNECT : SR_SESSION_CANCELLED_LOCAL;
        Ending ending = Endings.cancelled(reason, state, data);
        transition(TERMINATED, "cancelled here");
        lastWord(peer(), negotiation.farewell(ending), ResultCode.SR_CANCEL_SEND_FAILURE);
        over(own, null);
    }

    // ---- what the other side says

    private void received(Jid from, Signal signal) {
        SignalTable.Kind kind = SignalTable.Kind.of(signal);
        boolean heard = isPeer(from) || invitation.isAskedAgain(from, signal);
        SignalTable.Verdict verdict = heard
                ? SignalTable.fromPeer(kind, role, state)
                : SignalTable.fromOther(kind, bound || !from.bare().equals(peerBare()));
        if (!heard && kind == SignalTable.Kind.MALFORMED) {
            emit(refusal((Signal.Malformed) signal));
            return;
        }
        switch (verdict) {
            case IGNORE -> ack();
            case GONE -> refuse("item-not-found", "no such session with this device");
            case EARLY -> refuse("unexpected-request", "the session has not come to this yet");
            case TAKE -> take(from, signal);
        }
    }

    private void take(Jid from, Signal signal) {
        if (signal instanceof Signal.Malformed malformed) {
            malformed(malformed);
        } else if (signal instanceof Signal.Propose) {
            ack();
            invitation.askedAgain(from);
        } else if (signal instanceof Signal.Ringing ringing) {
            compatible |= ringing.appPresent();
            ack();
            note(SessionStep.RINGING);
            emit(new Effect.Learn(compatible));
        } else if (signal instanceof Signal.AppMissing) {
            ack();
            invitation.appMissing();
        } else if (signal instanceof Signal.Proceed proceed) {
            invitation.proceeded(from, proceed);
        } else if (signal instanceof Signal.Reject reject) {
            ack();
            invitation.rejected(reject.ending());
        } else if (signal instanceof Signal.Retract retract) {
            ack();
            invitation.retracted(retract.ending());
        } else {
            negotiation.received(signal);
        }
    }

    private void malformed(Signal.Malformed malformed) {
        emit(refusal(malformed));
        boolean end = malformed.kind().equals("session-terminate")
                || malformed.kind().equals("terminate")
                || malformed.kind().equals("finish");
        if (end && (state == ACCEPTED || state == CONNECTED)) {
            // The other side is over; this one cannot go on alone.
            end(ResultCode.SR_SESSION_PROTOCOL_ERROR, "unreadable " + malformed.kind());
        }
    }

    // ---- the world

    private void ownerLost() {
        switch (state) {
            case READY -> emit(new Effect.Discard());
            case INVITATION -> {
                if (role == Role.INVITER) {
                    cancel(ResultCode.S_OK, null);
                } else {
                    invitation.unanswered();
                }
            }
            case ACCEPTED, CONNECTED -> end(SR_CONNECTION_FAILURE, "the application is gone");
            default -> {}
        }
    }

    private void shutdown() {
        switch (state) {
            case READY -> emit(new Effect.Discard());
            case INVITATION -> {
                if (role == Role.INVITER) {
                    cancel(ResultCode.S_OK, null);
                } else {
                    // Nothing is said: it goes on ringing on this user's other devices.
                    transition(CANCELLED, "the client is shutting down");
                    over(SR_SESSION_CANCELLED_LOCAL, null);
                }
            }
            case ACCEPTED, CONNECTED -> cancel(ResultCode.S_OK, null);
            default -> {}
        }
    }

    private void up(Jid as) {
        Jid before = self;
        self = as;
        online = true;
        if (bound && !as.equals(before)) {
            // The other side is bound to an address that nobody has any more.
            lastWordUnheard = false;
            if (!state.isFinal()) {
                transition(TERMINATED, "signed in as another device");
                over(SR_CONNECTION_FAILURE, null);
            }
            return;
        }
        sayAgain();
        negotiation.liveness.ping();
    }

    /** What is unanswered is said again, with the same id: the other side knows a duplicate when it sees one. */
    private void sayAgain() {
        if (!online) {
            return;
        }
        if (state.isFinal()) {
            if (lastWordUnheard && lastWord != null) {
                emit(lastWord);
            }
        } else {
            invitation.sayAgain();
            negotiation.sayAgain();
        }
    }

    // ---- receipts

    private void delivered(Signal signal) {
        if (lastWord != null && lastWord.signal().equals(signal)) {
            lastWordUnheard = false;
            negotiation.terminated(signal);
        } else {
            negotiation.delivered(signal);
        }
    }

    private void failed(Signal signal, Carrier.Failure failure) {
        if (lastWord != null && lastWord.signal().equals(signal)) {
            lastWordUnheard = isUnreachable(failure);
            if (!lastWordUnheard) {
                negotiation.terminated(signal); // item-not-found: the two ends crossed.
            }
        } else if (signal instanceof Signal.Propose) {
            invitation.proposeFailed(failure);
        } else if (signal instanceof Signal.Proceed) {
            invitation.proceedFailed(failure);
        } else {
            negotiation.failed(signal, failure);
        }
    }

    /** Whether the other side, or the way to it, was not there; anything else is an answer. */
    static boolean isUnreachable(Carrier.Failure failure) {
        return switch (failure.condition()) {
            case "bad-request",
                    "item-not-found",
                    "not-acceptable",
                    "not-allowed",
                    "forbidden",
                    "conflict",
                    "feature-not-implemented",
                    "unexpected-request" -> false;
            default -> true;
        };
    }

    // ---- the one place where a state is assigned, and the ends

    void transition(SessionState to, String reason) {
        SessionState from = state;
        if (!LEGAL.getOrDefault(from, Set.of()).contains(to)) {
            throw new IllegalStateException("no way from " + from + " to " + to + " (" + reason + ")");
        }
        state = to;
        LOG.log(System.Logger.Level.DEBUG, "{0}: {1} -> {2}, {3}", sid, from, to, reason);
        fire(new Happening.StateChanged(from));
    }

    void connected() {
        transition(CONNECTED, "the path stands");
    }

    /** A failure ends an accepted session on both sides. */
    void end(ResultCode code, String reason) {
        endWith(code, Endings.of(code, null), reason);
    }

    /** The same, with these words for the other side. */
    void endWith(ResultCode code, Ending ending, String reason) {
        transition(TERMINATED, reason);
        lastWord(peer(), negotiation.farewell(ending), null);
        if (negotiation.acceptanceLost()) {
            fire(new Happening.SendError(ResultCode.SR_ACCEPT_SEND_FAILURE));
        }
        over(code, null);
    }

    /** The other side ended it, or does not know it any more; nothing is left to say but finish. */
    void endedThere(Ending ending) {
        ResultCode code = Endings.code(ending, state);
        transition(TERMINATED, "ended by the other side");
        if (Endings.isCancellation(ending)) {
            fire(new Happening.Cancelled(ending.data()));
        }
        over(code, ending.data());
    }

    /** The other side has no such session. */
    void unknownThere(@Nullable ResultCode sendError) {
        transition(TERMINATED, "the other side does not know the session");
        if (sendError != null) {
            fire(new Happening.SendError(sendError));
        }
        over(SR_CONNECTION_FAILURE, null);
    }

    void lastWord(Jid to, Signal signal, @Nullable ResultCode ifLost) {
        lastWord = new Effect.Send(to, signal);
        lastWordUnheard = true;
        if (online) {
            emit(lastWord);
        } else if (ifLost != null) {
            // Said when signed in again; until then the other side does not know.
            fire(new Happening.SendError(ifLost));
        }
    }

    void over(ResultCode code, @Nullable String data) {
        fire(new Happening.Termination(code, data));
        emit(new Effect.End());
    }

    /** Who still asks about what is over is told the end again. */
    void repeatLastWord() {
        if (lastWord != null) {
            emit(lastWord);
        }
    }

    /** Who asks again, perhaps from another device, has not heard that this side declined. */
    void repeatRejection(Jid device) {
        if (lastWord != null && lastWord.signal() instanceof Signal.Reject reject) {
            lastWord = new Effect.Send(device, reject);
            emit(lastWord);
        }
    }

    /** The other side speaks from this device now; others of it are heard still. */
    void moved(Jid device) {
        peer = device;
    }

    /** From now on only this device of the other side is heard. */
    void bind(Jid device) {
        peer = device;
        bound = true;
    }

    /** The crossing invitation goes first: this side is its recipient now. */
    void yieldTo(Signal.Propose theirs, Jid from) {
        sid = theirs.sid();
        role = Role.INVITEE;
        peer = from;
        compatible = true;
        contextData = theirs.data();
    }

    // ---- effects

    void emit(Effect effect) {
        effects.add(effect);
    }

    void fire(Happening happening) {
        if (happening instanceof Happening.ContextData data) {
            contextData = data.data();
        }
        emit(new Effect.Fire(happening));
    }

    void note(SessionStep step) {
        emit(new Effect.Note(step));
    }

    void send(Jid to, Signal signal) {
        emit(new Effect.Send(to, signal));
    }

    void start(Clock clock, Duration after) {
        emit(new Effect.Start(clock, after));
    }

    void stop(Clock clock) {
        emit(new Effect.Stop(clock));
    }

    void ack() {
        emit(new Effect.Ack());
    }

    void refuse(String condition, String text) {
        emit(new Effect.Refuse(condition, text));
    }

    private static Effect refusal(Signal.Malformed malformed) {
        return new Effect.Refuse(malformed.condition(), malformed.problem());
    }

    // ---- what it is now

    private boolean isPeer(Jid from) {
        return bound ? from.equals(peer) : from.bare().equals(peerBare());
    }

    private @Nullable String peerBare() {
        return peer == null ? null : peer.bare();
    }

    /** Whom the invitation is for. */
    void invitee(Jid bare) {
        peer = bare;
    }

    Jid peer() {
        return Objects.requireNonNull(peer, "nobody was invited");
    }

    Jid bare() {
        return Jid.bare(peer().bare());
    }

    @Nullable
    Jid other() {
        return peer;
    }

    String sid() {
        return sid;
    }

    Role role() {
        return role;
    }

    SessionState state() {
        return state;
    }

    boolean isOnline() {
        return online;
    }

    boolean isCompatible() {
        return compatible;
    }

    boolean hasUnheardLastWord() {
        return lastWordUnheard && state.isFinal();
    }

    Signal.@Nullable Propose propose() {
        return invitation.propose();
    }

    @Nullable
    String contextData() {
        return contextData;
    }
}
