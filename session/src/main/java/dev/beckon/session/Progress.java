package dev.beckon.session;

import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionStep;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a session has come, for people: a record beside its {@link SessionMachine}, which nothing is decided by. It only
 * goes forward, so it holds each {@link SessionStep} once at most, whatever the other side repeats.
 */
final class Progress {
    private final List<Session.Step> steps = new ArrayList<>();
    private @Nullable Instant expires;
    private @Nullable ResultCode result;

    /** Takes a step; false where it was taken, or passed, before. */
    boolean reach(SessionStep step, Instant when) {
        SessionStep last = last();
        if (last != null && last.compareTo(step) >= 0) {
            return false;
        }
        steps.add(new Session.Step(step, when));
        return true;
    }

    /** The invitation may be answered until then. */
    void expires(@Nullable Instant end) {
        expires = end;
    }

    /** It ended with this code. */
    void ended(ResultCode code) {
        result = code;
    }

    @Nullable
    SessionStep last() {
        return steps.isEmpty() ? null : steps.get(steps.size() - 1).step();
    }

    List<Session.Step> steps() {
        return List.copyOf(steps);
    }

    @Nullable
    Instant expires() {
        return expires;
    }

    @Nullable
    ResultCode result() {
        return result;
    }
}
