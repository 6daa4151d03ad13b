package dev.beckon.samples.whiteboard;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Where the inviter's whiteboard waits for the recipient's: the first who proves to belong to the session comes in. */
final class Door implements AutoCloseable {
    /** Callers that may be greeting at the same time; the others wait or go away. */
    private static final int CALLERS = 8;

    private final ServerSocket server;
    private final Invitation invitation;
    private final String sessionId;
    private final Consumer<Link> guest;
    private final AtomicBoolean taken = new AtomicBoolean();

    private Door(ServerSocket server, String sessionId, Consumer<Link> guest) {
        this.server = server;
        this.invitation = Invitation.fresh(server.getLocalPort());
        this.sessionId = sessionId;
        this.guest = guest;
    }

    /** Opens on a free port of this address. */
    static Door open(InetAddress address, String sessionId, Consumer<Link> guest) throws IOException {
        ServerSocket server = new ServerSocket();
        server.bind(new InetSocketAddress(address, 0), CALLERS);
        Door door = new Door(server, sessionId, guest);
        Link.thread("whiteboard-door", door::answer);
        return door;
    }

    /** What the other side needs to find and open it. */
    Invitation invitation() {
        return invitation;
    }

    private void answer() {
        Semaphore places = new Semaphore(CALLERS);
        try {
            while (true) {
                places.acquire();
                Socket caller = server.accept();
                Link.thread("whiteboard-greets", () -> {
                    greet(caller);
                    places.release();
                });
            }
        } catch (IOException e) {
            // Closed: by the guest who came in, or because the session is over.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void greet(Socket caller) {
        boolean[] admitted = new boolean[1];
        try {
            Link link =
                    Link.accept(caller, invitation, sessionId, () -> admitted[0] = taken.compareAndSet(false, true));
            close();
            guest.accept(link);
        } catch (IOException e) {
            // A stranger, or one who gave up: it is not for the person at the board to be told of.
            Link.closeQuietly(caller);
            if (admitted[0]) {
                // The guest was lost on the threshold, and may come again.
                taken.set(false);
            }
        }
    }

    /** Nobody comes in any more; who is in stays. */
    @Override
    public void close() {
        Link.closeQuietly(server);
    }
}
