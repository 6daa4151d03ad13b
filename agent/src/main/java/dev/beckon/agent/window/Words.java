package dev.beckon.agent.window;

import dev.beckon.ResultCode;

/**
 * How a session ended, in plain words.
 *
 * @param problem what happened, a sentence; empty where it ended as it should
 * @param remedy what to do about it, a sentence; empty where there is nothing to do
 */
record Words(String problem, String remedy) {
    private static final String AGAIN = "Invite again.";
    private static final String REPORT = "Please tell who made the application, and send along agent.log.";

    /**
     * The words for a code.
     *
     * @param inviter whether this side invited
     */
    static Words of(ResultCode code, boolean inviter) {
        return switch (code) {
            case S_OK, S_FALSE -> new Words("", "");
            case SR_INVITATION_DECLINED ->
                inviter ? new Words("The invitation was declined.", "") : new Words("You declined.", "");
            case SR_SESSION_CANCELLED_LOCAL ->
                inviter
                        ? new Words("You ended it.", "")
                        : new Words("You ended it, or answered it on another device.", "");
            case SR_SESSION_CANCELLED_REMOTE -> new Words("The other side ended it.", "");
            case SR_CANCEL_BEFORE_CONNECT ->
                new Words("It was ended before the two applications were connected.", AGAIN);
            case SR_SESSION_TIMEOUT ->
                inviter
                        ? new Words("The invitation was not answered in time.", "Write to them, or invite again later.")
                        : new Words("You did not answer in time.", "Invite them yourself, if you still want to.");
            case SR_CONNECTION_FAILURE ->
                new Words(
                        "The connection was lost, or none could be made.",
                        "See that both of you are signed in and both computers are on the network, then invite again.");
            case SR_APPLICATION_LAUNCH_FAILED ->
                new Words(
                        "The application could not be started on one of the two computers.",
                        "Start it by hand to see what is wrong with it. What it printed is in the folder log of Beckon's folder.");
            case SR_AUTHENTICATION_FAILED ->
                new Words(
                        "The other side could not prove who it is.",
                        "Ask them whether it was they who answered; then invite again.");
            case SR_SESSION_PROTOCOL_ERROR ->
                new Words(
                        "The other side sent something that cannot be understood.",
                        "See that both use the newest Beckon and the newest version of the application.");
            case SR_INVITATION_SEND_FAILURE ->
                new Words(
                        "The invitation could not be delivered.",
                        "See that the address is right and that they are signed in, then invite again.");
            case SR_ACCEPT_SEND_FAILURE ->
                new Words("Your acceptance could not be delivered.", "Accept again once you are signed in.");
            case SR_DECLINE_SEND_FAILURE ->
                new Words("Your refusal could not be delivered.", "It lapses by itself; there is nothing to do.");
            case SR_CANCEL_SEND_FAILURE ->
                new Words(
                        "The other side could not be told that you ended it.",
                        "It learns of it once you are signed in again.");
            case SR_CONTEXT_DATA_SEND_FAILURE -> new Words("What the application sent could not be delivered.", AGAIN);
            case SR_APP_NOT_REGISTERED ->
                new Words(
                        "The application is not registered.",
                        "Install it, or register it under Applications; then invite again.");
            case SR_APP_ALREADY_REGISTERED ->
                new Words("An application with this GUID is registered already.", "Unregister it first.");
            case SR_APP_NOT_SPECIFIED -> new Words("No application was chosen.", "Choose one, then invite again.");
            case SR_NO_USER_INVITED -> new Words("Nobody was invited.", "Choose somebody, then invite.");
            case SR_INVITED_SELF -> new Words("You cannot invite yourself.", "Invite somebody else.");
            case SR_SESSION_NOT_READY ->
                new Words("The invitation is out already.", "Wait for the answer, or cancel it.");
            case SR_SESSION_STATE_INVALID -> new Words("It is too late for that.", "Begin with a new invitation.");
            case SR_NOT_INVITEE -> new Words("Only who was invited may do this.", "Cancel the invitation instead.");
            case SR_NOT_INVITER -> new Words("Only who invited may do this.", "Decline the invitation instead.");
            case SR_NOT_VALID_FOR_APP_INVITE ->
                new Words("The invitation has not been accepted yet.", "Wait until it is.");
            case SR_CONTEXT_DATA_OVER_LIMIT -> new Words("The application sent more than sessions carry.", REPORT);
            case SR_NETWORK_CONFIG_FAILURE ->
                new Words(
                        "The network of this computer could not be used.",
                        "See that it is connected, then invite again.");
            case SR_NET_NOT_SUPPORTED ->
                new Words("This computer's network cannot be used for that.", "Try again on another network.");
            case SR_REMOTE_NET_NOT_SUPPORTED ->
                new Words(
                        "The other computer's network cannot be used for that.",
                        "Let them try again on another network.");
            case SR_FIREWALL_NOT_SUPPORTED ->
                new Words(
                        "A firewall between the two computers stands in the way.",
                        "Let the application through, or try again on another network.");
            case SR_OLD_SIP_STACK ->
                new Words("The other side's client is too old for this.", "Let them install the newest version.");
            case MSGR_E_NOT_LOGGED_ON ->
                new Words("One of you is not signed in.", "Invite again once both of you are.");
            case LOCK_NOTINITIALIZED ->
                new Words(
                        "It is not known yet whether the service lets applications invite.", "Try again in a moment.");
            case LOCK_LOCKED ->
                new Words(
                        "The service lets only known applications invite, and this one has not said yet which it is.",
                        "Start the application yourself, then invite from within it.");
            case LOCK_UNLOCK_FAILED ->
                new Words(
                        "The service does not know this application.",
                        "Ask who runs the service for a key, or who made the application.");
            case LOCK_ALREADY_UNLOCKED, LOCK_DISABLED -> new Words("There was nothing to unlock.", AGAIN);
            case LOCK_PENDING_UNLOCK ->
                new Words("The service is being asked about this application.", "Try again in a moment.");
            case E_INVALIDARG ->
                new Words("A value was malformed or too long.", "Shorten your line, and invite again.");
            case E_POINTER -> new Words("Something that is needed was missing.", REPORT);
            case E_OUTOFMEMORY ->
                new Words("There are too many invitations at once.", "End some of them, then invite again.");
            case REGDB_E_WRITEREGDB ->
                new Words(
                        "The registration could not be stored.",
                        "See that Beckon's folder can be written to and the disk is not full.");
            case E_FAIL ->
                new Words("It failed.", "Invite again; if it fails again, look into agent.log in Beckon's folder.");
        };
    }
}
