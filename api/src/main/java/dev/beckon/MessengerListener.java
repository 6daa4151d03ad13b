package dev.beckon;

/**
 * What happens to the user's client.
 *
 * <p>Thread: as for {@link SessionListener}. Source: what the messenger's own window shows; the reference has no such object.
 */
public interface MessengerListener {
    /** Sign-in went through, was lost or is being tried again. */
    default void onConnectionChanged(Messenger.Connection connection) {}

    /**
     * A contact was added, removed, renamed, blocked, has another status, or is known to have, or not to have, another
     * application ({@link Messenger#applicationKnown}).
     */
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

    /**
     * A message was written to this user, or by this user here or on another device; or something became of one. What is
     * let in is what may ring: messages of contacts and, where the user's settings say so, of others; and of those whom this
     * user wrote to. Nothing of people who are blocked. Not kept for listeners that come later.
     */
    default void onMessage(ChatMessage message) {}

    /** An invitation did not ring, or was not answered. */
    default void onMissedInvitation(MissedInvitation missed) {}
}
