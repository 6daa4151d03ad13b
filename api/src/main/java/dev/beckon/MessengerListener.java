package dev.beckon;

/**
 * What happens to the user's client.
 *
 * <p>Thread: as for {@link SessionListener}. Source: what the messenger's own window shows; the reference has no such object.
 */
public interface MessengerListener {
    /** Sign-in went through, was lost or is being tried again. */
    default void onConnectionChanged(Messenger.Connection connection) {}

    /** A contact was added, removed, renamed, blocked, or has another status. */
    default void onContactChanged(Contact contact) {}

    /** Somebody asks to see this user's status: {@link Messenger#addContact} agrees, {@link Messenger#removeContact} refuses. */
    default void onContactRequest(Contact contact) {}

    /** A session left READY, by an invitation sent or received. */
    default void onSession(Session session) {}

    /**
     * A session came further; told of every session that left READY. A step is told after the state it comes with, and
     * ENDED before the session's onTermination.
     */
    default void onSessionStep(Session session, SessionStep step) {}

    /** The user must be asked about an invitation: no application took it ({@code handled} unset). */
    default void onInvitationToAnswer(Session session) {}

    /** An invitation did not ring, or was not answered. */
    default void onMissedInvitation(MissedInvitation missed) {}
}
