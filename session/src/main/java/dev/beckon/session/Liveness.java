package dev.beckon.session;

import dev.beckon.SessionState;
import dev.beckon.session.Event.Clock;
import java.time.Duration;

/** Whether the other side of a connected session is still there: asked now and then, and searched for where it is not. */
final class Liveness {
    /** How often an unreachable other side is asked, so that it is found soon after its return. */
    static final Duration SEARCH = Duration.ofSeconds(10);

    private final SessionMachine machine;
    private final Negotiation negotiation;
    private boolean searching;

    Liveness(SessionMachine machine, Negotiation negotiation) {
        this.machine = machine;
        this.negotiation = negotiation;
    }

    /** XEP-0166 §6.8: an empty session-info asks whether the session is alive. */
    void ping() {
        if (!negotiation.isEstablished()) {
            return;
        }
        if (machine.isOnline()) {
            machine.send(machine.peer(), new Signal.Ping(machine.sid()));
        }
        Duration usual = machine.settings.ping();
        machine.start(Clock.PING, searching && usual.compareTo(SEARCH) > 0 ? SEARCH : usual);
    }

    /** The other side, or the way to it, is not there; borne for a while. In ACCEPTED the step timer bounds it. */
    void search() {
        if (machine.state() != SessionState.CONNECTED || searching) {
            return;
        }
        searching = true;
        machine.start(Clock.OUTAGE, machine.settings.outage());
        Duration usual = machine.settings.ping();
        machine.start(Clock.PING, usual.compareTo(SEARCH) > 0 ? SEARCH : usual);
    }

    /** It was heard of. */
    void found() {
        if (searching && negotiation.isLive()) {
            searching = false;
            machine.stop(Clock.OUTAGE);
        }
    }
}
