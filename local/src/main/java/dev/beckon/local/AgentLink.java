package dev.beckon.local;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.beckon.ResultCode;
import dev.beckon.SessionException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * An application's connection to its agent: JSON-RPC 2.0 in both directions.
 *
 * <p>Thread: any. One thread reads and hands over; it runs no application code, so that a call from a listener is answered.
 */
final class AgentLink {
    /** Hears what the agent says unasked, on the reading thread. */
    interface Receiver {
        /**
         * An event, or a question where it has an id.
         *
         * @param id null for an event
         */
        void received(String method, Fields params, @Nullable JsonPrimitive id);

        /** The connection ended. Nothing follows. */
        void lost();
    }

    /** Calls under way at once; more wait. Keeps a runaway application from filling the socket, and its own memory. */
    private static final int CALLS = 64;

    private static final long CALL_SECONDS = 30;

    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private final Outbox outbox;
    private final Path socket;
    private final Receiver receiver;
    private final AtomicLong ids = new AtomicLong();
    private final Map<Long, CompletableFuture<JsonObject>> calls = new ConcurrentHashMap<>();
    private final Semaphore room = new Semaphore(CALLS);
    private volatile boolean ended;

    private AgentLink(SocketChannel channel, Path socket, Receiver receiver) throws IOException {
        this.channel = channel;
        // Not blocking, so that an interrupt of a calling thread does not close the channel for all of them.
        channel.configureBlocking(false);
        this.selector = Selector.open();
        this.key = channel.register(selector, SelectionKey.OP_READ);
        this.outbox = new Outbox(channel);
        this.socket = socket;
        this.receiver = receiver;
    }

    /**
     * Connects; {@link #start} begins to read.
     *
     * @throws SessionException E_FAIL (nobody listens, or somebody else does)
     */
    static AgentLink open(Path socket, Receiver receiver) {
        try {
            UserPrincipal me = Owner.me();
            requireOwn(Files.getOwner(socket), me, socket);
            // A home whose path is too long for a socket holds a link to a short one: the system would not follow it.
            Path real = Files.isSymbolicLink(socket) ? socket.toRealPath() : socket;
            SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(real));
            try {
                UserPrincipal peer = Owner.peer(channel);
                if (peer != null) {
                    requireOwn(peer, me, socket);
                }
                return new AgentLink(channel, socket, receiver);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (NoSuchFileException | ConnectException e) {
            throw failure(
                    "no agent is running for this user (nobody listens at " + socket + ")",
                    "start it with: beckon agent");
        } catch (IOException e) {
            throw failure(
                    "the agent's socket " + socket + " cannot be opened (" + e.getMessage() + ")",
                    "check that it is this user's, and that BECKON_SOCKET and BECKON_HOME name the right place");
        }
    }

    private static void requireOwn(UserPrincipal owner, UserPrincipal me, Path socket) {
        if (!owner.equals(me)) {
            throw failure(
                    "the socket " + socket + " belongs to user " + owner.getName() + ", not to " + me.getName(),
                    "run as the user whose agent it is, or start an agent of your own with: beckon agent");
        }
    }

    void start() {
        Thread reader = new Thread(this::read, "beckon-reader");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Calls the agent and waits for its answer.
     *
     * @throws SessionException what the agent refused with; E_FAIL where it is gone or takes over 30 seconds
     */
    JsonElement call(String method, JsonObject params) {
        long id = ids.incrementAndGet();
        JsonObject request = new JsonObject();
        request.addProperty("jsonrpc", "2.0");
        request.addProperty("id", id);
        request.addProperty("method", method);
        request.add("params", params);
        byte[] frame = Json.frame(request);
        if (frame.length > Protocol.REQUEST_BYTES) {
            throw new SessionException(
                    ResultCode.E_INVALIDARG,
                    "the values given to " + method + " take " + frame.length + " bytes",
                    "keep to the limits of dev.beckon.Limits");
        }
        JsonObject response = exchange(id, method, frame);
        JsonElement error = response.get("error");
        if (error != null && !error.isJsonNull()) {
            throw RpcError.toException(error);
        }
        JsonElement result = response.get("result");
        return result == null ? JsonNull.INSTANCE : result;
    }

    private JsonObject exchange(long id, String method, byte[] frame) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CALL_SECONDS);
        CompletableFuture<JsonObject> answer = new CompletableFuture<>();
        boolean entered = false;
        boolean interrupted = false;
        try {
            // A call is short and has its end: an interrupt waits for it, so that a thread being stopped can still
            // clean up.
            while (true) {
                try {
                    if (!entered) {
                        entered = room.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                        if (!entered) {
                            throw unanswered(method);
                        }
                        calls.put(id, answer);
                        write(frame);
                    }
                    return answer.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (TimeoutException e) {
            throw unanswered(method);
        } catch (ExecutionException e) {
            throw gone();
        } finally {
            if (entered) {
                calls.remove(id);
                room.release();
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Answers a question of the agent; one it no longer waits for it ignores. */
    void answer(JsonPrimitive id, JsonObject result) {
        JsonObject response = new JsonObject();
        response.addProperty("jsonrpc", "2.0");
        response.add("id", id);
        response.add("result", result);
        try {
            write(Json.frame(response));
        } catch (SessionException gone) {
            // Nobody waits for the answer any more.
        }
    }

    private void write(byte[] frame) {
        try {
            // Whoever ended the connection has completed the calls it saw; this one may have come after.
            if (ended || !outbox.add(frame)) {
                throw gone();
            }
            if (!outbox.empty()) {
                key.interestOpsOr(SelectionKey.OP_WRITE);
                selector.wakeup();
            }
        } catch (IOException | CancelledKeyException e) {
            throw gone();
        }
    }

    private void read() {
        FrameDecoder decoder = new FrameDecoder(Protocol.MESSAGE_BYTES);
        ByteBuffer input = ByteBuffer.allocateDirect(16 * 1024);
        try (selector) {
            while (!ended) {
                selector.select();
                selector.selectedKeys().clear();
                if (key.isWritable()) {
                    key.interestOps(SelectionKey.OP_READ);
                    outbox.write();
                    if (!outbox.empty()) {
                        key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                    }
                }
                int count = channel.read(input.clear());
                if (count < 0) {
                    return;
                }
                input.flip();
                for (byte[] body = decoder.next(input); body != null; body = decoder.next(input)) {
                    received(Fields.fromAgent(Json.read(body), "message"));
                }
            }
        } catch (IOException | CancelledKeyException | ClosedSelectorException e) {
            // Gone, or closed here.
        } catch (RpcError | SessionException e) {
            // Whoever listens there speaks no protocol of ours: the end as well.
        } finally {
            end();
        }
    }

    private void received(Fields message) {
        String method = message.textOrNull("method");
        if (method != null) {
            Fields params = Fields.fromAgent(message.json().get("params"), "params");
            receiver.received(method, params, message.json().get("id") instanceof JsonPrimitive id ? id : null);
        } else if (message.has("id")) {
            CompletableFuture<JsonObject> call = calls.remove(message.integer("id"));
            if (call != null) {
                call.complete(message.json());
            }
        }
    }

    private void end() {
        close();
        for (CompletableFuture<JsonObject> call : calls.values()) {
            call.completeExceptionally(new IOException("closed"));
        }
        receiver.lost();
    }

    void close() {
        ended = true;
        try {
            channel.close();
        } catch (IOException e) {
            // There is nothing left to lose.
        }
        // The system closes the channel only when its selector has looked.
        selector.wakeup();
    }

    private SessionException gone() {
        return failure(
                "the connection to the agent at " + socket + " has ended",
                "connect again; if no agent is running, start it with: beckon agent");
    }

    private static SessionException unanswered(String method) {
        return failure(
                "the agent did not answer " + method + " within " + CALL_SECONDS + " seconds",
                "check its log; it may be without network");
    }

    private static SessionException failure(String problem, String remedy) {
        return new SessionException(ResultCode.E_FAIL, problem, remedy);
    }
}
