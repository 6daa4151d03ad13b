package dev.beckon.samples.whiteboard;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads lines of printable ASCII from a peer that may be hostile: a line has a longest length, a greeting a deadline. */
final class LineReader {
    private final Socket socket;
    private final InputStream in;
    private final byte[] buffer = new byte[8192];
    private int next;
    private int end;

    LineReader(Socket socket) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
    }

    /**
     * The next line, without its line feed; null at the end.
     *
     * @throws IOException the connection broke, or the peer sent what is no such line
     */
    @Nullable
    String read(int maxBytes) throws IOException {
        socket.setSoTimeout(0);
        return read(maxBytes, 0);
    }

    /** The next line, all of which must be here within this time. */
    @Nullable
    String read(int maxBytes, Duration within) throws IOException {
        return read(maxBytes, System.nanoTime() + within.toNanos());
    }

    private @Nullable String read(int maxBytes, long deadline) throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            if (next == end && !fill(deadline)) {
                if (line.length() == 0) {
                    return null;
                }
                throw new IOException("the connection ended within a line");
            }
            int b = buffer[next++];
            if (b == '\n') {
                return line.toString();
            }
            if (b < ' ' || b > '~') {
                throw new IOException("the other side sent the byte 0x%02X, which no line holds".formatted(b & 0xFF));
            }
            if (line.length() == maxBytes) {
                throw new IOException("the other side sent a line of over " + maxBytes + " bytes");
            }
            line.append((char) b);
        }
    }

    private boolean fill(long deadline) throws IOException {
        if (deadline != 0) {
            // A peer that sends a byte now and then must not hold out longer than one that sends none.
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new SocketTimeoutException("the other side took too long");
            }
            socket.setSoTimeout((int) left);
        }
        next = 0;
        end = Math.max(0, in.read(buffer));
        return end > 0;
    }

    /** A text as it goes out. */
    static byte[] bytes(String line) {
        return (line + "\n").getBytes(StandardCharsets.US_ASCII);
    }
}
