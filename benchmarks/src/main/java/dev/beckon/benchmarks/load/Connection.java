package dev.beckon.benchmarks.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A client's connection: cuts what comes into elements and hands each to its {@link Reader}. All on one event loop. */
final class Connection extends ChannelInboundHandlerAdapter {
    /** Takes what a connection brings. On its event loop. */
    interface Reader {
        /** The connection is up, and secure if that was asked for: a stream can be opened. */
        default void connected() {}

        /** An element, whole; valid during the call. */
        void element(byte[] in, int from, int to);

        /** The connection has ended; nothing more comes. Not called after {@link Connection#leave} or {@link Connection#reset}. */
        void ended(String why);
    }

    private static final byte[] NOTHING = {};
    private static final byte[] HEADER = Wire.bytes("<stream:stream");
    private static final int LONGEST_ELEMENT = 4 * 1024 * 1024;
    private static final int MUCH = 4096;

    private final Server server;
    private final Lane lane;
    private Reader reader;
    private @Nullable Channel channel;
    private byte[] kept = NOTHING;
    private int keptBytes;
    private volatile boolean over;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    Connection(Server server, Lane lane, Reader reader) {
        this.server = server;
        this.lane = lane;
        this.reader = reader;
    }

    /** Who takes what comes next. */
    void reader(Reader next) {
        reader = next;
    }

    Lane lane() {
        return lane;
    }

    Channel channel() {
        return Objects.requireNonNull(channel, "not connected");
    }

    // ---- connecting ----

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        channel = ctx.channel();
        channel().closeFuture().addListener(done -> closed.complete(null));
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (server.security() == Server.Security.DIRECT) {
            secure();
        } else {
            reader.connected();
        }
    }

    /** Begins TLS; {@link Reader#connected} is called once it is up. */
    void secure() {
        channel().pipeline().addFirst("tls", server.tls(channel()));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                reader.connected();
            } else {
                end("TLS failed: " + handshake.cause().getMessage());
            }
        }
    }

    /** The handler of TLS, or null. */
    @Nullable
    SslHandler tls() {
        return channel().pipeline().get(SslHandler.class);
    }

    // ---- reading ----

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            int arrived = in.readableBytes();
            byte[] window;
            int to;
            if (keptBytes > 0) {
                if (keptBytes + arrived > kept.length) {
                    kept = Arrays.copyOf(kept, Math.max(2 * kept.length, keptBytes + arrived));
                }
                in.readBytes(kept, keptBytes, arrived);
                window = kept;
                to = keptBytes + arrived;
            } else {
                window = arrived <= lane.scratch.length ? lane.scratch : new byte[arrived];
                in.readBytes(window, 0, arrived);
                to = arrived;
            }
            keep(window, cut(window, to), to);
        } catch (RuntimeException e) {
            end("the generator failed: " + e);
        } finally {
            in.release();
        }
    }

    /** Hands on what is whole; returns where the rest begins. */
    private int cut(byte[] in, int to) {
        int at = 0;
        while (at < to && !over) {
            if (in[at] != '<') {
                at++; // white space between stanzas
                continue;
            }
            if (at + 1 == to) {
                break;
            }
            int end;
            if (in[at + 1] == '?' || Wire.startsWith(in, at, to, HEADER)) {
                end = Wire.tagEnd(in, at, to);
            } else if (in[at + 1] == '/') {
                end = Wire.tagEnd(in, at, to);
                if (end >= 0) {
                    end("the server ended the stream");
                }
            } else {
                end = Wire.elementEnd(in, at, to);
                if (end >= 0) {
                    reader.element(in, at, end);
                }
            }
            if (end < 0) {
                break;
            }
            at = end;
        }
        return over ? to : at;
    }

    private void keep(byte[] window, int from, int to) {
        int left = to - from;
        if (left > LONGEST_ELEMENT) {
            end("the server sent an element of more than " + LONGEST_ELEMENT + " bytes");
            return;
        }
        if (left > 0) {
            if (window != kept && kept.length < left) {
                kept = new byte[Math.max(2048, 2 * left)];
            }
            System.arraycopy(window, from, kept, 0, left);
        } else if (kept.length > MUCH) {
            kept = NOTHING;
        }
        keptBytes = left;
    }

    // ---- writing ----

    /** Sends text as one write. */
    void send(String xml) {
        byte[] bytes = Wire.bytes(xml);
        channel()
                .writeAndFlush(
                        channel().alloc().directBuffer(bytes.length).writeBytes(bytes),
                        channel().voidPromise());
    }

    /** Sends a stanza as one write: {@code head}, id, {@code tail}. */
    void send(byte[] head, byte[] id, int idLength, byte[] tail) {
        ByteBuf out = channel().alloc().directBuffer(head.length + idLength + tail.length);
        out.writeBytes(head).writeBytes(id, 0, idLength).writeBytes(tail);
        channel().writeAndFlush(out, channel().voidPromise());
    }

    // ---- ending ----

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end("the server closed the connection");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        end("the connection broke: " + cause.getMessage());
    }

    private void end(String why) {
        if (!over) {
            over = true;
            channel().close();
            reader.ended(why);
        }
    }

    boolean isOver() {
        return over;
    }

    /** Completes once the connection is closed. */
    CompletableFuture<Void> closed() {
        return closed;
    }

    /** Ends this side of the stream; what the server still sends is read, until it ends its own. */
    void finish() {
        send("</stream:stream>");
    }

    /** Ends stream and connection, whatever the server still has to say. */
    void leave() {
        if (!over) {
            over = true;
            byte[] last = Wire.bytes("</stream:stream>");
            channel()
                    .writeAndFlush(channel().alloc().directBuffer(last.length).writeBytes(last))
                    .addListener(done -> channel().close());
        }
    }

    /** Ends the connection without a word: the other side is told by a TCP reset. */
    void reset() {
        if (!over) {
            over = true;
            channel().config().setOption(ChannelOption.SO_LINGER, 0);
            channel().unsafe().close(channel().voidPromise());
        }
    }
}
