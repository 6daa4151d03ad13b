package dev.beckon.session;

import dev.beckon.SessionState;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a signal does, by who this side is and where the session stands. One letter per column:
 *
 * <ul>
 *   <li>T take: it may change something
 *   <li>- ignore: it comes late, twice or for nothing, and nothing is answered to a message
 *   <li>G gone: answered with item-not-found
 *   <li>E early: answered with unexpected-request
 * </ul>
 *
 * <p>This holds for the right other side: before acceptance any device of the person, afterwards the one that is bound.
 * Signals of others are judged by {@link #fromOther}.
 */
final class SignalTable {
    /** What is done with a signal. */
    enum Verdict {
        TAKE,
        IGNORE,
        GONE,
        EARLY
    }

    /** What a signal is. */
    enum Kind {
        PROPOSE,
        RINGING,
        APP_MISSING,
        PROCEED,
        REJECT,
        RETRACT,
        FINISH,
        INITIATE,
        ACCEPT,
        CONTEXT,
        PING,
        TERMINATE,
        MALFORMED;

        static Kind of(Signal signal) {
            if (signal instanceof Signal.Propose) {
                return PROPOSE;
            } else if (signal instanceof Signal.Ringing) {
                return RINGING;
            } else if (signal instanceof Signal.AppMissing) {
                return APP_MISSING;
            } else if (signal instanceof Signal.Proceed) {
                return PROCEED;
            } else if (signal instanceof Signal.Reject) {
                return REJECT;
            } else if (signal instanceof Signal.Retract) {
                return RETRACT;
            } else if (signal instanceof Signal.Finish) {
                return FINISH;
            } else if (signal instanceof Signal.Initiate) {
                return INITIATE;
            } else if (signal instanceof Signal.Accept) {
                return ACCEPT;
            } else if (signal instanceof Signal.ContextData) {
                return CONTEXT;
            } else if (signal instanceof Signal.Ping) {
                return PING;
            } else if (signal instanceof Signal.Terminate) {
                return TERMINATE;
            }
            return MALFORMED;
        }

        /** Whether it travels in an iq and must be answered. */
        boolean isIq() {
            return ordinal() >= INITIATE.ordinal() && this != MALFORMED;
        }
    }

    //                                                READY, INVITATION, ACCEPTED, CONNECTED, final
    private static final Map<Kind, String> INVITER = new EnumMap<>(Map.ofEntries(
            Map.entry(Kind.PROPOSE, "-----"),
            Map.entry(Kind.RINGING, "-T---"),
            Map.entry(Kind.APP_MISSING, "-T---"),
            Map.entry(Kind.PROCEED, "-T--T"), // final: the last word is said again, with item-not-found
            Map.entry(Kind.REJECT, "-T---"),
            Map.entry(Kind.RETRACT, "-----"),
            Map.entry(Kind.FINISH, "--TT-"),
            Map.entry(Kind.INITIATE, "GGEEG"),
            Map.entry(Kind.ACCEPT, "GGTTG"),
            Map.entry(Kind.CONTEXT, "GGTTG"),
            Map.entry(Kind.PING, "GGTTG"),
            Map.entry(Kind.TERMINATE, "GGTTG"),
            Map.entry(Kind.MALFORMED, "TTTTT")));

    private static final Map<Kind, String> INVITEE = new EnumMap<>(Map.ofEntries(
            Map.entry(Kind.PROPOSE, "-TT-T"), // a retry, perhaps from a new resource: the answer is said again
            Map.entry(Kind.RINGING, "-----"),
            Map.entry(Kind.APP_MISSING, "-----"),
            Map.entry(Kind.PROCEED, "-----"),
            Map.entry(Kind.REJECT, "-----"),
            Map.entry(Kind.RETRACT, "-TT--"),
            Map.entry(Kind.FINISH, "--TT-"),
            Map.entry(Kind.INITIATE, "GGTTG"),
            Map.entry(Kind.ACCEPT, "GGEEG"),
            Map.entry(Kind.CONTEXT, "GGTTG"),
            Map.entry(Kind.PING, "GGTTG"),
            Map.entry(Kind.TERMINATE, "GGTTG"),
            Map.entry(Kind.MALFORMED, "TTTTT")));

    private SignalTable() {}

    /** For a signal of the right other side. */
    static Verdict fromPeer(Kind kind, Call.Role role, SessionState state) {
        int column = state.isFinal() ? 4 : Math.max(0, state.ordinal() - SessionState.READY.ordinal());
        String row = (role == Call.Role.INVITER ? INVITER : INVITEE).getOrDefault(kind, "-----");
        return switch (row.charAt(column)) {
            case 'T' -> Verdict.TAKE;
            case 'G' -> Verdict.GONE;
            case 'E' -> Verdict.EARLY;
            default -> Verdict.IGNORE;
        };
    }

    /**
     * For a signal of anybody else, another device of the other side among them.
     *
     * @param bound whether the session is bound to two devices already
     */
    static Verdict fromOther(Kind kind, boolean bound) {
        return switch (kind) {
            // A late word of another device of the recipient, or a copy.
            case RINGING, APP_MISSING, PROPOSE -> Verdict.IGNORE;
            case PROCEED, REJECT, RETRACT, FINISH -> bound ? Verdict.GONE : Verdict.IGNORE;
            default -> Verdict.GONE;
        };
    }
}
