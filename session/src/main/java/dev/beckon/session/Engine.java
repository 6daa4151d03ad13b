package dev.beckon.session;

import dev.beckon.Messenger;

/**
 * The session engine of one user: what the client of one signed-in person does about sessions, contacts and the lock.
 *
 * <p>The ports are started by the constructor. Each connection of an application or window is one {@link #connect}.
 *
 * <p>Thread: any; everything runs on the {@link Scheduler}'s thread.
 */
public final class Engine implements AutoCloseable {
    private final Ports ports;
    private final Settings settings;

    /** An engine over these ports, which it starts. */
    public Engine(Ports ports, Settings settings) {
        this.ports = ports;
        this.settings = settings;
    }

    /** A connection of an application, or of a window or command, until its {@link Messenger#close}. */
    public Messenger connect(Client client) {
        throw new UnsupportedOperationException("connect " + client + ports + settings);
    }

    /**
     * Ends every live session properly, tells every connection {@code onAppShutdown} and closes it. The ports are closed
     * by whoever made them, afterwards.
     */
    @Override
    public void close() {}
}
