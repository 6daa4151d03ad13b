package dev.beckon.session;

import dev.beckon.ResultCode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What can happen to a session: the only things a {@link SessionMachine} takes. */
sealed interface Event {
    // What this side's user or application asks for.

    /** Invite, with this. */
    record Invite(Signal.Propose propose) implements Event {}

    /** Accept; whether there is something to start here, or running already. */
    record Accept(@Nullable String data, boolean present) implements Event {}

    /** Decline. */
    record Decline(@Nullable String data) implements Event {}

    /** Cancel. */
    record Cancel(ResultCode reason, @Nullable String data) implements Event {}

    /** Send context data. */
    record SendContext(String data) implements Event {}

    // What the other side, or another device of this user, says.

    /** An invitation passed the door and rings now, for so long. */
    record Offered(Duration ringFor, boolean present) implements Event {}

    /** A signal about this session. */
    record Received(Jid from, Signal signal) implements Event {}

    /** Another device of this user accepted or declined. */
    record AnsweredElsewhere() implements Event {}

    /** A crossing invitation from the person invited, for the same application, has the lower id. */
    record Outranked(Jid from, Signal.Propose theirs) implements Event {}

    // What became of what was sent.

    /** It arrived. */
    record Delivered(Signal signal) implements Event {}

    /** It did not. */
    record Failed(Signal signal, Carrier.Failure failure) implements Event {}

    // The world.

    /** A timer of this session ran out. */
    record Elapsed(Clock clock) implements Event {}

    /** Signed in, as this. */
    record Up(Jid self) implements Event {}

    /** Not signed in any more. */
    record Down() implements Event {}

    /** A device went offline. */
    record Gone(Jid device) implements Event {}

    /** The application was registered here. */
    record Installed() implements Event {}

    /** The client is shutting down. */
    record Shutdown() implements Event {}

    // The application on this side.

    /** A connected application has the session; whether it gets a moment to choose its address. */
    record Owned(boolean grace) implements Event {}

    /** Nobody has it and nobody objects: the application is to be launched. */
    record LaunchApproved() implements Event {}

    /** It could not be started, or ended before it attached. */
    record LaunchFailed(String problem) implements Event {}

    /** The launched application found its session. */
    record Attached() implements Event {}

    /** The application chose the address the other side reads. */
    record AddressChosen(String address) implements Event {}

    /** The application that has the session is gone. */
    record OwnerLost() implements Event {}

    // The path.

    /** This side can be told to the other. */
    record PathReady(Signal.Endpoint local) implements Event {}

    /** The way stands. */
    record PathConnected(String remoteAddress) implements Event {}

    /** No way could be had. */
    record PathFailed(String problem) implements Event {}

    /** The timers of a session, at most one of each. */
    enum Clock {
        /** How long an invitation rings, or waits for the application to be installed. */
        LIFE,
        /** How long the other side has for its next step. */
        STEP,
        /** How long the launched application has to attach. */
        ATTACH,
        /** How long the path waits for the application to choose an address. */
        GRACE,
        /** When something unanswered is said again. */
        RETRY,
        /** When the other side is asked whether it is still there. */
        PING,
        /** How long an unreachable other side is borne. */
        OUTAGE
    }
}
