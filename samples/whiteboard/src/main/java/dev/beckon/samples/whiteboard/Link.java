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

/** The connection between two whiteboards. Sending never waits; what comes is told on one thread, in order. */
final class Link {
    static final String INVITER = "inviter";
    static final String INVITEE = "invitee";
    /** How long a greeting may take. */
    static final Duration GREETING = Duration.ofSeconds(5);

    private static final int QUEUE = 1024;

    private final Socket socket;
    private final LineReader in;
    private final BlockingQueue<byte[]> outgoing = new ArrayBlockingQueue<>(QUEUE);
    private final AtomicBoolean closed = new AtomicBoolean();
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

    /** The inviter's way in: hears the greeting of who has connected, and answers it. */
    static Link accept(Socket socket, Invitation invitation, String sessionId) throws IOException {
        socket.setTcpNoDelay(true);
        LineReader in = new LineReader(socket);
        if (!invitation.isGreeting(in.read(128, GREETING), INVITEE, sessionId)) {
            throw new IOException("who connected does not belong to the session");
        }
        socket.getOutputStream().write(LineReader.bytes(invitation.greeting(INVITER, sessionId)));
        return new Link(socket, in);
    }

    /** Begins to carry. Called once. */
    void start(Listener listener) {
        thread("whiteboard-reads", () -> {
            String why = "the other whiteboard hung up";
            try {
                for (String line; (line = in.read(Message.MAX_BYTES)) != null; ) {
                    listener.received(Message.parse(line));
                }
            } catch (IOException | IllegalArgumentException e) {
                why = String.valueOf(e.getMessage());
            }
            ended.countDown();
            lost(listener, why);
        });
        thread("whiteboard-writes", () -> {
            try {
                OutputStream out = socket.getOutputStream();
                while (true) {
                    byte[] line = outgoing.take();
                    if (line.length == 0) {
                        break;
                    }
                    out.write(line);
                }
                // What the other side was sending is still read, if it hangs up too before long.
                socket.shutdownOutput();
                finish();
                closeQuietly(socket);
            } catch (IOException e) {
                lost(listener, String.valueOf(e.getMessage()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
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

    /** Hangs up, after what was sent has gone out. */
    void close() {
        if (closed.compareAndSet(false, true) && !outgoing.offer(new byte[0])) {
            closeQuietly(socket);
        }
    }

    /** Waits until both sides have hung up, 2 seconds at most. */
    void finish() throws InterruptedException {
        ended.await(2, TimeUnit.SECONDS);
    }

    private void lost(Listener listener, String why) {
        closeQuietly(socket);
        // Ends the writing thread, which may be waiting.
        outgoing.clear();
        outgoing.offer(new byte[0]);
        if (closed.compareAndSet(false, true)) {
            listener.lost(why);
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
