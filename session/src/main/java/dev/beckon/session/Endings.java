package dev.beckon.session;

import dev.beckon.ResultCode;
import dev.beckon.SessionState;
import org.jspecify.annotations.Nullable;

/** Between the codes of the reference and what crosses the wire: {@code docs/wire.md}, "Reasons" and "Codes". */
final class Endings {
    private Endings() {}

    /** What is said for a code. */
    static Ending of(ResultCode code, @Nullable String data) {
        return new Ending(reason(code), code.number(), data, false);
    }

    /**
     * What is said where an application cancels: a cancellation, whatever the code, unless the code has a reason of its
     * own that the engine never gives by itself. So the other side can tell it from a failure and fires onCancelled.
     */
    static Ending cancelled(ResultCode given, SessionState state, @Nullable String data) {
        ResultCode code = given == ResultCode.S_OK ? cancelCode(state) : given;
        Reason reason = reason(code);
        boolean own = reason == Reason.DECLINE || (reason == Reason.GENERAL_ERROR && code != protocolError());
        return new Ending(own ? reason : Reason.CANCEL, code.number(), data, false);
    }

    /** The end of an invitation that lost, or yields to, a crossing one (XEP-0353 §3.6, tie-break). */
    static Ending tieBreak() {
        return new Ending(Reason.EXPIRED, ResultCode.SR_SESSION_TIMEOUT.number(), null, true);
    }

    /** The code an application is told. */
    static ResultCode code(Ending ending, SessionState state) {
        if (ending.code() != null) {
            ResultCode code = ResultCode.of(ending.code());
            return code == null ? ResultCode.E_FAIL : code;
        }
        if (ending.reason() == null) {
            return state == SessionState.INVITATION ? cancelCode(state) : ResultCode.E_FAIL;
        }
        return switch (ending.reason()) {
            case SUCCESS -> ResultCode.S_OK;
            case DECLINE, BUSY -> ResultCode.SR_INVITATION_DECLINED;
            case CANCEL -> cancelCode(state);
            case EXPIRED, TIMEOUT -> ResultCode.SR_SESSION_TIMEOUT;
            case CONNECTIVITY_ERROR, UNSUPPORTED_TRANSPORTS, GONE -> ResultCode.SR_CONNECTION_FAILURE;
            case FAILED_APPLICATION -> ResultCode.SR_APPLICATION_LAUNCH_FAILED;
            case UNSUPPORTED_APPLICATIONS -> ResultCode.SR_APP_NOT_REGISTERED;
            case SECURITY_ERROR -> ResultCode.SR_AUTHENTICATION_FAILED;
            case GENERAL_ERROR -> ResultCode.E_FAIL;
        };
    }

    /** Whether somebody over there ended it, rather than something. */
    static boolean isCancellation(Ending ending) {
        if (ending.data() != null) {
            return true;
        }
        if (ending.reason() == Reason.GENERAL_ERROR) {
            return ending.code() != null && ending.code() != protocolError().number();
        }
        return ending.reason() == Reason.CANCEL
                || ending.reason() == Reason.SUCCESS
                || ending.reason() == Reason.DECLINE;
    }

    /** Whether an invitation ended because nobody answered in time. */
    static boolean isTimeOut(Ending ending) {
        return ending.reason() == Reason.EXPIRED
                || ending.reason() == Reason.TIMEOUT
                || (ending.reason() == null
                        && ending.code() != null
                        && ending.code() == ResultCode.SR_SESSION_TIMEOUT.number());
    }

    /** Spec section 3: an invitation is cancelled by the remote side; a session that never connected says so. */
    private static ResultCode cancelCode(SessionState state) {
        return state == SessionState.ACCEPTED
                ? ResultCode.SR_CANCEL_BEFORE_CONNECT
                : ResultCode.SR_SESSION_CANCELLED_REMOTE;
    }

    private static ResultCode protocolError() {
        return ResultCode.SR_SESSION_PROTOCOL_ERROR;
    }

    private static Reason reason(ResultCode code) {
        return switch (code) {
            case S_OK -> Reason.SUCCESS;
            case SR_INVITATION_DECLINED -> Reason.DECLINE;
            case SR_SESSION_CANCELLED_REMOTE, SR_CANCEL_BEFORE_CONNECT -> Reason.CANCEL;
            case SR_SESSION_TIMEOUT -> Reason.EXPIRED;
            case SR_CONNECTION_FAILURE -> Reason.CONNECTIVITY_ERROR;
            case SR_APPLICATION_LAUNCH_FAILED -> Reason.FAILED_APPLICATION;
            case SR_APP_NOT_REGISTERED -> Reason.UNSUPPORTED_APPLICATIONS;
            case SR_AUTHENTICATION_FAILED -> Reason.SECURITY_ERROR;
            default -> Reason.GENERAL_ERROR;
        };
    }
}
