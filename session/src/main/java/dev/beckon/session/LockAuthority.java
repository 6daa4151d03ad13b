package dev.beckon.session;

import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The lock-and-key authority of the user's service, and the judge of tickets that come with invitations. */
public interface LockAuthority {
    /** Tells the listener what happens from now on. */
    void start(Listener listener);

    /** Asks for a challenge. Fails where the authority cannot be reached. */
    CompletionStage<Challenge> challenge(long cookie);

    /** Answers a challenge: the ticket; fails with {@link Refused} where the response is wrong. */
    CompletionStage<Ticket> respond(long cookie, String appId, String response);

    /**
     * Judges the ticket of an invitation: signed by the authority of the sender's domain or one the operator names, for
     * that sender and that GUID, not expired.
     *
     * @param fromBare who the service says invites
     * @param guid the application invited to
     * @return empty where good, else what is wrong, for people
     */
    CompletionStage<String> judge(String ticket, String fromBare, String guid);

    /**
     * A challenge.
     *
     * @param nonce the challenge itself
     * @param appId the application ID that is to answer one nobody asked for; null where any that is unlocked may
     */
    record Challenge(
            long cookie,
            String nonce,
            Instant expires,
            @Nullable String appId) {}

    /**
     * A ticket.
     *
     * @param jws as it travels
     * @param guids the applications it is for
     */
    record Ticket(String jws, Set<String> guids, Instant expires) {}

    /** The authority judged the response and found it wrong. */
    final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        /** A refusal, with what the authority said. */
        public Refused(String text) {
            super(text);
        }
    }

    /** What is heard from the authority; any thread. */
    interface Listener {
        /**
         * Whether the service locks: after every sign-in, as soon as that is known for certain, and whenever it changes.
         */
        void enabled(boolean locks);

        /** A challenge nobody asked for. */
        void challenged(Challenge challenge);
    }
}
