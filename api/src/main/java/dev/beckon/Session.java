package dev.beckon;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One invitation, one session: a new one for every invitation sent.
 *
 * <p>In a final state ({@link SessionState#isFinal}) every method but reading fails with SR_SESSION_STATE_INVALID. Where
 * the lock of the {@link SessionManager} it came from is closed, every method but reading fails with LOCK_LOCKED.
 *
 * <p>Thread: any; calls do not wait for the other side. Source: MsgrSession, IMsgrSession; seed pages 003 and 004.
 */
public interface Session {
    /**
     * The session's name, {@code {GUID}} in upper case, the same on both sides. It changes once, together with the state,
     * where an invitation crosses one of the invited person for the same application and that one wins.
     */
    String sessionId();

    /** Where it stands. */
    SessionState state();

    /** Whether this side invited, and whether both sides have the application. */
    Set<SessionFlag> flags();

    /** How far it has come, for people: the last of {@link #steps}; null in READY. */
    @Nullable
    SessionStep step();

    /** What it went through, oldest first, each step at most once; empty in READY. */
    List<Step> steps();

    /** Until when the invitation may be answered; null in every state but INVITATION. */
    @Nullable
    Instant expires();

    /** The code it ended with, which onTermination told; null before. */
    @Nullable
    ResultCode result();

    /**
     * The GUID of the application people are invited to.
     *
     * @throws SessionException SR_APP_NOT_SPECIFIED before one was set
     */
    String application();

    /**
     * Chooses the application.
     *
     * @throws SessionException E_INVALIDARG, SR_APP_NOT_REGISTERED, SR_SESSION_NOT_READY (no longer in READY)
     */
    void setApplication(String guid);

    /**
     * The application's name; empty if it has none.
     *
     * @throws SessionException SR_APP_NOT_SPECIFIED
     */
    String applicationName();

    /**
     * Where the application can be downloaded; empty if nowhere.
     *
     * @throws SessionException SR_APP_NOT_SPECIFIED
     */
    String applicationUrl();

    /**
     * The other side.
     *
     * @throws SessionException SR_NO_USER_INVITED before an invitation
     */
    Contact user();

    /** The application data that went or came with the invitation; null where there was none, and in READY. */
    @Nullable
    String invitationText();

    /** The context data received last; before any, the inviter's application data; null where there was none. */
    @Nullable
    String contextData();

    /** The address the other side reads as its {@link #remoteAddress}; by default this computer's. */
    String localAddress();

    /**
     * Changes what the other side reads as its {@link #remoteAddress}. To matter, the inviter sets it before
     * {@link #invite}, the recipient before {@link #accept}; a launched application before it has been a second
     * attached.
     *
     * @param address a literal IPv4 or IPv6 address with an optional port: {@code 192.0.2.1}, {@code 192.0.2.1:7000},
     *     {@code [2001:db8::1]:7000}; at most 64 characters
     * @throws SessionException E_INVALIDARG, SR_SESSION_STATE_INVALID (already told to the other side)
     */
    void setLocalAddress(String address);

    /**
     * The other side's address.
     *
     * @throws SessionException SR_SESSION_STATE_INVALID before it was CONNECTED
     */
    String remoteAddress();

    /**
     * Invites a contact: READY to INVITATION.
     *
     * @param appData at most 512 bytes of UTF-8, handed to the other side with the invitation; may be null
     * @throws SessionException SR_APP_NOT_SPECIFIED, SR_SESSION_NOT_READY, SR_INVITED_SELF, MSGR_E_NOT_LOGGED_ON (the
     *     invited user, or this client, is not signed in), E_INVALIDARG, LOCK_LOCKED (the service locks and no ticket
     *     covers the application)
     */
    void invite(Contact contact, @Nullable String appData);

    /**
     * Accepts the invitation: INVITATION to ACCEPTED. Recipient only. Where the application is not registered here, its
     * download page is opened and the acceptance goes out once it is.
     *
     * @throws SessionException SR_NOT_INVITEE, SR_SESSION_STATE_INVALID, E_INVALIDARG, SR_ACCEPT_SEND_FAILURE (not signed
     *     in: the invitation stands, accept again)
     */
    void accept(@Nullable String appData);

    /**
     * Declines the invitation: INVITATION to DECLINED. Recipient only.
     *
     * @throws SessionException SR_NOT_INVITEE, SR_SESSION_STATE_INVALID, E_INVALIDARG
     */
    void decline(@Nullable String appData);

    /**
     * Takes the invitation back (inviter, before acceptance: CANCELLED) or ends the session (either side, after it:
     * TERMINATED). Succeeds without a connection too: then onSendError(SR_CANCEL_SEND_FAILURE) says that the other side
     * learns of it only after signing in again.
     *
     * @param reason what the other side is told; S_OK for an ordinary end
     * @throws SessionException SR_NOT_INVITER (recipient before acceptance), SR_SESSION_STATE_INVALID, E_INVALIDARG
     */
    void cancel(ResultCode reason, @Nullable String appData);

    /**
     * Sends what the applications need to get connected. Any number before CONNECTED, at most 5 after it.
     *
     * @param data at most 300 characters
     * @throws SessionException SR_CONTEXT_DATA_OVER_LIMIT, SR_NOT_VALID_FOR_APP_INVITE (no accepted invitation to carry
     *     it), SR_SESSION_STATE_INVALID, E_INVALIDARG
     */
    void sendContextData(String data);

    /**
     * Hears what happens from now on. What happened since this side was handed the session is kept (up to 256 events)
     * until the first listener is there, and told to it in order.
     */
    void addListener(SessionListener listener);

    /** Stops hearing. */
    void removeListener(SessionListener listener);

    /**
     * A step of a session.
     *
     * @param step which
     * @param when when it was taken, by this computer's clock
     */
    record Step(SessionStep step, Instant when) {}
}
