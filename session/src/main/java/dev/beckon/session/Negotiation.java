package dev.beckon.session;

import static dev.beckon.ResultCode.SR_CONNECTION_FAILURE;

import dev.beckon.Limits;
import dev.beckon.ResultCode;
import dev.beckon.SessionException;
import dev.beckon.SessionState;
import dev.beckon.SessionStep;
import dev.beckon.session.Call.Role;
import dev.beckon.session.Event.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The part of a {@link SessionMachine} between acceptance and the end: the application starts, the two sides tell each
 * other the way (session-initiate, session-accept), and context data goes to and fro.
 */
final class Negotiation {
    /** After how long something that found nobody is said again. */
    static final Duration RETRY = Duration.ofSeconds(5);
    /** How long a path waits for an application that just attached to choose its address. */
    static final Duration GRACE = Duration.ofSeconds(1);
    /** Context data that may wait for the other side to be ready. */
    static final int QUEUED = 1000;
    /** Context data taken from the other side: more than any application sends, less than floods a listener. */
    static final int HEARD = 5000;

    /** How far the application on this side has come. */
    private enum Boot {
        NONE,
        CHOOSING,
        LAUNCHING,
        GRACE,
        READY
    }

    private final SessionMachine machine;
    private final Set<String> spoken;
    final Liveness liveness;
    private Boot boot = Boot.NONE;
    private boolean pathOpened;
    private @Nullable String chosenAddress;
    private @Nullable String reached;
    private boolean connected;

    private Signal.@Nullable Initiate initiate;
    private boolean initiateHeard;
    private Signal.@Nullable Accept accept;
    private boolean acceptHeard;
    private boolean acceptanceUnheard;

    private final Deque<String> waiting = new ArrayDeque<>();
    private int sentConnected;
    private int heardContext;
    private @Nullable Ending farewell;
    private boolean finished;

    Negotiation(SessionMachine machine, Set<String> spoken) {
        this.machine = machine;
        this.spoken = spoken;
        this.liveness = new Liveness(machine, this);
    }

    /** The invitation was accepted. */
    void begin() {
        boot = Boot.CHOOSING;
        machine.note(SessionStep.ACCEPTED);
        machine.start(Clock.STEP, machine.settings.step());
        machine.emit(new Effect.FindOwner());
    }

    void on(Event event) {
        if (event instanceof Event.SendContext e) {
            sendContext(e.data());
        } else if (event instanceof Event.AddressChosen e) {
            chooseAddress(e.address());
        } else if (!isLive()) {
            return;
        } else if (event instanceof Event.Owned e) {
            owned(e.grace());
        } else if (event instanceof Event.LaunchApproved) {
            launch();
        } else if (event instanceof Event.Attached) {
            attached();
        } else if (event instanceof Event.LaunchFailed e) {
            launchFailed(e.problem());
        } else if (event instanceof Event.PathReady e) {
            pathReady(e.local());
        } else if (event instanceof Event.PathConnected e) {
            reached = e.remoteAddress();
            connectIfTold();
        } else if (event instanceof Event.PathFailed e) {
            if (machine.state() == SessionState.ACCEPTED || machine.state() == SessionState.CONNECTED) {
                machine.end(SR_CONNECTION_FAILURE, e.problem());
            }
        } else if (event instanceof Event.Gone e) {
            if (e.device().equals(machine.other())) {
                liveness.ping();
            }
        } else if (event instanceof Event.Elapsed e) {
            elapsed(e.clock());
        }
    }

    boolean isLive() {
        return machine.state() == SessionState.ACCEPTED || machine.state() == SessionState.CONNECTED;
    }

    private void elapsed(Clock clock) {
        switch (clock) {
            case STEP -> {
                if (machine.state() == SessionState.ACCEPTED) {
                    machine.end(SR_CONNECTION_FAILURE, "the next step did not come in time");
                }
            }
            case ATTACH -> launchFailed("the application did not attach in time");
            case GRACE -> bootReady(Boot.GRACE);
            case PING -> liveness.ping();
            case OUTAGE -> machine.end(SR_CONNECTION_FAILURE, "the other side could not be reached");
            default -> {}
        }
    }

    // ---- the application

    private void owned(boolean grace) {
        if (boot != Boot.CHOOSING) {
            return;
        }
        machine.note(SessionStep.ATTACHED);
        machine.fire(new Happening.ReadyToLaunch());
        if (grace && chosenAddress == null) {
            boot = Boot.GRACE;
            machine.start(Clock.GRACE, GRACE);
        } else {
            boot = Boot.GRACE;
            bootReady(Boot.GRACE);
        }
    }

    private void launch() {
        if (boot != Boot.CHOOSING) {
            return;
        }
        boot = Boot.LAUNCHING;
        machine.note(SessionStep.LAUNCHING);
        machine.fire(new Happening.ReadyToLaunch());
        machine.start(Clock.ATTACH, machine.settings.attach());
        machine.emit(new Effect.Launch());
    }

    private void attached() {
        if (boot != Boot.LAUNCHING) {
            return;
        }
        machine.stop(Clock.ATTACH);
        machine.note(SessionStep.ATTACHED);
        boot = Boot.GRACE;
        machine.start(Clock.GRACE, GRACE);
    }

    private void launchFailed(String problem) {
        if (boot == Boot.CHOOSING || boot == Boot.LAUNCHING) {
            machine.end(ResultCode.SR_APPLICATION_LAUNCH_FAILED, problem);
        }
    }

    private void chooseAddress(String address) {
        Call.SET_ADDRESS.check(machine.state(), machine.role());
        if (pathOpened) {
            throw new SessionException(
                    ResultCode.SR_SESSION_STATE_INVALID,
                    "the other side has been told an address already",
                    "set it before invite or accept, or right after being launched");
        }
        chosenAddress = address;
        bootReady(Boot.GRACE);
    }

    private void bootReady(Boot expected) {
        if (boot == expected && isLive()) {
            boot = Boot.READY;
            machine.stop(Clock.GRACE);
            openPath();
        }
    }

    // ---- the path

    private void openPath() {
        if (pathOpened || boot != Boot.READY) {
            return;
        }
        if (machine.role() == Role.INVITER) {
            pathOpened = true;
            machine.emit(new Effect.OpenPath(null));
        } else if (initiate != null) {
            pathOpened = true;
            machine.emit(new Effect.OpenPath(initiate.endpoint().transport()));
            machine.emit(new Effect.TellPath(initiate.endpoint()));
        }
    }

    private void pathReady(Signal.Endpoint local) {
        if (machine.role() == Role.INVITER && initiate == null) {
            initiate = new Signal.Initiate(machine.sid(), guid(), local);
            machine.send(machine.peer(), initiate);
            machine.start(Clock.STEP, machine.settings.step());
        } else if (machine.role() == Role.INVITEE && accept == null) {
            accept = new Signal.Accept(machine.sid(), guid(), local);
            machine.send(machine.peer(), accept);
            connectIfTold();
        }
    }

    /** CONNECTED needs the path and session-accept: said on the recipient's side, heard on the inviter's. */
    private void connectIfTold() {
        if (machine.state() != SessionState.ACCEPTED || accept == null || reached == null) {
            return;
        }
        connected = true;
        machine.connected();
        machine.note(SessionStep.CONNECTED);
        machine.stop(Clock.STEP);
        machine.start(Clock.PING, machine.settings.ping());
    }

    // ---- what the other side says

    void received(Signal signal) {
        if (signal instanceof Signal.Initiate heard) {
            initiated(heard);
        } else if (signal instanceof Signal.Accept heard) {
            accepted(heard);
        } else if (signal instanceof Signal.ContextData data) {
            if (initiate == null) {
                machine.refuse("unexpected-request", "there is no session yet to carry context data");
                return;
            }
            if (heardContext >= HEARD) {
                machine.refuse("resource-constraint", HEARD + " context data were sent in this session");
                return;
            }
            heardContext++;
            machine.ack();
            machine.fire(new Happening.ContextData(data.data()));
        } else if (signal instanceof Signal.Ping) {
            if (initiate == null) {
                machine.refuse("item-not-found", "there is no session yet");
                return;
            }
            machine.ack();
        } else if (signal instanceof Signal.Terminate terminate) {
            machine.ack();
            machine.endedThere(terminate.ending());
            // docs/wire.md: finish from both sides, with the same reason.
            finishWith(terminate.ending());
            return;
        } else if (signal instanceof Signal.Finish finish) {
            machine.ack();
            machine.endedThere(finish.ending());
            finishWith(finish.ending());
            return;
        }
        liveness.found();
    }

    private void initiated(Signal.Initiate heard) {
        if (initiate != null) {
            again(heard.equals(initiate));
        } else if (!heard.guid().equals(guid())) {
            machine.refuse("bad-request", "this session is for the application " + guid());
        } else if (isAddressMissing(heard.endpoint())) {
            machine.refuse("bad-request", "the addresses transport needs an <address>");
        } else if (!spoken.contains(heard.endpoint().transport())) {
            machine.ack();
            initiate = heard;
            unsupportedTransport();
        } else {
            machine.ack();
            initiate = heard;
            machine.stop(Clock.RETRY);
            machine.start(Clock.STEP, machine.settings.step());
            flush();
            openPath();
        }
    }

    private void accepted(Signal.Accept heard) {
        if (initiate == null) {
            machine.refuse("unexpected-request", "nothing was initiated yet");
        } else if (accept != null) {
            again(heard.equals(accept));
        } else if (!heard.guid().equals(guid())) {
            machine.refuse("bad-request", "this session is for the application " + guid());
        } else if (isAddressMissing(heard.endpoint())) {
            machine.refuse("bad-request", "the addresses transport needs an <address>");
        } else if (!heard.endpoint().transport().equals(initiate.endpoint().transport())) {
            machine.ack();
            unsupportedTransport();
        } else {
            machine.ack();
            accept = heard;
            initiateHeard = true;
            machine.stop(Clock.RETRY);
            flush();
            machine.emit(new Effect.TellPath(heard.endpoint()));
            connectIfTold();
        }
    }

    /** An exact duplicate is taken again without effect: its first answer may have been lost. */
    private void again(boolean same) {
        if (same) {
            machine.ack();
        } else {
            machine.refuse("unexpected-request", "this was said before, differently");
        }
    }

    private static boolean isAddressMissing(Signal.Endpoint endpoint) {
        return endpoint.transport().equals(Signal.Endpoint.ADDRESSES) && endpoint.address() == null;
    }

    private void unsupportedTransport() {
        machine.endWith(
                SR_CONNECTION_FAILURE,
                new Ending(Reason.UNSUPPORTED_TRANSPORTS, SR_CONNECTION_FAILURE.number(), null, false),
                "no transport both sides speak");
    }

    private String guid() {
        Signal.Propose propose = machine.propose();
        return propose == null ? "" : propose.guid();
    }

    // ---- context data

    private void sendContext(String data) {
        Call.SEND_CONTEXT.check(machine.state(), machine.role());
        if (machine.state() == SessionState.CONNECTED) {
            if (sentConnected >= Limits.CONTEXT_DATA_AFTER_CONNECTED) {
                throw new SessionException(
                        ResultCode.SR_CONTEXT_DATA_OVER_LIMIT,
                        "5 context data were sent since the session was connected",
                        "use the connection between the applications");
            }
            sentConnected++;
        } else if (waiting.size() >= QUEUED) {
            throw new SessionException(
                    ResultCode.SR_CONTEXT_DATA_OVER_LIMIT,
                    QUEUED + " context data wait for the other side",
                    "wait for the session to be CONNECTED");
        }
        waiting.add(data);
        flush();
    }

    /** Between acceptance and session-initiate there is nothing yet that could carry them: they wait. */
    private void flush() {
        if (initiate == null || (machine.role() == Role.INVITER && !initiateHeard)) {
            return;
        }
        while (!waiting.isEmpty()) {
            machine.send(machine.peer(), new Signal.ContextData(machine.sid(), waiting.remove()));
        }
    }

    // ---- whether the other side is still there

    void delivered(Signal signal) {
        if (!isLive()) {
            return;
        }
        if (signal instanceof Signal.Proceed) {
            acceptanceUnheard = false;
        } else if (signal.equals(initiate)) {
            initiateHeard = true;
            if (accept == null) {
                // It took its time to get there; the other side has had none yet.
                machine.start(Clock.STEP, machine.settings.step());
            }
            flush();
            liveness.found();
        } else if (signal.equals(accept)) {
            acceptHeard = true;
            liveness.found();
        } else if (signal instanceof Signal.Ping || signal instanceof Signal.ContextData) {
            liveness.found();
        }
    }

    void failed(Signal signal, Carrier.Failure failure) {
        boolean unreachable = SessionMachine.isUnreachable(failure);
        boolean unknown = failure.condition().equals("item-not-found");
        if (!isLive()) {
            return;
        }
        if (signal instanceof Signal.ContextData) {
            if (unknown) {
                machine.unknownThere(ResultCode.SR_CONTEXT_DATA_SEND_FAILURE);
                return;
            }
            machine.fire(new Happening.SendError(ResultCode.SR_CONTEXT_DATA_SEND_FAILURE));
            if (unreachable) {
                liveness.search();
            }
        } else if (signal instanceof Signal.Ping) {
            if (unknown) {
                machine.unknownThere(null);
            } else if (unreachable) {
                liveness.search();
            }
        } else if ((signal.equals(initiate) && !initiateHeard) || (signal.equals(accept) && !acceptHeard)) {
            if (unknown) {
                machine.unknownThere(null);
            } else if (unreachable) {
                // Who did not answer in time has been waited for already.
                boolean waited = failure.from() == null && failure.condition().equals(Carrier.Failure.TIMEOUT);
                machine.start(Clock.RETRY, waited ? Duration.ZERO : RETRY);
                liveness.search();
            } else {
                machine.end(ResultCode.SR_SESSION_PROTOCOL_ERROR, "refused: " + failure.condition());
            }
        }
    }

    void sayAgain() {
        if (!isLive()) {
            return;
        }
        if (machine.role() == Role.INVITER && initiate != null && !initiateHeard) {
            machine.send(machine.peer(), initiate);
        } else if (machine.role() == Role.INVITEE && accept != null && !acceptHeard) {
            machine.send(machine.peer(), accept);
        }
    }

    // ---- the end

    /** What ends the session for the other side: terminate, or finish where there is no Jingle session yet. */
    Signal farewell(Ending ending) {
        farewell = ending;
        if (initiate != null) {
            return new Signal.Terminate(machine.sid(), ending);
        }
        finished = true;
        return finish();
    }

    /** Terminate was acknowledged, or found nothing to end: finish follows. */
    void terminated(Signal signal) {
        if (signal instanceof Signal.Terminate terminate) {
            finishWith(terminate.ending());
        }
    }

    private void finishWith(Ending ending) {
        farewell = ending;
        if (!finished) {
            finished = true;
            machine.send(machine.peer(), finish());
        }
    }

    /** Finish, with the reason the session ended for. */
    Signal finish() {
        Ending ending = farewell == null ? Endings.of(SR_CONNECTION_FAILURE, null) : farewell;
        return new Signal.Finish(machine.sid(), ending);
    }

    /** Whether both sides know of the Jingle session, so that it can be asked about. */
    boolean isEstablished() {
        return isLive() && (machine.role() == Role.INVITER ? initiateHeard : initiate != null);
    }

    /** Whether session-initiate was sent or heard. */
    boolean started() {
        return initiate != null;
    }

    void acceptanceUnheard() {
        acceptanceUnheard = true;
    }

    /** Whether the acceptance never got through. */
    boolean acceptanceLost() {
        return acceptanceUnheard && !started();
    }

    @Nullable
    String chosenAddress() {
        return chosenAddress;
    }

    /** The other side's address; null before CONNECTED. */
    @Nullable
    String reached() {
        return connected ? reached : null;
    }
}
