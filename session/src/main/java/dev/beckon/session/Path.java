package dev.beckon.session;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the two applications reach each other. One implementation per Jingle transport; a fresh object per session.
 *
 * <p>Nothing of it is asked before the user of this side has accepted (inviter: the other side accepted).
 */
public interface Path {
    /** Makes ready and tells what to say to the other side. */
    void prepare(@Nullable String chosenAddress, Events events);

    /** What the other side said: session-initiate on the recipient's side, session-accept on the inviter's. */
    void remote(Signal.Endpoint endpoint);

    /** The session is over: everything is released. */
    void close();

    /** What becomes of it; any thread. */
    interface Events {
        /** This side can be told to the other. */
        void ready(Signal.Endpoint local);

        /** The way stands; the other side's address as applications read it. */
        void connected(String remoteAddress);

        /** No way could be had. */
        void failed(String problem);
    }

    /** Makes paths. */
    interface Factory {
        /** Namespaces of the transports spoken, best first. */
        List<String> transports();

        /** This computer's address, as applications read it while none was chosen. Found without sending anything. */
        String localAddress();

        /** A path of this transport. */
        Path open(String transport, String sid, boolean inviter);
    }
}
