package dev.beckon.agent.window;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection: a request, its reply, the next request. Lives on the loop's thread; every step of it has a bound. */
final class Exchange extends ChannelInboundHandlerAdapter {
    /** From its first byte, or from connecting, to its last. */
    static final Duration REQUEST = Duration.ofSeconds(10);
    /** Between a reply and the first byte of the next request. */
    static final Duration IDLE = Duration.ofSeconds(30);
    /** Until a reply was read. */
    private static final Duration REPLY = Duration.ofSeconds(30);
    /** Until who was refused has read it. */
    private static final Duration LINGER = Duration.ofSeconds(2);

    private static final Logger log = LoggerFactory.getLogger(Exchange.class);

    /** No inline script or style, nothing from elsewhere, no frames, no forms. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            + "connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
            + "frame-ancestors 'none'";

    private enum Phase {
        IDLE,
        READING,
        WORKING,
        REPLYING,
        STREAMING,
        OVER
    }

    private final Server.Site site;
    private final ExecutorService workers;
    private final Consumer<Exchange> answered;
    private final Consumer<Exchange> gone;
    private Phase phase = Phase.IDLE;
    private @Nullable ChannelHandlerContext context;
    private @Nullable HttpRequest head;
    private byte[] body = new byte[0];
    private int received;
    private @Nullable ScheduledFuture<?> deadline;

    Exchange(Server.Site site, ExecutorService workers, Consumer<Exchange> answered, Consumer<Exchange> gone) {
        this.site = site;
        this.workers = workers;
        this.answered = answered;
        this.gone = gone;
    }

    /** Stands before the codec, which tells of a request only once its head is whole. */
    ChannelHandler firstByte() {
        return new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                if (phase == Phase.IDLE) {
                    phase = Phase.READING;
                    within(REQUEST);
                }
                ctx.fireChannelRead(message);
            }
        };
    }

    /** Whether it has asked for nothing that is not answered, and listens to nothing. */
    boolean isQuiet() {
        return phase == Phase.IDLE || phase == Phase.READING;
    }

    void close() {
        if (context != null) {
            context.close();
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        within(REQUEST);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        phase = Phase.OVER;
        if (deadline != null) {
            deadline.cancel(false);
        }
        gone.accept(this);
        ctx.fireChannelInactive();
    }

    /** Closes the connection unless something else is agreed on until then. */
    private void within(Duration time) {
        if (deadline != null) {
            deadline.cancel(false);
        }
        if (context != null) {
            deadline = context.executor().schedule(this::close, time.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void withoutBound() {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (phase == Phase.OVER) {
                return;
            }
            if (phase != Phase.READING) {
                // One after another; no browser sends the next before the reply.
                phase = Phase.OVER;
                ctx.close();
            } else if (message instanceof HttpRequest request) {
                begin(ctx, request);
            } else if (message instanceof HttpContent content) {
                take(ctx, content);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void begin(ChannelHandlerContext ctx, HttpRequest request) {
        head = request;
        Reply refusal = site.refusal(request);
        if (refusal != null) {
            refuse(ctx, refusal);
            return;
        }
        received = 0;
        body = new byte[(int) Gate.length(request)];
    }

    private void take(ChannelHandlerContext ctx, HttpContent content) {
        HttpRequest request = head;
        if (request == null) {
            return;
        }
        int length = content.content().readableBytes();
        if (content.decoderResult().isFailure() || length > body.length - received) {
            refuse(ctx, Reply.refusal(HttpResponseStatus.BAD_REQUEST, "the request's body is malformed", ""));
            return;
        }
        content.content().readBytes(body, received, length);
        received += length;
        if (content instanceof LastHttpContent) {
            head = null;
            whole(ctx, request, body);
            body = new byte[0];
        }
    }

    private void whole(ChannelHandlerContext ctx, HttpRequest request, byte[] sent) {
        phase = Phase.WORKING;
        withoutBound();
        boolean stays = HttpUtil.isKeepAlive(request);
        boolean listens = Gate.path(request).equals(Feed.PATH);
        Reply atOnce = listens ? site.admit(ctx.channel()) : site.atOnce(request);
        if (atOnce != null) {
            reply(ctx, atOnce, stays);
            return;
        }
        if (listens) {
            stream(ctx);
        }
        try {
            workers.execute(listens ? () -> site.listen(ctx.channel()) : () -> work(ctx, request, sent, stays));
        } catch (RejectedExecutionException e) {
            if (listens) {
                ctx.close();
            } else {
                reply(
                        ctx,
                        Reply.refusal(HttpResponseStatus.SERVICE_UNAVAILABLE, "too much is asked at once", "try again"),
                        stays);
            }
        }
    }

    private void work(ChannelHandlerContext ctx, HttpRequest request, byte[] sent, boolean stays) {
        Reply reply = site.work(request, sent);
        ctx.executor().execute(() -> reply(ctx, reply, stays));
    }

    private void stream(ChannelHandlerContext ctx) {
        phase = Phase.STREAMING;
        HttpResponse start = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        common(start.headers())
                .set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8")
                .set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        ctx.writeAndFlush(start);
    }

    private void reply(ChannelHandlerContext ctx, Reply reply, boolean stays) {
        if (phase != Phase.WORKING) {
            return;
        }
        phase = Phase.REPLYING;
        within(REPLY);
        write(ctx, reply, stays).addListener(done -> {
            if (!stays || !done.isSuccess()) {
                linger(ctx);
            } else if (phase == Phase.REPLYING) {
                phase = Phase.IDLE;
                within(IDLE);
                answered.accept(this);
            }
        });
    }

    /** What follows is not read as a request any more. */
    private void refuse(ChannelHandlerContext ctx, Reply reply) {
        phase = Phase.OVER;
        head = null;
        write(ctx, reply, false).addListener(done -> linger(ctx));
    }

    /** If it were closed with input unread, the system would reset it, and who asked might never see the reply. */
    private void linger(ChannelHandlerContext ctx) {
        phase = Phase.OVER;
        within(LINGER);
        Channel channel = ctx.channel();
        if (channel instanceof SocketChannel socket && channel.isActive()) {
            socket.shutdownOutput();
        } else {
            channel.close();
        }
    }

    private static ChannelFuture write(ChannelHandlerContext ctx, Reply reply, boolean stays) {
        var response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, reply.status(), Unpooled.wrappedBuffer(reply.body()));
        HttpHeaders headers = common(response.headers())
                .set(HttpHeaderNames.CONTENT_TYPE, reply.type())
                .set(HttpHeaderNames.CONTENT_LENGTH, reply.body().length);
        reply.headers().forEach(headers::set);
        if (!stays) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        return ctx.writeAndFlush(response);
    }

    private static HttpHeaders common(HttpHeaders headers) {
        return headers.set("content-security-policy", POLICY)
                .set("x-content-type-options", "nosniff")
                .set("referrer-policy", "no-referrer")
                .set("cross-origin-resource-policy", "same-origin")
                .set("cross-origin-opener-policy", "same-origin")
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        log.debug("A connection of the window broke: {}", cause.toString());
        ctx.close();
    }
}
