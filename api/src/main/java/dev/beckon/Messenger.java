package dev.beckon;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The user's messenger client: who is signed in, the contact list, all sessions. What its window shows.
 *
 * <p>An application needs {@link #sessionManager} and {@link #contact} of it; the rest is for windows and commands, which
 * act for the user and need no unlocking.
 *
 * <p>Thread: any. Source: Messenger; the window of section "Session Invite from the client".
 */
public interface Messenger extends AutoCloseable {
    /** Whether the client is signed in, since when, and if not, why. */
    Connection connection();

    /**
     * The signed-in user.
     *
     * @throws SessionException MSGR_E_NOT_LOGGED_ON where none is known
     */
    Contact self();

    /**
     * Shows the user to contacts as this.
     *
     * @throws SessionException MSGR_E_NOT_LOGGED_ON, E_INVALIDARG (UNKNOWN or OFFLINE)
     */
    void setStatus(ContactStatus status);

    /** The contact list, by friendly name. */
    List<Contact> contacts();

    /**
     * The contact of this sign-in name, in the list or not.
     *
     * @throws SessionException E_INVALIDARG
     */
    Contact contact(String signInName);

    /**
     * Adds to the contact list and asks to see the contact's status, or, for one who has asked for ours, agrees.
     *
     * @throws SessionException E_INVALIDARG, MSGR_E_NOT_LOGGED_ON, SR_INVITED_SELF, E_FAIL (the service refused)
     */
    void addContact(String signInName, @Nullable String friendlyName);

    /**
     * Takes off the contact list, or refuses one who asks to be on it.
     *
     * @throws SessionException E_INVALIDARG (in neither), MSGR_E_NOT_LOGGED_ON, E_FAIL
     */
    void removeContact(String signInName);

    /** Those who ask to see this user's status and are not answered yet. */
    List<Contact> contactRequests();

    /** All sessions that left READY: live ones, and up to 100 that ended last, newest first. */
    List<Session> sessions();

    /** Invitations that did not ring or were not answered, newest first, up to 100. */
    List<MissedInvitation> missedInvitations();

    /**
     * What of the user's files is not taken now, because it cannot be: the settings and registered applications edited by hand. For
     * people, one line each: the file, the line, what is wrong and what to do.
     */
    List<String> problems();

    /**
     * Invites from the window: on acceptance the application is launched on both sides.
     *
     * @throws SessionException SR_APP_NOT_REGISTERED and those of {@link Session#invite}; LOCK_LOCKED where the service
     *     locks and the application has not been unlocked since sign-in; LOCK_NOTINITIALIZED before it is known whether
     *     it locks
     */
    Session invite(Contact contact, String guid, @Nullable String appData);

    /**
     * Whether that person's client is known to have an application: as it said last, when one of the two invited the
     * other to it. Held for the last 1,000 pairs of person and application, and forgotten with the client's process.
     *
     * @return null where it is not known
     * @throws SessionException E_INVALIDARG
     */
    @Nullable
    Boolean applicationKnown(String signInName, String guid);

    /**
     * Writes to a person, in the contact list or not. Every {@link MessengerListener#onMessage} is told of it, and again
     * when it is known what became of it. Where the client is not signed in the message is FAILED at once: nothing is
     * kept to be sent later, so nothing is ever sent twice.
     *
     * @param text 1 to 5,000 characters
     * @return the message as it is now: SENDING, or FAILED
     * @throws SessionException E_INVALIDARG, SR_INVITED_SELF (oneself), E_FAIL (the person is blocked, or 100 messages are
     *     SENDING already)
     */
    ChatMessage sendMessage(String signInName, String text);

    /** The applications registered on this computer, by name. */
    List<Application> applications();

    /**
     * Registers an application for the user, for good; what {@link SessionManager#registerApplication} is to an
     * application. Needs neither sign-in nor unlocking.
     *
     * @throws SessionException SR_APP_ALREADY_REGISTERED (unregister first, to change anything), E_INVALIDARG (a limit or
     *     form broken), E_FAIL (the path does not resolve), REGDB_E_WRITEREGDB (could not be stored)
     */
    void registerApplication(Application application);

    /**
     * Removes an application for the user. Needs neither sign-in nor unlocking.
     *
     * @throws SessionException SR_APP_NOT_REGISTERED, E_INVALIDARG, REGDB_E_WRITEREGDB
     */
    void unregisterApplication(String guid);

    /** This connection's session manager: always the same object. */
    SessionManager sessionManager();

    /** Hears what happens from now on. */
    void addListener(MessengerListener listener);

    /** Stops hearing. */
    void removeListener(MessengerListener listener);

    /** Ends the connection. Sessions owned by it end. */
    @Override
    void close();

    /**
     * Whether the client is connected to the service.
     *
     * @param state where it stands
     * @param since since when
     * @param reason why it is not signed in, for people; empty where it is
     */
    record Connection(State state, Instant since, String reason) {
        /** How far sign-in has come. */
        public enum State {
            /** Not signed in, and not trying. */
            SIGNED_OUT,
            /** Signing in, for the first time or again. */
            CONNECTING,
            /** Signed in. */
            SIGNED_IN
        }
    }
}
