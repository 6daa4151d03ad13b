package dev.beckon.local;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.beckon.Limits;
import dev.beckon.SessionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One application's connection, as the agent sees it: JSON-RPC 2.0 in both directions.
 *
 * <p>Requests begin in the order they came, and up to {@link #RUNNING} of them run at once; when more wait than
 * {@link #PENDING}, or the application does not read what it is sent, nothing more is read from it.
 */
final class Connection {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    static final int RUNNING = 4;
    static final int PENDING = 64;
    private static final int ASKED = 64;
    static final long HELLO_NANOS = TimeUnit.SECONDS.toNanos(5);
    static final long MESSAGE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long FLUSH_NANOS = TimeUnit.SECONDS.toNanos(2);

    private record Request(@Nullable JsonPrimitive id, String method, Fields params) {}

    private final LocalEndpoint endpoint;
    private final SocketChannel channel;
    private final SelectionKey key;
    private final FrameDecoder decoder = new FrameDecoder(Protocol.REQUEST_BYTES);
    private final Outbox outbox;
    private final long since = System.nanoTime();
    private long messageSince;

    // Guarded by this
    private final Queue<Request> pending = new ArrayDeque<>();
    private final Set<JsonPrimitive> ids = new HashSet<>();
    private int running;
    private boolean greeted;
    private boolean closed;
    private long leavingSince;
    private boolean leaving;
    private @Nullable Guest guest;

    private final AtomicLong questions = new AtomicLong();
    private final Map<Long, CompletableFuture<@Nullable JsonElement>> asked = new ConcurrentHashMap<>();

    Connection(LocalEndpoint endpoint, SocketChannel channel, Selector selector) throws IOException {
        this.endpoint = endpoint;
        this.channel = channel;
        this.outbox = new Outbox(channel);
        this.key = channel.register(selector, SelectionKey.OP_READ, this);
    }

    long since() {
        return since;
    }

    synchronized boolean waiting() {
        return guest == null;
    }

    // ---- bytes; on the endpoint's thread ----

    void ready(ByteBuffer input) {
        try {
            if (key.isWritable()) {
                outbox.write();
            }
            if (key.isReadable()) {
                read(input);
            }
            interest();
        } catch (CancelledKeyException e) {
            // Closed by another thread just now.
        } catch (IOException e) {
            close("the application is gone");
        } catch (RuntimeException e) {
            LOG.error("A connection is closed after a failure", e);
            close("the agent failed");
        }
    }

    private void read(ByteBuffer input) throws IOException {
        input.clear();
        int count = channel.read(input);
        if (count < 0) {
            close("the application closed it");
            return;
        }
        input.flip();
        try {
            boolean inside = decoder.inside();
            for (byte[] body = decoder.next(input); body != null; body = decoder.next(input)) {
                received(body);
                inside = false;
            }
            if (!inside) {
                messageSince = System.nanoTime();
            }
        } catch (RpcError e) {
            leave(e);
        }
    }

    /** Ends what takes too long; called about twice a second. */
    void tick() {
        long now = System.nanoTime();
        if (!isReading()) {
            // Held back by this side, so it is not the application that takes its time.
            messageSince = now;
        }
        boolean silent;
        boolean left;
        synchronized (this) {
            silent = guest == null && !greeted && now - since > HELLO_NANOS;
            left = leaving && (outbox.empty() || now - leavingSince > FLUSH_NANOS);
        }
        if (left) {
            close("it was refused");
        } else if (silent) {
            close("it did not say hello within 5 seconds");
        } else if (decoder.inside() && now - messageSince > MESSAGE_NANOS) {
            close("a message took over 30 seconds to come");
        }
    }

    /** Says why, then closes: after this the stream cannot be read any more. */
    private void leave(RpcError reason) {
        LOG.info("Closing a connection: {}", reason.problem());
        respond(null, null, reason.toJson());
        synchronized (this) {
            leaving = true;
            leavingSince = System.nanoTime();
            pending.clear();
        }
        if (outbox.empty()) {
            close("it was refused");
        }
    }

    private boolean isReading() {
        try {
            return (key.interestOps() & SelectionKey.OP_READ) != 0;
        } catch (CancelledKeyException e) {
            return false;
        }
    }

    /** Tells the endpoint's thread what to wait for. */
    private void interest() {
        try {
            synchronized (this) {
                boolean reading = !leaving && pending.size() < PENDING && !outbox.busy();
                int wanted = (reading ? SelectionKey.OP_READ : 0) | (outbox.empty() ? 0 : SelectionKey.OP_WRITE);
                if (closed || key.interestOps() == wanted) {
                    return;
                }
                key.interestOps(wanted);
            }
            endpoint.wake();
        } catch (CancelledKeyException e) {
            // Closed by another thread just now.
        }
    }

    // ---- messages ----

    private void received(byte[] body) {
        try {
            JsonElement message = Json.read(body);
            if (message.isJsonArray()) {
                // JSON-RPC 2.0 §6 makes batches optional for those who say so; one message at a time is all that is
                // needed.
                throw RpcError.invalidRequest("batches are not served", "send every request as a message of its own");
            }
            if (!message.isJsonObject()) {
                throw RpcError.invalidRequest("the message is no object", "send a JSON-RPC 2.0 request");
            }
            JsonObject object = message.getAsJsonObject();
            if (object.has("method")) {
                request(object);
            } else {
                answer(object);
            }
        } catch (RpcError e) {
            respond(null, null, e.toJson());
        }
    }

    private void request(JsonObject object) {
        JsonPrimitive id = id(object.get("id"));
        try {
            if (!(object.get("jsonrpc") instanceof JsonPrimitive version
                    && version.getAsString().equals("2.0"))) {
                throw RpcError.invalidRequest("jsonrpc is not \"2.0\"", "send JSON-RPC 2.0");
            }
            if (!(object.get("method") instanceof JsonPrimitive method && method.isString())) {
                throw RpcError.invalidRequest("method is no text", "name the method");
            }
            JsonElement params = object.get("params");
            Request request = new Request(
                    id,
                    method.getAsString(),
                    Fields.fromApplication(
                            params == null || params.isJsonNull() ? new JsonObject() : params, "params"));
            synchronized (this) {
                if (id != null && !ids.add(id)) {
                    throw RpcError.invalidRequest("a request with this id is still running", "count ids upwards");
                }
                pending.add(request);
            }
            work();
        } catch (RpcError e) {
            respond(id, null, e.toJson());
        }
    }

    private static @Nullable JsonPrimitive id(@Nullable JsonElement id) {
        if (id == null || id.isJsonNull()) {
            return null;
        }
        if (id instanceof JsonPrimitive primitive
                && (primitive.isNumber()
                        ? primitive.getAsNumber() instanceof Long
                        : primitive.isString() && primitive.getAsString().length() <= Protocol.ID_CHARACTERS)) {
            return primitive;
        }
        throw RpcError.invalidRequest(
                "id is neither a whole number nor a text of at most " + Protocol.ID_CHARACTERS + " characters",
                "number the requests");
    }

    /** Starts what may start. */
    private void work() {
        while (true) {
            Request next;
            synchronized (this) {
                // Before hello is through, one at a time: nothing overtakes it.
                if (closed || running >= (guest == null ? 1 : RUNNING) || pending.isEmpty()) {
                    return;
                }
                next = pending.remove();
                running++;
            }
            endpoint.run(() -> perform(next));
        }
    }

    private void perform(Request request) {
        JsonElement result = null;
        JsonObject error = null;
        try {
            result = result(request);
        } catch (SessionException e) {
            error = RpcError.toJson(e);
        } catch (RpcError e) {
            error = e.toJson();
        } catch (Throwable e) {
            // What exactly failed is for the agent's log; the application learns only that it did.
            LOG.error("{} failed", request.method, e);
            error = RpcError.internal().toJson();
        }
        synchronized (this) {
            running--;
            if (request.id != null) {
                ids.remove(request.id);
            }
        }
        if (request.id != null) {
            respond(request.id, result, error);
        }
        work();
        interest();
    }

    private JsonElement result(Request request) {
        Guest present;
        synchronized (this) {
            present = guest;
        }
        if (request.method.equals("hello")) {
            if (present != null) {
                throw RpcError.invalidRequest("hello was said already", "open another connection");
            }
            return hello(request.params);
        }
        Calls.Call call = Calls.ALL.get(request.method);
        if (call == null) {
            throw RpcError.methodNotFound(request.method);
        }
        if (present == null) {
            throw RpcError.helloFirst();
        }
        return call.perform(present, request.params);
    }

    private JsonElement hello(Fields params) {
        long version = params.integer("protocol");
        if (version != Protocol.VERSION) {
            throw RpcError.invalidParams(
                    "protocol " + version + " is not spoken here",
                    "speak " + Protocol.VERSION + ", or update the agent or the application");
        }
        long pid = params.integer("pid");
        if (pid <= 0) {
            throw RpcError.invalidParams("params.pid is no process id", "give the number of the process that connects");
        }
        String application = params.textOrNull("application");
        String launchedFor = params.textOrNull("launchedFor");
        Hello hello = new Hello(
                pid,
                application == null ? null : Limits.guid(application),
                launchedFor == null ? null : Limits.guid(launchedFor));
        if (!endpoint.enter()) {
            throw RpcError.busy(
                    LocalEndpoint.CONNECTIONS + " applications are connected", "close some of them, then try again");
        }
        Guest entered = null;
        try {
            synchronized (this) {
                greeted = true;
            }
            entered = new Guest(this, endpoint.connect(hello), endpoint.glance());
            JsonElement result = entered.welcome();
            synchronized (this) {
                if (!closed) {
                    guest = entered;
                    return result;
                }
            }
            throw RpcError.internal();
        } finally {
            boolean stays;
            synchronized (this) {
                stays = guest != null;
                greeted = stays;
            }
            if (!stays) {
                endpoint.leave();
                if (entered != null) {
                    entered.close();
                }
            }
        }
    }

    private void answer(JsonObject object) {
        JsonElement id = object.get("id");
        if (id instanceof JsonPrimitive primitive && primitive.isNumber()) {
            CompletableFuture<@Nullable JsonElement> question = asked.remove(primitive.getAsLong());
            if (question != null) {
                question.complete(object.get("result"));
            }
            // One that comes too late, or was never asked for, changes nothing.
            return;
        }
        throw RpcError.invalidRequest("the message has no method and answers nothing", "send a JSON-RPC 2.0 request");
    }

    private void respond(@Nullable JsonPrimitive id, @Nullable JsonElement result, @Nullable JsonObject error) {
        JsonObject response = new JsonObject();
        response.addProperty("jsonrpc", "2.0");
        response.add("id", id == null ? JsonNull.INSTANCE : id);
        if (error != null) {
            response.add("error", error);
        } else {
            response.add("result", result == null ? JsonNull.INSTANCE : result);
        }
        send(response);
    }

    /** Tells the application; never waits. */
    void tell(String event, JsonObject params) {
        JsonObject notification = new JsonObject();
        notification.addProperty("jsonrpc", "2.0");
        notification.addProperty("method", event);
        notification.add("params", params);
        send(notification);
    }

    /**
     * Asks the application and waits up to 2 seconds.
     *
     * @return its result; null where it gave none
     */
    @Nullable
    JsonElement ask(String question, JsonObject params) {
        if (asked.size() >= ASKED) {
            return null;
        }
        long id = questions.incrementAndGet();
        CompletableFuture<@Nullable JsonElement> answer = new CompletableFuture<>();
        asked.put(id, answer);
        try {
            JsonObject request = new JsonObject();
            request.addProperty("jsonrpc", "2.0");
            request.addProperty("id", id);
            request.addProperty("method", question);
            request.add("params", params);
            return send(request) ? answer.get(Protocol.ASK_MILLIS, TimeUnit.MILLISECONDS) : null;
        } catch (TimeoutException e) {
            LOG.info("An application did not answer {} within {} ms", question, Protocol.ASK_MILLIS);
            return null;
        } catch (ExecutionException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } finally {
            asked.remove(id);
        }
    }

    private boolean send(JsonObject message) {
        synchronized (this) {
            if (closed || leaving) {
                return false;
            }
        }
        try {
            if (!outbox.add(Json.frame(message))) {
                LOG.warn("An application does not read what it is sent; its connection is closed");
                close("it does not read what it is sent");
                return false;
            }
            interest();
            return true;
        } catch (IOException e) {
            close("the application is gone");
            return false;
        }
    }

    /** Ends the connection and, elsewhere, its messenger. */
    void close(String why) {
        Guest gone;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            pending.clear();
            gone = guest;
        }
        LOG.debug("A connection ended: {}", why);
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("The channel did not close cleanly: {}", e.getMessage());
        }
        // A channel leaves its selector, and is closed by the system, only when the selector looks.
        endpoint.wake();
        for (CompletableFuture<@Nullable JsonElement> question : asked.values()) {
            question.complete(null);
        }
        endpoint.gone(this);
        if (gone != null) {
            endpoint.leave();
            endpoint.run(gone::close);
        }
    }
}
