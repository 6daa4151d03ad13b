package dev.beckon.session;

import dev.beckon.SessionStep;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a {@link SessionMachine} wants done, in order. */
sealed interface Effect {
    /** Send a signal. */
    record Send(Jid to, Signal signal) implements Effect {}

    /** Say it to this user's other devices too, where the service does not copy it to them. */
    record TellOwnDevices(Signal signal) implements Effect {}

    /** Answer the signal being handled: taken. */
    record Ack() implements Effect {}

    /** Answer the signal being handled: refused. */
    record Refuse(String condition, String text) implements Effect {}

    /** Start a timer, in place of the one of that name there may be. */
    record Start(Event.Clock clock, Duration after) implements Effect {}

    /** Stop a timer. */
    record Stop(Event.Clock clock) implements Effect {}

    /** Tell the listeners of the session. */
    record Fire(Happening happening) implements Effect {}

    /** The session came so far: a note for people. */
    record Note(SessionStep step) implements Effect {}

    /** The other side is known to have the application, or not to have it. */
    record Learn(boolean present) implements Effect {}

    /** Tell the windows that there is a session. */
    record Announce() implements Effect {}

    /** Ask the applications about the invitation, then the windows. */
    record Ask() implements Effect {}

    /** Ask the windows about the invitation. */
    record AskWindows() implements Effect {}

    /** Find the application that has the session, or have one launched. */
    record FindOwner() implements Effect {}

    /** Launch the application. */
    record Launch() implements Effect {}

    /** Show where the application can be had. */
    record OpenDownloadPage() implements Effect {}

    /** Prepare a path; without a transport the one that every client speaks. */
    record OpenPath(@Nullable String transport) implements Effect {}

    /** Tell the path what the other side said. */
    record TellPath(Signal.Endpoint remote) implements Effect {}

    /** The session goes by the id of the crossing invitation now. */
    record Rename(String formerSid) implements Effect {}

    /** Show the invitation as missed. */
    record NoteMissed(String reason) implements Effect {}

    /** The session reached its end: path closed, timers stopped, kept for reading. */
    record End() implements Effect {}

    /** The session never left READY: forget it. */
    record Discard() implements Effect {}
}
