package dev.beckon.service.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What waits to go out on one connection. Any thread adds; the event loop takes what has gathered, writes it together and flushes
 * once. Bounded: a reader that is too slow is told off, nobody else notices.
 *
 * <p>What the socket does not take stays here as the arrays it came in, which the receivers of one stanza share.
 */
final class Outbox {
    /** A TLS record holds this much; more in one write gains nothing. */
    private static final int RECORD = 16 * 1024;

    private static final byte[] END = new byte[0];

    private final Channel channel;
    private final int limit;
    private final Runnable onOverflow;
    private final Runnable onEnd;
    private final Queue<byte[]> queue = new ConcurrentLinkedQueue<>();
    private final Backlog backlog;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final AtomicBoolean overflowed = new AtomicBoolean();
    private volatile boolean closed;

    /** On the event loop {@code onOverflow} is called once if too much waits, {@code onEnd} once the last bytes were written. */
    Outbox(Channel channel, int limit, Backlog backlog, Runnable onOverflow, Runnable onEnd) {
        this.channel = channel;
        this.limit = limit;
        this.backlog = backlog;
        this.onOverflow = onOverflow;
        this.onEnd = onEnd;
        backlog.join(this);
    }

    /** Adds bytes, which must not change after. False if nothing more is taken. */
    boolean add(byte[] bytes) {
        if (closed) {
            return false;
        }
        boolean fits = waiting.addAndGet(bytes.length) <= limit;
        backlog.add(bytes.length);
        if (!fits) {
            giveUp();
        }
        if (closed) {
            forget();
            return false;
        }
        queue.add(bytes);
        wake();
        return true;
    }

    /** How many bytes wait. */
    int waiting() {
        return waiting.get();
    }

    /** Too much waits: nothing more is taken, and what waits is as good as gone. From any thread. */
    void giveUp() {
        closed = true;
        forget();
        if (overflowed.compareAndSet(false, true)) {
            channel.eventLoop().execute(onOverflow);
        }
    }

    private void forget() {
        backlog.add(-waiting.getAndSet(0));
    }

    /** These were written, or never will be. */
    private void written(int bytes) {
        int before = waiting.getAndUpdate(now -> Math.max(0, now - bytes));
        backlog.add(-Math.min(before, bytes));
    }

    /** Adds the last bytes, whatever waits before them. On the event loop. */
    void addLast(byte[] bytes) {
        closed = true;
        queue.add(bytes);
        queue.add(END);
        wake();
    }

    /** Throws away what has not been written. On the event loop. */
    void clear() {
        closed = true;
        queue.clear();
        forget();
    }

    /** The connection is gone. On the event loop. */
    void close() {
        clear();
        backlog.leave(this);
    }

    private void wake() {
        // The task runs after what the loop has read already, so that answers to many reads leave in one flush.
        if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
            channel.eventLoop().execute(this::drain);
        }
    }

    /** Writes as much as the socket takes. On the event loop; also to be called when it takes more again. */
    void drain() {
        scheduled.set(false);
        boolean written = false;
        while (channel.isWritable()) {
            byte[] next = queue.poll();
            if (next == null) {
                break;
            }
            written = true;
            if (next == END) {
                channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> onEnd.run());
                return;
            }
            write(next);
        }
        if (written) {
            channel.flush();
        }
    }

    /** Writes these bytes and as many more as fit into a record with them. */
    private void write(byte[] first) {
        // On the heap: the JDK's TLS reads it there, and all that goes out goes through TLS.
        ByteBuf record = channel.alloc().heapBuffer(Math.max(first.length, 512), Math.max(first.length, RECORD));
        record.writeBytes(first);
        byte[] next;
        while ((next = queue.peek()) != null && next != END && record.readableBytes() + next.length <= RECORD) {
            record.writeBytes(next);
            queue.remove();
        }
        int length = record.readableBytes();
        channel.write(record).addListener(done -> written(length));
    }
}
