package dev.beckon.session;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Carries signals between clients. Never blocks; reconnects by itself.
 */
public interface Carrier {
    /** Tells the receiver what happens from now on; called once, before {@link #send}. */
    void start(Receiver receiver);

    /**
     * Sends. JMI signals leave as messages with an id of their own, Jingle signals as iqs. What cannot be sent because
     * there is no connection fails with {@link Failure#OFFLINE}; nothing is queued.
     */
    void send(Jid to, Signal signal, Receipt receipt);

    /** Hears what became of something sent. */
    interface Receipt {
        /** A message was handed to the service, an iq was answered with a result. At most once. */
        void delivered();

        /**
         * It did not arrive: an error came back (for a message possibly after {@link #delivered}), no answer came in time
         * (iq, 15 s), or the connection was lost before. At most once.
         */
        void failed(Failure failure);
    }

    /**
     * Why something sent did not arrive.
     *
     * @param condition the stanza error condition (RFC 6120 §8.3.3), or one of the two constants
     * @param from who answered; null where nobody did
     */
    record Failure(String condition, @Nullable Jid from) {
        /** There was no connection, or it was lost before an answer came. */
        public static final String OFFLINE = "offline";
        /** No answer came in time. */
        public static final String TIMEOUT = "remote-server-timeout";
    }

    /** What the engine hears from the carrier; any thread, in the order of arrival. */
    interface Receiver {
        /**
         * Signed in.
         *
         * @param self the bound address; the same resource again after a reconnect wherever the service allows it
         * @param carbons whether the service copies messages to one's other devices (XEP-0280)
         */
        void up(Jid self, boolean carbons);

        /** Connection lost or closed; signing in again is tried unless closed. */
        void down(String reason);

        /** A signal came in. */
        void received(Incoming incoming);

        /** A device went offline: presence unavailable from this full address. */
        void gone(Jid device);
    }

    /**
     * A signal that came in.
     *
     * @param from who the service says sent it
     * @param to whom it was for: own bare or full address; for a carbon of something sent, the other side
     * @param delayed the stamp of one's own service (XEP-0203), null without one
     * @param carbon whether it is a copy of what another device of this user received or sent (XEP-0280)
     */
    record Incoming(
            Jid from, Jid to, Signal signal, @Nullable Instant delayed, Carbon carbon, Reply reply) {}

    /** Copies for one's other devices. */
    enum Carbon {
        /** No copy. */
        NONE,
        /** Another device of this user received it. */
        RECEIVED,
        /** Another device of this user sent it. */
        SENT
    }

    /** How a signal is answered; exactly one call for an iq, at most one for a message, none for a carbon. */
    interface Reply {
        /** Taken: the result of an iq; nothing for a message. */
        void ack();

        /**
         * Refused, with a stanza error.
         *
         * @param condition for instance {@code bad-request} or {@code item-not-found}
         * @param text for people
         */
        void refuse(String condition, String text);
    }
}
