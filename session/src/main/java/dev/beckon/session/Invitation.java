package dev.beckon.session;

import static dev.beckon.ResultCode.SR_SESSION_CANCELLED_LOCAL;
import static dev.beckon.ResultCode.SR_SESSION_TIMEOUT;
import static dev.beckon.SessionState.ACCEPTED;
import static dev.beckon.SessionState.CANCELLED;
import static dev.beckon.SessionState.DECLINED;
import static dev.beckon.SessionState.INVITATION;
import static dev.beckon.SessionState.TERMINATED;

import dev.beckon.ResultCode;
import dev.beckon.SessionException;
import dev.beckon.SessionStep;
import dev.beckon.session.Call.Role;
import dev.beckon.session.Event.Clock;
import org.jspecify.annotations.Nullable;

/**
 * The part of a {@link SessionMachine} up to acceptance: an invitation goes out or comes in, rings, is answered, taken
 * back, lapses, or meets one that comes the other way.
 */
final class Invitation {
    private final SessionMachine machine;
    private Signal.@Nullable Propose propose;
    private boolean proposedAgain;
    private boolean missingTold;
    private boolean waitingForApp;
    /** The application came while nothing could be sent. */
    private boolean installed;

    private @Nullable String acceptData;

    Invitation(SessionMachine machine, Signal.@Nullable Propose propose) {
        this.machine = machine;
        this.propose = propose;
    }

    void invite(Signal.Propose invitation) {
        Call.INVITE.check(machine.state(), machine.role());
        propose = invitation;
        machine.contextData = invitation.data();
        machine.transition(INVITATION, "invited");
        machine.emit(new Effect.Announce());
        machine.note(SessionStep.INVITED);
        machine.send(machine.bare(), invitation);
        machine.start(Clock.LIFE, machine.settings.invitationLife());
    }

    void offered(Event.Offered offer) {
        if (machine.state() != INVITATION || machine.role() != Role.INVITEE) {
            return;
        }
        machine.compatible = offer.present();
        machine.emit(new Effect.Announce());
        machine.note(SessionStep.INVITED);
        machine.send(machine.peer(), new Signal.Ringing(machine.sid(), offer.present()));
        machine.note(SessionStep.RINGING);
        machine.emit(new Effect.Learn(true)); // who invites has it
        machine.start(Clock.LIFE, offer.ringFor());
        machine.emit(new Effect.Ask());
    }

    /** Whether this is the inviter's retry after acceptance, from whatever device: then it has not heard of it. */
    boolean isAskedAgain(Jid from, Signal signal) {
        return signal instanceof Signal.Propose
                && isAcceptanceOpen()
                && from.bare().equals(machine.peer().bare());
    }

    /** docs/wire.md, Races: an inviter that was away asks again with the same id; what it was told may have been lost. */
    void askedAgain(Jid from) {
        if (machine.state().isFinal()) {
            machine.repeatRejection(from);
        } else if (isAcceptanceOpen()) {
            machine.bind(from);
            machine.start(Clock.STEP, machine.settings.step());
            sayAgain();
        } else if (machine.state() == INVITATION) {
            machine.moved(from);
            sayAgain();
        }
    }

    void accept(Event.Accept call) {
        Call.ACCEPT.check(machine.state(), machine.role());
        if (!machine.isOnline()) {
            throw new SessionException(
                    ResultCode.SR_ACCEPT_SEND_FAILURE,
                    "the client is not signed in, so the acceptance cannot be sent",
                    "accept again once it is");
        }
        acceptData = call.data();
        if (call.present()) {
            proceed();
            return;
        }
        if (!waitingForApp) {
            waitingForApp = true;
            machine.send(machine.peer(), new Signal.AppMissing(machine.sid()));
            machine.start(Clock.LIFE, machine.settings.installLife());
            machine.note(SessionStep.APP_MISSING);
        }
        machine.emit(new Effect.OpenDownloadPage());
    }

    void installed() {
        machine.compatible |= machine.role() == Role.INVITEE && !machine.state().isFinal();
        if (machine.state() == INVITATION && waitingForApp) {
            if (machine.isOnline()) {
                proceed();
            } else {
                installed = true;
            }
        }
    }

    private void proceed() {
        waitingForApp = false;
        machine.bind(machine.peer());
        machine.transition(ACCEPTED, "accepted here");
        machine.stop(Clock.LIFE);
        Signal.Proceed proceed = new Signal.Proceed(machine.sid(), acceptData);
        machine.send(machine.peer(), proceed);
        machine.emit(new Effect.TellOwnDevices(proceed));
        machine.negotiation.begin();
    }

    void decline(@Nullable String data) {
        Call.DECLINE.check(machine.state(), machine.role());
        Ending ending = Endings.of(ResultCode.SR_INVITATION_DECLINED, data);
        machine.transition(DECLINED, "declined here");
        machine.lastWord(machine.peer(), new Signal.Reject(machine.sid(), ending), ResultCode.SR_DECLINE_SEND_FAILURE);
        machine.emit(new Effect.TellOwnDevices(new Signal.Reject(machine.sid(), ending)));
        machine.over(ResultCode.SR_INVITATION_DECLINED, null);
    }

    void appMissing() {
        if (missingTold || propose == null) {
            return;
        }
        missingTold = true;
        machine.start(Clock.LIFE, machine.settings.installLife());
        machine.note(SessionStep.APP_MISSING);
        machine.emit(new Effect.Learn(machine.compatible));
        machine.fire(new Happening.AppNotPresent(propose.name(), propose.url()));
    }

    void proceeded(Jid from, Signal.Proceed proceed) {
        if (machine.state().isFinal()) {
            // The other side has not heard the end: it is told again, then refused.
            machine.repeatLastWord();
            machine.refuse("item-not-found", "the invitation is over");
            return;
        }
        machine.ack();
        machine.bind(from);
        machine.compatible = true;
        machine.emit(new Effect.Learn(true));
        machine.transition(ACCEPTED, "accepted by " + from);
        machine.stop(Clock.LIFE);
        machine.stop(Clock.RETRY);
        machine.fire(new Happening.Accepted(proceed.data()));
        machine.negotiation.begin();
    }

    void rejected(Ending ending) {
        if (ending.tieBreak()) {
            // Their own invitation has the lower id and is on its way here: see outranked.
            return;
        }
        ResultCode code = ending.code() == null && ending.reason() == null
                ? ResultCode.SR_INVITATION_DECLINED
                : Endings.code(ending, machine.state());
        machine.transition(DECLINED, "declined");
        machine.fire(new Happening.Declined(ending.data()));
        machine.over(code, ending.data());
    }

    void retracted(Ending ending) {
        if (machine.state() == ACCEPTED && machine.negotiation.started()) {
            return; // Whoever initiates has taken our proceed: nothing was retracted before it.
        }
        if (ending.tieBreak()) {
            // They yield to this side's own invitation: it is answered by that.
            machine.transition(CANCELLED, "gave way to the crossing invitation");
            machine.over(SR_SESSION_CANCELLED_LOCAL, null);
            return;
        }
        if (Endings.isTimeOut(ending)) {
            timedOut("not answered in time");
            return;
        }
        ResultCode code = ending.reason() == Reason.CANCEL && ending.code() == null
                ? ResultCode.SR_SESSION_CANCELLED_REMOTE
                : Endings.code(ending, machine.state());
        machine.transition(CANCELLED, "taken back by the inviter");
        machine.fire(new Happening.Cancelled(ending.data()));
        machine.emit(new Effect.NoteMissed("taken back by the inviter"));
        machine.over(code, ending.data());
    }

    void answeredElsewhere() {
        if (machine.role() == Role.INVITEE && machine.state() == INVITATION) {
            machine.transition(CANCELLED, "answered on another device");
            machine.over(SR_SESSION_CANCELLED_LOCAL, null);
        }
    }

    /** Crossing invitations: this one retracts, goes by the other's id, and accepts without a question. */
    void outranked(Jid from, Signal.Propose theirs) {
        if (machine.role() != Role.INVITER || machine.state() != INVITATION) {
            return;
        }
        String former = machine.sid();
        machine.send(machine.bare(), new Signal.Retract(former, Endings.tieBreak()));
        acceptData = propose == null ? null : propose.data();

        propose = theirs;
        machine.yieldTo(theirs, from);
        machine.stop(Clock.RETRY);
        machine.emit(new Effect.Rename(former));
        machine.emit(new Effect.Learn(true));
        proceed();
    }

    void lifeOver() {
        if (machine.state() != INVITATION) {
            return;
        }
        if (machine.role() == Role.INVITEE) {
            timedOut("not answered in time");
            return;
        }
        machine.transition(TERMINATED, "not answered in time");
        machine.lastWord(machine.bare(), new Signal.Retract(machine.sid(), Endings.of(SR_SESSION_TIMEOUT, null)), null);
        machine.over(SR_SESSION_TIMEOUT, null);
    }

    private void timedOut(String reason) {
        machine.transition(TERMINATED, reason);
        machine.emit(new Effect.NoteMissed(reason));
        machine.over(SR_SESSION_TIMEOUT, null);
    }

    void proposeFailed(Carrier.Failure failure) {
        if (machine.state() != INVITATION || machine.role() != Role.INVITER) {
            return;
        }
        Jid from = failure.from();
        if (from != null && from.isFull()) {
            return; // One device does not ring; the invitation stands.
        }
        if (failure.condition().equals(Carrier.Failure.OFFLINE)) {
            // Said again after signing in again, within its life; soon, where there was only too much to send.
            machine.start(Clock.RETRY, Negotiation.RETRY);
            return;
        }
        if (proposedAgain && SessionMachine.isUnreachable(failure)) {
            machine.start(Clock.RETRY, Negotiation.RETRY);
            return;
        }
        machine.transition(TERMINATED, "could not be delivered: " + failure.condition());
        machine.fire(new Happening.SendError(ResultCode.SR_INVITATION_SEND_FAILURE));
        machine.over(ResultCode.SR_INVITATION_SEND_FAILURE, null);
    }

    void proceedFailed(Carrier.Failure failure) {
        if (!isAcceptanceOpen()) {
            return;
        }
        if (failure.condition().equals("item-not-found")) {
            machine.transition(CANCELLED, "answered on another device, or over");
            machine.over(SR_SESSION_CANCELLED_LOCAL, null);
        } else if (SessionMachine.isUnreachable(failure)) {
            machine.negotiation.acceptanceUnheard();
            machine.start(Clock.RETRY, Negotiation.RETRY);
        } else {
            machine.transition(TERMINATED, "the acceptance was refused: " + failure.condition());
            machine.fire(new Happening.SendError(ResultCode.SR_ACCEPT_SEND_FAILURE));
            machine.over(ResultCode.SR_SESSION_PROTOCOL_ERROR, null);
        }
    }

    /** What is unanswered is said again, with the same id: the other side knows a duplicate when it sees one. */
    void sayAgain() {
        if (machine.state() == INVITATION && machine.role() == Role.INVITER && propose != null) {
            proposedAgain = true;
            machine.send(machine.bare(), propose);
        } else if (machine.state() == INVITATION && waitingForApp && installed) {
            proceed();
        } else if (machine.state() == INVITATION && waitingForApp) {
            machine.send(machine.peer(), new Signal.AppMissing(machine.sid()));
        } else if (isAcceptanceOpen()) {
            machine.send(machine.peer(), new Signal.Proceed(machine.sid(), acceptData));
        }
    }

    /** Accepted here, and the inviter has not taken its next step. */
    private boolean isAcceptanceOpen() {
        return machine.state() == ACCEPTED && machine.role() == Role.INVITEE && !machine.negotiation.started();
    }

    /** Whoever accepted here is gone before the application came: somebody else has to answer. */
    void unanswered() {
        waitingForApp = false;
        machine.emit(new Effect.AskWindows());
    }

    Signal.@Nullable Propose propose() {
        return propose;
    }
}
