package dev.beckon.agent.window;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on a free port of the loopback address, and has the {@link Server} begin only when somebody comes: most agents run for days
 * without their window being looked at, and Netty would take a third more processor time at their start, and 18 MB.
 */
final class Doorbell implements AutoCloseable {
    /** A flood of connections is taken and bounded by the server rather than left waiting before the page's own. */
    private static final int BACKLOG = 1024;

    private static final Logger log = LoggerFactory.getLogger(Doorbell.class);

    private final ServerSocketChannel socket;
    private final Selector selector;
    private final Callable<Server.Site> site;
    private @Nullable Server server;
    private boolean closed;

    /**
     * Listens.
     *
     * @param site made when somebody comes
     * @throws IOException where it cannot
     */
    Doorbell(Callable<Server.Site> site) throws IOException {
        this.site = site;
        selector = Selector.open();
        socket = ServerSocketChannel.open();
        try {
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), BACKLOG);
            socket.configureBlocking(false);
            socket.register(selector, SelectionKey.OP_ACCEPT);
        } catch (IOException e) {
            close();
            throw e;
        }
        Thread waiting = new Thread(this::await, "beckon-window-waits");
        waiting.setDaemon(true);
        waiting.start();
    }

    /** Where it listens. */
    int port() {
        return socket.socket().getLocalPort();
    }

    private void await() {
        try {
            while (selector.select() == 0 && selector.isOpen()) {
                log.trace("Woken for nothing");
            }
        } catch (IOException | ClosedSelectorException e) {
            log.debug("Nobody waits at the window any more", e);
        }
        answer();
    }

    private synchronized void answer() {
        if (closed) {
            return;
        }
        try {
            // The socket can be given away only once nobody else selects it.
            selector.close();
            server = new Server(socket, site.call());
        } catch (Exception e) {
            log.error("The window cannot be served", e);
            close();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        try {
            selector.close();
            if (server != null) {
                server.close();
            }
            socket.close();
        } catch (IOException e) {
            log.debug("Closing the window", e);
        }
    }
}
