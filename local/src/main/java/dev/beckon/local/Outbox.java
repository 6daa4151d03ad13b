package dev.beckon.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * What waits to be written to one connection, bounded. Writes at once what the system takes at once.
 *
 * <p>Thread: any.
 */
final class Outbox {
    /** Over this much unread, nothing more is taken from the application. */
    private static final int BUSY_BYTES = 256 * 1024;
    /** Over this much unread, the connection is closed: a whole contact list and thousands of events fit. */
    static final int FULL_BYTES = 4 * 1024 * 1024;

    private final SocketChannel channel;
    private final Queue<ByteBuffer> waiting = new ArrayDeque<>();
    private int bytes;

    Outbox(SocketChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes a message, unless there is no room; a single one always has room.
     *
     * @return whether it was taken
     */
    synchronized boolean add(byte[] frame) throws IOException {
        if (bytes > 0 && bytes + frame.length > FULL_BYTES) {
            return false;
        }
        waiting.add(ByteBuffer.wrap(frame));
        bytes += frame.length;
        if (waiting.size() == 1) {
            write();
        }
        return true;
    }

    /** Writes what the system takes now. */
    synchronized void write() throws IOException {
        for (ByteBuffer first = waiting.peek(); first != null; first = waiting.peek()) {
            bytes -= channel.write(first);
            if (first.hasRemaining()) {
                return;
            }
            waiting.remove();
        }
    }

    synchronized boolean empty() {
        return waiting.isEmpty();
    }

    synchronized boolean busy() {
        return bytes > BUSY_BYTES;
    }
}
