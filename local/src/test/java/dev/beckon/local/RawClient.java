package dev.beckon.local;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A program that writes whatever it likes to the agent's socket. */
final class RawClient implements AutoCloseable {
    final SocketChannel channel;
    private final FrameDecoder decoder = new FrameDecoder(Protocol.MESSAGE_BYTES);
    private final ByteBuffer input = ByteBuffer.allocate(64 * 1024).limit(0);

    RawClient(Path socket) throws IOException {
        channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    }

    static RawClient greeted(Path socket) throws Exception {
        RawClient client = new RawClient(socket);
        client.send(
                "{\"jsonrpc\":\"2.0\",\"id\":\"hello\",\"method\":\"hello\",\"params\":{\"protocol\":1,\"pid\":17}}");
        if (!client.next().has("result")) {
            throw new AssertionError("hello was refused");
        }
        return client;
    }

    void bytes(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    void text(String text) throws IOException {
        bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    void send(String json) throws IOException {
        body(json.getBytes(StandardCharsets.UTF_8));
    }

    void body(byte[] body) throws IOException {
        text("Content-Length: " + body.length + "\r\n\r\n");
        bytes(body);
    }

    /** The next message; null where the agent has closed. */
    JsonObject next() throws Exception {
        byte[] body = decoder.next(input);
        while (body == null) {
            input.clear();
            int count;
            try {
                count = within(() -> channel.read(input));
            } catch (IOException reset) {
                count = -1;
            }
            input.flip();
            if (count < 0) {
                return null;
            }
            body = decoder.next(input);
        }
        return JsonParser.parseString(new String(body, StandardCharsets.UTF_8)).getAsJsonObject();
    }

    private interface Read {
        int read() throws IOException;
    }

    private static int within(Read read) throws Exception {
        CompletableFuture<Integer> result = new CompletableFuture<>();
        Thread reader = new Thread(() -> {
            try {
                result.complete(read.read());
            } catch (IOException e) {
                result.completeExceptionally(e);
            }
        });
        reader.setDaemon(true);
        reader.start();
        try {
            return result.get(40, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("nothing came within 40 seconds");
        } catch (ExecutionException e) {
            throw (IOException) e.getCause();
        }
    }

    /** Sends a request and reads its answer; events that come first are passed over. */
    JsonObject call(String json) throws Exception {
        send(json);
        JsonObject message = next();
        while (message != null && message.has("method")) {
            message = next();
        }
        return message;
    }

    int errorOf(String json) throws Exception {
        return call(json).getAsJsonObject("error").get("code").getAsInt();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
