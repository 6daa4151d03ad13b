package dev.beckon.system;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A program that writes whatever it likes to an agent's socket, and reads messages framed by Content-Length. */
final class RawSocket implements AutoCloseable {
    static final String SELF = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"messenger/self\"}";

    private final SocketChannel channel;

    RawSocket(Path socket) throws IOException {
        channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    }

    static RawSocket greeted(Path socket) throws IOException {
        RawSocket client = new RawSocket(socket);
        JsonObject welcome =
                client.call("{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"hello\",\"params\":{\"protocol\":1,\"pid\":"
                        + ProcessHandle.current().pid() + "}}");
        if (!welcome.has("result")) {
            throw new AssertionError("hello was refused: " + welcome);
        }
        return client;
    }

    SocketChannel channel() {
        return channel;
    }

    RawSocket bytes(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        return this;
    }

    RawSocket text(String text) throws IOException {
        return bytes(text.getBytes(UTF_8));
    }

    static byte[] frame(String json) {
        return ("Content-Length: " + json.getBytes(UTF_8).length + "\r\n\r\n" + json).getBytes(UTF_8);
    }

    RawSocket message(String json) throws IOException {
        return bytes(frame(json));
    }

    /** Sends a request and reads its answer; events that come first are passed over. */
    JsonObject call(String json) throws IOException {
        message(json);
        JsonObject answer = next();
        while (answer != null && answer.has("method")) {
            answer = next();
        }
        if (answer == null) {
            throw new AssertionError("closed instead of an answer to " + json);
        }
        return answer;
    }

    int errorOf(String json) throws IOException {
        return call(json).getAsJsonObject("error").get("code").getAsInt();
    }

    /** The next message; null where the agent has closed. */
    @Nullable
    JsonObject next() throws IOException {
        StringBuilder header = new StringBuilder();
        while (header.indexOf("\r\n\r\n") < 0) {
            byte[] one = read(1);
            if (one == null) {
                return null;
            }
            header.append((char) one[0]);
        }
        int length = Integer.parseInt(header.toString().replaceAll("(?s).*Content-Length: (\\d+)\r\n.*", "$1"));
        byte[] body = read(length);
        return body == null
                ? null
                : JsonParser.parseString(new String(body, UTF_8)).getAsJsonObject();
    }

    private byte @Nullable [] read(int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            try {
                if (channel.read(buffer) < 0) {
                    return null;
                }
            } catch (IOException reset) {
                return null;
            }
        }
        return buffer.array();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
