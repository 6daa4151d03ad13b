package dev.beckon.session;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Carries plain messages between people (RFC 6121 §5). Never blocks. */
public interface Chat {
    /** Tells the receiver what comes in from now on; called once, before {@link #send}. */
    void start(Receiver receiver);

    /** Sends to a person, wherever he is. What becomes of it is told as for the messages of a {@link Carrier}. */
    void send(String bare, String text, Carrier.Receipt receipt);

    /** What the engine hears; any thread, in the order of arrival, what comes twice once. */
    interface Receiver {
        /** A message came in. */
        void received(Incoming message);
    }

    /**
     * A message that came in.
     *
     * @param from who the service says sent it
     * @param to whom it was for: own bare or full address; for a carbon of something sent, the other side
     * @param text not empty; of any length a stanza may have
     * @param delayed the stamp of one's own service (XEP-0203), null without one
     * @param carbon whether it is a copy of what another device of this user received or sent (XEP-0280)
     * @param reply how it can be refused
     */
    record Incoming(
            Jid from, Jid to, String text, @Nullable Instant delayed, Carrier.Carbon carbon, Carrier.Reply reply) {}
}
