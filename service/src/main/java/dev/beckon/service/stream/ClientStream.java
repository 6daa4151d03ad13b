package dev.beckon.service.stream;

import static dev.beckon.service.route.Hooks.DONE;

import dev.beckon.service.route.Session;
import dev.beckon.service.route.Stanza;
import dev.beckon.service.route.StreamError;
import dev.beckon.service.route.StreamError.Condition;
import dev.beckon.service.xml.Element;
import dev.beckon.service.xml.Namespaces;
import dev.beckon.service.xml.XmlException;
import dev.beckon.service.xml.XmlScanner;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: what it sends is cut into elements and handed on, one at a time; what is sent to it is queued; silence,
 * slowness and faults end it. What the elements mean is the {@link Negotiation}'s affair. Lives on one event loop; {@link #send} and
 * {@link #close} may be called from any thread.
 */
final class ClientStream extends ChannelInboundHandlerAdapter implements Session.Outlet {
    private static final Logger LOG = LoggerFactory.getLogger(ClientStream.class);

    /** How long a client that was told that its stream has ended may take to read so. */
    private static final long LINGER_SECONDS = 3;

    /** How long an answer to a ping may take. */
    private static final long LONGEST_ANSWER_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** How much of what it still sends meanwhile is read and thrown away. */
    private static final int LINGER_BYTES = 1024 * 1024;

    /** What the streams of one event loop share: they take turns. */
    private record Shared(XmlScanner scanner, AddressCache addresses, Rounds rounds, byte[] input) {}

    private static final FastThreadLocal<Shared> SHARED = new FastThreadLocal<>() {
        @Override
        protected Shared initialValue() {
            return new Shared(new XmlScanner(), new AddressCache(), new Rounds(), new byte[Transport.MOST_READ]);
        }
    };

    private final Context context;
    private final Framing framing;
    private final Channel channel;
    private final String address;
    private final String network;
    private final Shared shared;
    private final StreamReader reader;
    private final Outbox outbox;
    private final Negotiation negotiation;
    private final Pace pace;
    /** Stanzas that the account's pace does not know of yet. */
    private int unshared;

    private boolean busy;
    private boolean ending;
    private volatile @Nullable ManagedSession managed;
    private int discarded;
    private long lastRead = System.nanoTime();
    private long unfinishedSince;
    private boolean pinged;
    private final long connectedAt = System.nanoTime();
    private int place;
    private @Nullable StreamError fault;

    /**
     * On the channel's event loop.
     *
     * @param endPoint what the channel is bound to if TLS goes before, {@link Tls#endPoint}
     */
    ClientStream(
            Context context,
            Framing framing,
            Channel channel,
            byte @Nullable [] endPoint,
            String address,
            String network) {
        this.context = context;
        this.framing = framing;
        this.channel = channel;
        this.address = address;
        this.network = network;
        shared = SHARED.get();
        reader = framing.reader(shared.scanner(), context.limits().stanzaBytesBeforeSignIn());
        outbox = new Outbox(
                channel,
                framing,
                context.limits().outboundBytes(),
                context.backlog(),
                context.meters().out(),
                this::overflowed,
                this::linger);
        negotiation = new Negotiation(context, this, endPoint);
        pace = new Pace(context.limits().load().stanzasPerSecond(), connectedAt);
    }

    // ---- reading ----

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        long half = Math.min(
                        context.limits().stanzaTime().toMillis(),
                        Math.min(
                                context.limits().idleTime().toMillis(),
                                context.limits().signInTime().toMillis()))
                / 2;
        shared.rounds().add(channel.eventLoop(), this, half);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        shared.rounds().remove(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            if (ending) {
                discarded += in.readableBytes();
                if (discarded > LINGER_BYTES) {
                    // TLS says farewell first, which one that does not read holds up: meanwhile nothing more is taken.
                    channel.config().setAutoRead(false);
                    channel.close();
                }
                return;
            }
            lastRead = System.nanoTime();
            pinged = false;
            int length = in.readableBytes();
            byte[] bytes = length <= shared.input().length ? shared.input() : new byte[length];
            in.readBytes(bytes, 0, length);
            context.meters().in().add(length);
            reader.offer(bytes, 0, length);
            pump();
        } finally {
            reader.keep();
            in.release();
        }
    }

    /** Handles what has been read, until it ends or something must be waited for. */
    private void pump() {
        try {
            while (!busy && !ending) {
                StreamReader.Event event = reader.next();
                if (event == StreamReader.Event.NONE) {
                    break;
                }
                if (event != StreamReader.Event.PING) {
                    unfinishedSince = 0;
                }
                switch (event) {
                    case HEADER -> negotiation.header(reader.header());
                    case ELEMENT -> await(paced(negotiation.element(reader.head(), reader.bytes())));
                    case PING -> {
                        outbox.add(WebSocketFraming.pong(reader.bytes()));
                        await(paced(DONE));
                    }
                    case CLOSED -> hangUp();
                    default -> end();
                }
            }
            if (unfinishedSince == 0 && !busy && !reader.isEmpty()) {
                unfinishedSince = System.nanoTime();
            }
        } catch (XmlException e) {
            fail(StreamError.of(Condition.valueOf(e.fault().name()), e.text()));
        } catch (RuntimeException e) {
            LOG.error("a stream from {} is ended by a fault", address, e);
            fail(StreamError.of(Condition.INTERNAL_SERVER_ERROR));
        }
    }

    /** Who sends faster than may be is read more slowly; nothing is refused. */
    private CompletionStage<?> paced(CompletionStage<?> handled) {
        long pause = pause(System.nanoTime());
        if (pause == 0) {
            return handled;
        }
        return handled.thenCompose(none -> {
            CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
            channel.eventLoop().schedule(() -> over.complete(null), pause, TimeUnit.NANOSECONDS);
            return over;
        });
    }

    private long pause(long now) {
        long pause = pace.count(now);
        if (++unshared < AccountPace.SHARE) {
            return pause;
        }
        unshared = 0;
        return Math.max(pause, context.accountPace().count(negotiation.account(), now));
    }

    /** Until {@code stage} completes nothing more is handled, and nothing more is read than has been. */
    private void await(CompletionStage<?> stage) {
        if (stage == DONE) {
            return;
        }
        busy = true;
        channel.config().setAutoRead(false);
        stage.whenComplete((none, fault) -> channel.eventLoop().execute(() -> proceed(fault)));
    }

    private void proceed(@Nullable Throwable fault) {
        busy = false;
        if (fault != null && !ending) {
            LOG.error("a stream from {} is ended by a fault", address, fault);
            fail(StreamError.of(Condition.INTERNAL_SERVER_ERROR));
        }
        pump();
        reader.keep();
        if (!busy) {
            channel.config().setAutoRead(true);
        }
    }

    AddressCache addresses() {
        return shared.addresses();
    }

    StreamReader reader() {
        return reader;
    }

    // ---- writing ----

    @Override
    public void send(Stanza stanza) {
        context.meters().delivered().add();
        if (!outbox.add(stanza)) {
            ManagedSession keeping = managed;
            if (keeping != null) {
                keeping.hold(ManagedSession.Kept.now(stanza), this);
            }
        }
    }

    /** Queues a stanza of a managed session; false if the stream takes no more. From any thread. */
    boolean offer(ManagedSession.Kept kept) {
        return outbox.add(kept);
    }

    /** Queues what tells the client that its session is managed; stanzas behind it are counted. */
    void begin(ManagedSession session, byte[] announcement) {
        managed = session;
        outbox.begin(session, announcement);
    }

    /** Takes back the stanzas that have not been written. */
    List<ManagedSession.Kept> unwritten() {
        return outbox.take();
    }

    /** Queues an element, which declares its own namespace. */
    void send(String xml) {
        outbox.add(framing.element(xml));
    }

    void send(Element element) {
        outbox.add(framing.element(element));
    }

    /** Queues an element as it lies on the connection. */
    void send(byte[] element) {
        outbox.add(element);
    }

    /** Queues what goes before the first element. */
    void send(byte[] opening, byte[] features) {
        outbox.add(opening);
        outbox.add(features);
    }

    Framing framing() {
        return framing;
    }

    /** Writes now what is queued. */
    void drain() {
        outbox.drain();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        outbox.drain();
    }

    @Override
    public String address() {
        return address;
    }

    /** What counts as one address where tries are counted. */
    String network() {
        return network;
    }

    Channel channel() {
        return channel;
    }

    /** How long it has been connected, in nanoseconds. */
    long age() {
        return System.nanoTime() - connectedAt;
    }

    /** What the service ended it with, if it did. */
    @Nullable
    StreamError fault() {
        return fault;
    }

    // ---- ending ----

    @Override
    public void close(StreamError error) {
        channel.eventLoop().execute(() -> fail(error));
    }

    /** Ends the stream with an error (RFC 6120 §4.9.1.1). */
    void fail(StreamError error) {
        // What says nothing against the session leaves it to be resumed on another stream (XEP-0198 §5).
        fail(
                error,
                error.condition() == Condition.CONNECTION_TIMEOUT || error.condition() == Condition.SYSTEM_SHUTDOWN);
    }

    private void fail(StreamError error, boolean resumable) {
        if (ending) {
            return;
        }
        LOG.debug("stream of {} is ended: {}", negotiation, error.condition());
        context.meters().failed(error.condition());
        fault = error;
        byte[] opening = negotiation.opening();
        byte[] end = framing.end(error);
        byte[] last = Arrays.copyOf(opening, opening.length + end.length);
        System.arraycopy(end, 0, last, opening.length, end.length);
        finish(last, resumable);
    }

    /** Its client has come back on another stream (XEP-0198 §5). */
    void replace() {
        fail(StreamError.of(Condition.CONFLICT, "the session was resumed on another stream"), true);
        // Also where it is ending already, and its session does not know yet.
        negotiation.ended(true);
    }

    /** The client has ended its stream: so does the service (RFC 6120 §4.4), and its session ends (XEP-0198 §7). */
    private void end() {
        finish(framing.end(null), false);
    }

    private void finish(byte[] last, boolean resumable) {
        outbox.drain();
        ending = true;
        negotiation.ended(resumable);
        sayLast(last);
    }

    boolean isEnding() {
        return ending;
    }

    /** The connection ends without its stream having ended: as if it broke, but with a farewell. */
    private void hangUp() {
        sayLast(WebSocketFraming.close(reader.bytes()));
    }

    private void sayLast(byte[] last) {
        ending = true;
        outbox.addLast(last);
        reader.discard();
        channel.config().setAutoRead(true);
        channel.eventLoop().schedule(() -> channel.close(), LINGER_SECONDS, TimeUnit.SECONDS);
    }

    private void overflowed() {
        if (!ending) {
            context.meters().slow().add();
            LOG.info("{} reads too slowly, its stream is ended", negotiation);
            negotiation.ended(false);
            outbox.clear();
            fail(StreamError.of(Condition.RESOURCE_CONSTRAINT, "too much waits to be read"));
        }
    }

    /**
     * All was written. The connection is closed in one direction first: if it were closed with input unread, the system would reset it,
     * and the client might never see the last words.
     */
    private void linger() {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls != null) {
            tls.closeOutbound();
        }
        if (channel instanceof SocketChannel socket && channel.isActive()) {
            socket.shutdownOutput();
        } else {
            channel.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        ending = true;
        negotiation.ended(true);
        outbox.close();
        reader.discard();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // A broken connection or a failed handshake: nothing can be said any more.
        LOG.debug("connection from {} broke: {}", address, cause.toString());
        channel.close();
    }

    // ---- watching ----

    /** Where it stands among the streams of its loop, see {@link Rounds}. */
    int place() {
        return place;
    }

    void place(int place) {
        this.place = place;
    }

    /** Ends the stream if its client is too slow or silent. */
    void watch() {
        if (ending) {
            return;
        }
        long now = System.nanoTime();
        if (!negotiation.isBound()
                && now - connectedAt > context.limits().signInTime().toNanos()) {
            fail(StreamError.of(
                    Condition.CONNECTION_TIMEOUT,
                    "sign-in was not finished within "
                            + context.limits().signInTime().toSeconds() + " s"));
            return;
        }
        if (unfinishedSince != 0
                && now - unfinishedSince > context.limits().stanzaTime().toNanos()) {
            fail(StreamError.of(
                    Condition.POLICY_VIOLATION,
                    "a stanza must be finished within "
                            + context.limits().stanzaTime().toSeconds() + " s"));
            return;
        }
        ManagedSession session = managed;
        if (session != null && session.asksWhenIdle()) {
            send(StreamManagement.REQUEST);
        }
        watchSilence(now - lastRead);
    }

    /** RFC 6120 §4.6: a client that says nothing is asked (XEP-0199); one that does not answer is gone. */
    private void watchSilence(long silence) {
        long idle = context.limits().idleTime().toNanos();
        long answer = Math.min(idle, LONGEST_ANSWER_NANOS);
        if (busy || silence < idle) {
            return;
        }
        if (silence > idle + answer) {
            fail(StreamError.of(Condition.CONNECTION_TIMEOUT, "nothing was heard, not even an answer to a ping"));
        } else if (!pinged && negotiation.isBound()) {
            pinged = true;
            if (managed != null) {
                send(StreamManagement.REQUEST);
                return;
            }
            send(Element.of("iq", Namespaces.CLIENT)
                    .attribute("type", "get")
                    .attribute("id", context.unguessable(6))
                    .attribute("from", context.domain())
                    .child(Element.of("ping", "urn:xmpp:ping"))
                    .build());
        }
    }
}
