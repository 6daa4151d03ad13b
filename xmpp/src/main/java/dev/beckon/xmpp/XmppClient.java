package dev.beckon.xmpp;

import dev.beckon.Messenger.Connection;
import dev.beckon.SessionException;
import dev.beckon.session.Carrier;
import dev.beckon.session.ContactList;
import dev.beckon.session.LockAuthority;

import java.util.function.Consumer;

/**
 * One user's connection to an XMPP service: the carrier, the contact list and the lock authority over it.
 *
 * <p>It signs in on {@link #connect} and again, with growing pauses (0.5 s to 60 s), whenever the connection is lost, until
 * it is closed or the service says that name or password is wrong. Start the three ports before connecting.
 *
 * <p>Thread: any; nothing here waits for the network, except {@link #close}, up to a second.
 */
public final class XmppClient implements AutoCloseable {
    private XmppClient() {}

    /**
     * A client; nothing is sent yet.
     *
     * @throws SessionException E_INVALIDARG where the user is no bare address or a certificate cannot be read
     */
    public static XmppClient create(XmppConfig config) {
        throw new UnsupportedOperationException(config.toString());
    }

    /** Carries signals. */
    public Carrier carrier() {
        throw new UnsupportedOperationException();
    }

    /** The contact list and blocklist. */
    public ContactList contacts() {
        throw new UnsupportedOperationException();
    }

    /** The lock-and-key authority. */
    public LockAuthority authority() {
        throw new UnsupportedOperationException();
    }

    /** Signs in; also again after SIGNED_OUT, with the password as it is then. */
    public void connect() {
        throw new UnsupportedOperationException();
    }

    /** Where the connection stands. While CONNECTING the reason is that of the last failure, or empty. */
    public Connection connection() {
        throw new UnsupportedOperationException();
    }

    /** Hears every change of {@link #connection} from now on; must not block. */
    public void addConnectionListener(Consumer<Connection> listener) {
        throw new UnsupportedOperationException(listener.toString());
    }

    /** Signs out and ends. */
    @Override
    public void close() {}
}
