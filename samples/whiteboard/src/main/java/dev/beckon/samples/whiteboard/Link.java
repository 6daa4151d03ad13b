package dev.beckon.samples.whiteboard;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/** The connection between two whiteboards. Sending never waits; what comes is told on one thread, in order. */
final class Link {
    static final String INVITER = "inviter";
    static final String INVITEE = "invitee";
    /** How long a greeting may take. */
    static final Duration GREETING = Duration.ofSeconds(5);

    private static final int QUEUE = 1024;
    /** Stands in the queue behind the last line. */
    private static final byte[] END = new byte[0];

    private final Socket socket;
    private final LineReader in;
    private final BlockingQueue<byte[]> outgoing = new ArrayBlockingQueue<>(QUEUE);
    private final AtomicBoolean closed = new AtomicBoolean();
    private final CountDownLatch written = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    /** Hears what comes over a link. */
    interface Listener {
        /** The other side says this. */
        void received(Message message);

        /** The link is down; not called after {@link Link#close}. */
        void lost(String why);
    }

    private Link(Socket socket, LineReader in) {
        this.socket = socket;
        this.in = in;
    }

    /** The recipient's way in: connects to where the inviter waits, and greets. */
    static Link connect(InetAddress address, Invitation invitation, String sessionId) throws IOException {
        return connect(address, invitation, sessionId, GREETING);
    }

    static Link connect(InetAddress address, Invitation invitation, String sessionId, Duration within)
            throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(address, invitation.port()), (int) within.toMillis());
            socket.setTcpNoDelay(true);
            socket.getOutputStream().write(LineReader.bytes(invitation.greeting(INVITEE, sessionId)));
            LineReader in = new LineReader(socket);
            if (!invitation.isGreeting(in.read(128, within), INVITER, sessionId)) {
                throw new IOException("what answers there is not the inviter's whiteboard");
            }
            return new Link(socket, in);
        } catch (IOException e) {
            closeQuietly(socket);
            throw e;
        }
    }

    /**
     * The inviter's way in: hears the greeting of who has connected, and answers it.
     *
     * @param admitted asked once the greeting is right: whether there is still a place
     */
    static Link accept(Socket socket, Invitation invitation, String sessionId, BooleanSupplier admitted)
            throws IOException {
        socket.setTcpNoDelay(true);
        LineReader in = new LineReader(socket);
        if (!invitation.isGreeting(in.read(128, GREETING), INVITEE, sessionId)) {
            throw new IOException("who connected does not belong to the session");
        }
        if (!admitted.getAsBoolean()) {
            throw new IOException("somebody is here already");
        }
        socket.getOutputStream().write(LineReader.bytes(invitation.greeting(INVITER, sessionId)));
        return new Link(socket, in);
    }

    /** Begins to carry. Called once. */
    void start(Listener listener) {
        thread("whiteboard-reads", () -> {
            try {
                for (String line; (line = in.read(Message.MAX_BYTES)) != null; ) {
                    listener.received(Message.parse(line));
                }
                ended.countDown();
                // Who has hung up still reads what was on its way.
                if (hangUp()) {
                    listener.lost("the other whiteboard hung up");
                }
            } catch (IOException | IllegalArgumentException e) {
                ended.countDown();
                broken(listener, e);
            }
        });
        thread("whiteboard-writes", () -> {
            try {
                OutputStream out = socket.getOutputStream();
                for (byte[] line; (line = outgoing.take()).length > 0; ) {
                    out.write(line);
                }
                socket.shutdownOutput();
            } catch (IOException e) {
                broken(listener, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                written.countDown();
            }
        });
    }

    /**
     * Sends, at once or never: a movement of the pen is left out where the way is congested.
     *
     * @return false where the other side has stopped reading, so that something of the drawing would be lost
     */
    boolean send(Message message) {
        boolean fleeting = message instanceof Message.Cursor || message instanceof Message.Away;
        if (fleeting && outgoing.size() > QUEUE / 4) {
            return true;
        }
        return outgoing.offer(LineReader.bytes(message.line())) || fleeting;
    }

    /** Hangs up, after what was sent has gone out and what the other side was sending has come in. */
    void close() {
        hangUp();
    }

    /** Waits until that is so, 2 seconds at most. */
    void finish() throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        written.await(2, TimeUnit.SECONDS);
        ended.await(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    private boolean hangUp() {
        if (!closed.compareAndSet(false, true)) {
            return false;
        }
        outgoing.offer(END);
        thread("whiteboard-hangs-up", () -> {
            try {
                finish();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            // A peer that neither reads nor hangs up is not waited for any longer.
            closeQuietly(socket);
        });
        return true;
    }

    private void broken(Listener listener, Exception why) {
        // Whoever notices first knows the reason; the other thread notices only that the socket was closed.
        boolean first = closed.compareAndSet(false, true);
        closeQuietly(socket);
        outgoing.clear();
        outgoing.offer(END);
        if (first) {
            listener.lost(String.valueOf(why.getMessage()));
        }
    }

    static void closeQuietly(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            // It is not needed any more, and there is nothing to be done about it.
            return;
        }
    }

    static void thread(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }
}
