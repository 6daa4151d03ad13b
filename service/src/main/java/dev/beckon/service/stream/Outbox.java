package dev.beckon.service.stream;

import dev.beckon.service.metric.Counter;
import dev.beckon.service.route.Stanza;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What waits to go out on one connection. Any thread adds; the event loop takes what has gathered, writes it together and flushes
 * once. Bounded: a reader that is too slow is told off, nobody else notices.
 *
 * <p>What the socket does not take stays here as it came in; the receivers of one stanza share it. Stanzas are told apart from what
 * else is written, since stream management counts them in the order in which they are written, which is known here alone.
 */
final class Outbox implements Backlog.Pile {
    /** A TLS record holds this much; more in one write gains nothing. */
    private static final int RECORD = 16 * 1024;

    private static final byte[] END = new byte[0];

    private final Channel channel;
    private final Framing framing;
    private final int limit;
    private final Runnable onOverflow;
    private final Runnable onEnd;
    /** Bytes, stanzas, those of a {@link ManagedSession}, and what begins to manage one. */
    private final Queue<Object> queue = new ConcurrentLinkedQueue<>();

    private final Backlog backlog;
    private final Counter out;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final AtomicBoolean overflowed = new AtomicBoolean();
    private volatile boolean closed;
    /** Counts the stanzas written from now on. On the event loop. */
    private @Nullable ManagedSession managed;

    /** What says to the client that its stanzas are counted from here on. */
    private record Begin(ManagedSession managed, byte[] announcement) {}

    /** On the event loop {@code onOverflow} is called once if too much waits, {@code onEnd} once the last bytes were written. */
    Outbox(
            Channel channel,
            Framing framing,
            int limit,
            Backlog backlog,
            Counter out,
            Runnable onOverflow,
            Runnable onEnd) {
        this.channel = channel;
        this.framing = framing;
        this.limit = limit;
        this.backlog = backlog;
        this.out = out;
        this.onOverflow = onOverflow;
        this.onEnd = onEnd;
        backlog.join(this);
    }

    /** Adds bytes that are no stanza, and must not change after. False if nothing more is taken. */
    boolean add(byte[] bytes) {
        return add(bytes, bytes.length);
    }

    boolean add(Stanza stanza) {
        return add(stanza, framing.stanza(stanza).length);
    }

    boolean add(ManagedSession.Kept kept) {
        return add(kept, framing.stanza(kept.stanza()).length);
    }

    /** Adds what tells the client that its session is managed, and begins to count. On the event loop. */
    boolean begin(ManagedSession managed, byte[] announcement) {
        return add(new Begin(managed, announcement), announcement.length);
    }

    private boolean add(Object item, int length) {
        if (closed) {
            return false;
        }
        int before = waiting.getAndAdd(length);
        // One that is longer than all may be, as written anew it can get, is no fault of who reads.
        boolean fits = before == 0 || before + length <= limit;
        backlog.add(length);
        if (!fits) {
            giveUp();
        }
        if (closed) {
            forget();
            return false;
        }
        queue.add(item);
        if (closed && queue.remove(item)) {
            // It may have come too late to be taken out by take().
            return false;
        }
        wake();
        return true;
    }

    @Override
    public int waiting() {
        return waiting.get();
    }

    /** Too much waits: nothing more is taken, and what waits is as good as gone. */
    @Override
    public void giveUp() {
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

    /** Takes out the stanzas that have not been written; nothing more is taken in. On the event loop. */
    List<ManagedSession.Kept> take() {
        closed = true;
        List<ManagedSession.Kept> taken = new ArrayList<>();
        List<Object> others = new ArrayList<>();
        Object item;
        while ((item = queue.poll()) != null) {
            if (item instanceof ManagedSession.Kept kept) {
                taken.add(kept);
            } else if (item instanceof Stanza stanza) {
                taken.add(ManagedSession.Kept.now(stanza));
            } else {
                others.add(item instanceof Begin begin ? begin.announcement : item);
            }
        }
        queue.addAll(others);
        forget();
        managed = null;
        return taken;
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
        int length = 0;
        while (channel.isWritable() && hasRoom()) {
            Object next = queue.poll();
            if (next == null) {
                break;
            }
            if (next == END) {
                channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> onEnd.run());
                return;
            }
            length += write(bytes(next));
        }
        if (length > 0) {
            if (managed != null && managed.asks()) {
                byte[] request = framing.element(StreamManagement.REQUEST);
                length += write(request) - request.length;
            }
            flush(length);
        }
    }

    private void flush(int length) {
        channel.flush();
        out.add(length);
        ChannelOutboundBuffer left = channel.unsafe().outboundBuffer();
        if (left == null || left.totalPendingWriteBytes() == 0) {
            // As nearly always: the socket took it all, and nobody need wait for the news.
            written(length);
        } else {
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> written(length));
        }
    }

    /** Whether more may be written before the client acknowledges what has been. */
    private boolean hasRoom() {
        return managed == null || closed || managed.hasRoom();
    }

    /** The bytes of an item that is being written. */
    private byte[] bytes(Object item) {
        if (item instanceof Stanza stanza) {
            if (managed != null) {
                managed.written(ManagedSession.Kept.now(stanza));
            }
            return framing.stanza(stanza);
        }
        if (item instanceof ManagedSession.Kept kept) {
            if (managed != null) {
                managed.written(kept);
            }
            return framing.stanza(kept.stanza());
        }
        if (item instanceof Begin begin) {
            managed = begin.managed;
            return begin.announcement;
        }
        return (byte[]) item;
    }

    private int length(Object item) {
        if (item instanceof Stanza stanza) {
            return framing.stanza(stanza).length;
        }
        if (item instanceof ManagedSession.Kept kept) {
            return framing.stanza(kept.stanza()).length;
        }
        return item instanceof Begin begin ? begin.announcement.length : ((byte[]) item).length;
    }

    /** Writes these bytes and as many more as fit into a record with them. Returns how many. */
    private int write(byte[] first) {
        ByteBuf record = Tls.recordBuffer(channel.alloc(), Math.max(first.length, 512), Math.max(first.length, RECORD));
        record.writeBytes(first);
        Object next;
        while (hasRoom()
                && (next = queue.peek()) != null
                && next != END
                && record.readableBytes() + length(next) <= RECORD) {
            if (queue.remove(next)) {
                record.writeBytes(bytes(next));
            }
        }
        int length = record.readableBytes();
        channel.write(record, channel.voidPromise());
        return length;
    }
}
