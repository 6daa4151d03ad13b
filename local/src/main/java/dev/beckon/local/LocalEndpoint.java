package dev.beckon.local;

import dev.beckon.Messenger;
import dev.beckon.SessionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where an agent listens for the applications of its user: a Unix domain socket only that user can open.
 *
 * <p>Every connection gets a {@link Messenger} of its own, which is closed when the connection ends.
 *
 * <p>Thread: any. One thread moves the bytes of all connections and never waits; calls of applications run on a pool.
 * The listeners it puts on a messenger do not wait either, but for the two questions, which wait up to 2 seconds for the
 * application. {@code docs/local-api.md} has the messages.
 */
public final class LocalEndpoint implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalEndpoint.class);

    /** Most connections that have said hello. */
    static final int CONNECTIONS = 256;
    /** Most that have not; one more, and the oldest of them is closed. Nobody can keep the door shut by standing in it. */
    static final int WAITING = 64;

    private static final int WORKERS = 32;
    private static final long CLOSE_SECONDS = 5;

    private final SocketFile socket;
    private final UserPrincipal me;
    private final Selector selector;
    private final SelectionKey accepting;
    private final Thread thread;
    private final ThreadPoolExecutor workers;
    private final Semaphore places = new Semaphore(CONNECTIONS);
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final Function<Hello, Messenger> connect;
    private final Glance glance;
    private final ByteBuffer input = ByteBuffer.allocateDirect(16 * 1024);
    private volatile boolean closed;

    private LocalEndpoint(SocketFile socket, Function<Hello, Messenger> connect, Glance glance) throws IOException {
        this.glance = glance;
        this.socket = socket;
        this.connect = connect;
        this.me = Owner.me();
        this.workers = workers();
        this.selector = Selector.open();
        socket.channel().configureBlocking(false);
        this.accepting = socket.channel().register(selector, SelectionKey.OP_ACCEPT);
        this.thread = new Thread(this::run, "beckon-local");
        thread.setDaemon(true);
    }

    private static ThreadPoolExecutor workers() {
        AtomicInteger number = new AtomicInteger();
        // The queue is bounded by what each connection may have running.
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(WORKERS, WORKERS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "beckon-local-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** Reads several values of the objects of a messenger as of one moment. */
    @FunctionalInterface
    public interface Glance {
        /** What this reads, while nothing changes. */
        <T> T at(Supplier<T> reading);
    }

    /** The same as {@link #open(Path, Function, Glance)} for messengers whose values are read one by one. */
    public static LocalEndpoint open(Path socket, Function<Hello, Messenger> connect) {
        return open(socket, connect, Supplier::get);
    }

    /**
     * Listens. The socket's folder is made where it is missing and closed to other users; the socket of an agent that
     * died is replaced.
     *
     * @param socket where; its path has at most about 100 bytes
     * @param connect makes the messenger of a connection; may throw {@link SessionException}, which the application gets
     * @param glance reads a session's many values at once, for every event that carries them
     * @throws SessionException E_FAIL (another agent listens there, the folder is not this user's alone, or the socket
     *     could not be made)
     */
    public static LocalEndpoint open(Path socket, Function<Hello, Messenger> connect, Glance glance) {
        SocketFile file = SocketFile.open(socket);
        try {
            LocalEndpoint endpoint = new LocalEndpoint(file, connect, glance);
            endpoint.thread.start();
            return endpoint;
        } catch (IOException e) {
            try {
                file.close();
            } catch (IOException alsoThat) {
                e.addSuppressed(alsoThat);
            }
            throw new UncheckedIOException(e);
        }
    }

    Glance glance() {
        return glance;
    }

    Messenger connect(Hello hello) {
        return connect.apply(hello);
    }

    /** Takes a place among those that said hello; {@link #leave} gives it back. */
    boolean enter() {
        return places.tryAcquire();
    }

    void leave() {
        places.release();
    }

    void gone(Connection connection) {
        connections.remove(connection);
    }

    private void run() {
        long nextTick = System.nanoTime();
        while (!closed) {
            try {
                selector.select(this::ready, 500);
                if (System.nanoTime() - nextTick >= 0) {
                    nextTick = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(500);
                    connections.forEach(Connection::tick);
                    // Off after a failure to accept: it is tried again here, instead of at once and for ever.
                    accepting.interestOps(SelectionKey.OP_ACCEPT);
                }
            } catch (CancelledKeyException e) {
                // The endpoint is being closed.
            } catch (IOException | RuntimeException e) {
                LOG.error("The local API goes on after a failure", e);
                // One that lasts must not fill the log.
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
        }
    }

    private void ready(SelectionKey key) {
        if (key == accepting) {
            accept();
        } else if (key.attachment() instanceof Connection connection) {
            connection.ready(input);
        }
    }

    private void accept() {
        try {
            SocketChannel channel = socket.channel().accept();
            if (channel != null) {
                welcome(channel);
            }
        } catch (IOException e) {
            LOG.warn("No application can connect for a moment: {}", e.getMessage());
            accepting.interestOps(0);
        }
    }

    private void welcome(SocketChannel channel) throws IOException {
        try {
            // The folder's mode keeps others out already; this holds where somebody has changed it.
            UserPrincipal peer = Owner.peer(channel);
            if (peer != null && !peer.equals(me)) {
                LOG.warn("Closed a connection of user {}: only {} may use this agent", peer.getName(), me.getName());
                channel.close();
                return;
            }
            makeRoom();
            channel.configureBlocking(false);
            Connection connection = new Connection(this, channel, selector);
            connections.add(connection);
            if (closed) {
                connection.close("the agent is stopping");
            }
        } catch (IOException e) {
            channel.close();
            LOG.debug("A connection ended before it began: {}", e.getMessage());
        }
    }

    private void makeRoom() {
        List<Connection> waiting = new ArrayList<>();
        for (Connection connection : connections) {
            if (connection.waiting()) {
                waiting.add(connection);
            }
        }
        if (waiting.size() >= WAITING) {
            waiting.stream()
                    .min(Comparator.comparingLong(Connection::since))
                    .ifPresent(oldest -> oldest.close("too many connections that have not said hello"));
        }
    }

    void wake() {
        selector.wakeup();
    }

    void run(Runnable task) {
        try {
            workers.execute(task);
        } catch (RejectedExecutionException closing) {
            task.run();
        }
    }

    /** Stops listening, removes the socket and ends every connection. Returns when every messenger is closed. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        selector.wakeup();
        try (selector) {
            thread.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
            socket.close();
            for (Connection connection : connections) {
                connection.close("the agent is stopping");
            }
            workers.shutdown();
            if (!workers.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("A call of an application still runs; the local API does not wait for it");
                workers.shutdownNow();
            }
        } catch (InterruptedException e) {
            workers.shutdownNow();
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.warn("The local API did not close cleanly: {}", e.getMessage());
        }
    }
}
