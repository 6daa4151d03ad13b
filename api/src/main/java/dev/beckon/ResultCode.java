package dev.beckon;

import org.jspecify.annotations.Nullable;

/**
 * How something ended: the codes of the reference, with its numbers (HRESULT, SESSION_RESULT and LockError).
 *
 * <p>Source: Windows Messenger reference, IMsgrSession and IMsgrLock; seed pages 000 and 004.
 */
public enum ResultCode {
    // Results of COM itself, as the reference uses them
    /** Done. */
    S_OK(0x00000000),
    /** Done, with nothing to do. */
    S_FALSE(0x00000001),
    /** It failed for a reason without a code of its own. */
    E_FAIL(0x80004005),
    /** Something required was null. */
    E_POINTER(0x80004003),
    /** A value is malformed or over its limit. */
    E_INVALIDARG(0x80070057),
    /** No room for another object. */
    E_OUTOFMEMORY(0x8007000E),
    /** The registration could not be stored. */
    REGDB_E_WRITEREGDB(0x80040151),
    /** The invited user, or this client, is not signed in. */
    MSGR_E_NOT_LOGGED_ON(0x8100031E),
    // SESSION_RESULT
    /** The application could not be started. */
    SR_APPLICATION_LAUNCH_FAILED(0x81000601),
    /** The recipient declined. */
    SR_INVITATION_DECLINED(0x81000602),
    /** No path could be had, or the other side is gone for good. */
    SR_CONNECTION_FAILURE(0x81000603),
    /** The other side could not prove who it is. */
    SR_AUTHENTICATION_FAILED(0x81000604),
    /** The session has left READY. */
    SR_SESSION_NOT_READY(0x81000605),
    /** This side ended the session. */
    SR_SESSION_CANCELLED_LOCAL(0x81000606),
    /** The other side ended the session. */
    SR_SESSION_CANCELLED_REMOTE(0x81000607),
    /** The other side sent what cannot be read or must not come now. */
    SR_SESSION_PROTOCOL_ERROR(0x81000608),
    /** The invitation was not answered in time. */
    SR_SESSION_TIMEOUT(0x81000609),
    /** The session was ended before it was connected. */
    SR_CANCEL_BEFORE_CONNECT(0x8100060A),
    /** Only the recipient of the invitation may do this. */
    SR_NOT_INVITEE(0x8100060B),
    /** Only the inviter may do this. */
    SR_NOT_INVITER(0x8100060C),
    /** An application with this GUID is registered already. */
    SR_APP_ALREADY_REGISTERED(0x8100060D),
    /** No application with this GUID is registered. */
    SR_APP_NOT_REGISTERED(0x8100060E),
    /** There is no accepted invitation to carry this. */
    SR_NOT_VALID_FOR_APP_INVITE(0x8100060F),
    /** The session has no application yet. */
    SR_APP_NOT_SPECIFIED(0x81000610),
    /** Too much context data: over 300 characters, or more than 5 after CONNECTED. */
    SR_CONTEXT_DATA_OVER_LIMIT(0x81000611),
    /** Nobody has been invited yet. */
    SR_NO_USER_INVITED(0x81000612),
    /** One cannot invite oneself. */
    SR_INVITED_SELF(0x81000613),
    /** The state of the session does not allow this. */
    SR_SESSION_STATE_INVALID(0x81000614),
    /** The invitation could not be delivered. */
    SR_INVITATION_SEND_FAILURE(0x81000615),
    /** The cancellation could not be delivered. */
    SR_CANCEL_SEND_FAILURE(0x81000616),
    /** The refusal could not be delivered. */
    SR_DECLINE_SEND_FAILURE(0x81000617),
    /** The acceptance could not be delivered. */
    SR_ACCEPT_SEND_FAILURE(0x81000618),
    /** The context data could not be delivered. */
    SR_CONTEXT_DATA_SEND_FAILURE(0x81000619),
    /** The network of this computer could not be set up. */
    SR_NETWORK_CONFIG_FAILURE(0x81000620),
    /** This computer's kind of network is not supported. */
    SR_NET_NOT_SUPPORTED(0x81000621),
    /** The other computer's kind of network is not supported. */
    SR_REMOTE_NET_NOT_SUPPORTED(0x81000622),
    /** A firewall on the way is not supported. */
    SR_FIREWALL_NOT_SUPPORTED(0x81000623),
    /** The other side is too old. */
    SR_OLD_SIP_STACK(0x81000624),
    // LockError
    /** Not known yet whether the service locks: sign-in has not finished. */
    LOCK_NOTINITIALIZED(0x81000751),
    /** The lock must be opened first. */
    LOCK_LOCKED(0x81000752),
    /** The response was wrong. */
    LOCK_UNLOCK_FAILED(0x81000753),
    /** The lock is open. */
    LOCK_ALREADY_UNLOCKED(0x81000754),
    /** A challenge is under way. */
    LOCK_PENDING_UNLOCK(0x81000755),
    /** The service does not lock: nothing needs unlocking. */
    LOCK_DISABLED(0x81000756);

    private final int number;

    ResultCode(int number) {
        this.number = number;
    }

    /** The number the reference gives it; as a signed 32-bit value, so failures are negative. */
    public int number() {
        return number;
    }

    /** True for the two codes that mean success. */
    public boolean isSuccess() {
        return number >= 0;
    }

    /** The code with this number, or null where the reference has none. */
    public static @Nullable ResultCode of(int number) {
        for (ResultCode code : values()) {
            if (code.number == number) {
                return code;
            }
        }
        return null;
    }

    /** Name and number as people meet them: {@code SR_SESSION_TIMEOUT (0x81000609)}. */
    @Override
    public String toString() {
        return "%s (0x%08X)".formatted(name(), number);
    }
}
