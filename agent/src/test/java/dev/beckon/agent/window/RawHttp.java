package dev.beckon.agent.window;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A connection that says whatever a test likes. */
final class RawHttp implements AutoCloseable {
    private final Socket socket = new Socket();

    RawHttp(int port) throws IOException {
        socket.connect(new InetSocketAddress("127.0.0.1", port), 10_000);
        socket.setSoTimeout((int) Visitor.LONG.toMillis());
    }

    RawHttp says(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        return this;
    }

    /** Everything until the server ends the connection. */
    String hears() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** The status line of the next reply. */
    String status() throws IOException {
        StringBuilder line = new StringBuilder();
        InputStream in = socket.getInputStream();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            line.append((char) c);
        }
        return line.toString().strip();
    }

    /** How long until the server ends the connection. */
    Duration lasts() throws IOException {
        long from = System.nanoTime();
        try {
            hears();
        } catch (IOException e) {
            // Reset: as good an end.
            return Duration.ofNanos(System.nanoTime() - from);
        }
        return Duration.ofNanos(System.nanoTime() - from);
    }

    /** Whether the server has not ended it, as far as is known now. */
    boolean isOpen() throws IOException {
        socket.setSoTimeout(1);
        try {
            return socket.getInputStream().read() >= 0;
        } catch (SocketTimeoutException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
