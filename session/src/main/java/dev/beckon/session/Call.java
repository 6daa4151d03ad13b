package dev.beckon.session;

import static dev.beckon.ResultCode.SR_NOT_INVITEE;
import static dev.beckon.ResultCode.SR_NOT_INVITER;
import static dev.beckon.ResultCode.SR_NOT_VALID_FOR_APP_INVITE;
import static dev.beckon.ResultCode.SR_SESSION_NOT_READY;
import static dev.beckon.ResultCode.SR_SESSION_STATE_INVALID;

import dev.beckon.ResultCode;
import dev.beckon.SessionException;
import dev.beckon.SessionState;
import org.jspecify.annotations.Nullable;

/**
 * The calls that change a session, and where each is allowed: one answer per state and role, in the order READY,
 * INVITATION, ACCEPTED, CONNECTED, final. Null means allowed.
 */
enum Call {
    SET_APPLICATION(
            row(null, SR_SESSION_NOT_READY, SR_SESSION_NOT_READY, SR_SESSION_NOT_READY),
            row(SR_SESSION_NOT_READY, SR_SESSION_NOT_READY, SR_SESSION_NOT_READY, SR_SESSION_NOT_READY)),
    SET_ADDRESS(row(null, null, null, null), row(null, null, null, null)),
    INVITE(
            row(null, SR_SESSION_NOT_READY, SR_SESSION_NOT_READY, SR_SESSION_NOT_READY),
            row(SR_SESSION_NOT_READY, SR_SESSION_NOT_READY, SR_SESSION_NOT_READY, SR_SESSION_NOT_READY)),
    ACCEPT(
            row(SR_NOT_INVITEE, SR_NOT_INVITEE, SR_NOT_INVITEE, SR_NOT_INVITEE),
            row(SR_SESSION_STATE_INVALID, null, SR_SESSION_STATE_INVALID, SR_SESSION_STATE_INVALID)),
    DECLINE(
            row(SR_NOT_INVITEE, SR_NOT_INVITEE, SR_NOT_INVITEE, SR_NOT_INVITEE),
            row(SR_SESSION_STATE_INVALID, null, SR_SESSION_STATE_INVALID, SR_SESSION_STATE_INVALID)),
    CANCEL(row(SR_SESSION_STATE_INVALID, null, null, null), row(SR_SESSION_STATE_INVALID, SR_NOT_INVITER, null, null)),
    SEND_CONTEXT(
            row(SR_NOT_VALID_FOR_APP_INVITE, SR_NOT_VALID_FOR_APP_INVITE, null, null),
            row(SR_NOT_VALID_FOR_APP_INVITE, SR_NOT_VALID_FOR_APP_INVITE, null, null));

    private final @Nullable ResultCode[] inviter;
    private final @Nullable ResultCode[] invitee;

    Call(@Nullable ResultCode[] inviter, @Nullable ResultCode[] invitee) {
        this.inviter = inviter;
        this.invitee = invitee;
    }

    private static @Nullable ResultCode[] row(@Nullable ResultCode... answers) {
        return answers;
    }

    /** Why not, or null where it is allowed. */
    @Nullable
    ResultCode refusal(SessionState state, Role role) {
        if (state.isFinal()) {
            return SR_SESSION_STATE_INVALID;
        }
        int column = state.ordinal() - SessionState.READY.ordinal();
        return (role == Role.INVITER ? inviter : invitee)[column];
    }

    /**
     * Lets an allowed call pass.
     *
     * @throws SessionException with the code of the table
     */
    void check(SessionState state, Role role) {
        ResultCode code = refusal(state, role);
        if (code == null) {
            return;
        }
        throw switch (code) {
            case SR_NOT_INVITEE ->
                new SessionException(code, "only the recipient of the invitation may do this", "cancel it instead");
            case SR_NOT_INVITER ->
                new SessionException(code, "only the inviter may take the invitation back", "decline it instead");
            case SR_NOT_VALID_FOR_APP_INVITE ->
                new SessionException(code, "no invitation is accepted yet", "wait for the session to be ACCEPTED");
            case SR_SESSION_NOT_READY ->
                new SessionException(code, "the session is " + state, "create a new session for a new invitation");
            default ->
                new SessionException(
                        code,
                        "the session is " + state,
                        state.isFinal()
                                ? "start a new session"
                                : state == SessionState.READY ? "invite first" : "go on with the session as it is");
        };
    }

    /** Which side of the invitation this is. */
    enum Role {
        INVITER,
        INVITEE
    }
}
