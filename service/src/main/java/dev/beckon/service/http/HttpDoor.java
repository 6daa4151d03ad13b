package dev.beckon.service.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one request, which has no body, and answers it; then the connection ends, or becomes something else. With only one request a
 * connection, there is nothing that a proxy and the service could understand differently. Lives on one event loop.
 */
public abstract class HttpDoor extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(HttpDoor.class);
    private static final int LONGEST_LINE = 2_000;
    private static final int LONGEST_HEAD = 8_000;

    /** How long a client may take to read its answer. */
    private static final long LINGER_SECONDS = 3;

    private final Duration patience;
    private @Nullable HttpRequest head;
    private boolean isAsked;
    private boolean isAnswered;
    private @Nullable ScheduledFuture<?> deadline;

    /** {@code patience} is from here to the request's last byte. */
    protected HttpDoor(Duration patience) {
        this.patience = patience;
    }

    /** Puts HTTP and this behind what is in the pipeline. */
    public void join(ChannelPipeline pipeline) {
        pipeline.addLast(
                "http",
                new HttpServerCodec(new HttpDecoderConfig()
                        .setMaxInitialLineLength(LONGEST_LINE)
                        .setMaxHeaderSize(LONGEST_HEAD)
                        .setMaxChunkSize(LONGEST_HEAD)
                        .setInitialBufferSize(256)));
        pipeline.addLast("door", this);
    }

    /** A whole request; to be answered with {@link #answer} or {@link #become}, now or later. */
    protected abstract void request(ChannelHandlerContext ctx, HttpRequest request);

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        deadline = ctx.executor()
                .schedule(
                        () -> answer(
                                ctx,
                                Answer.refusal(
                                        HttpResponseStatus.REQUEST_TIMEOUT,
                                        "a request must be whole within " + patience.toSeconds() + " s")),
                        patience.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (isAsked || isAnswered) {
                return;
            }
            if (message instanceof HttpRequest request) {
                head = request;
                Answer refusal = refusal(request);
                if (refusal != null) {
                    answer(ctx, refusal);
                }
            } else if (message instanceof HttpContent content) {
                content(ctx, content);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void content(ChannelHandlerContext ctx, HttpContent content) {
        if (content.decoderResult().isFailure() || content.content().isReadable()) {
            answer(ctx, Answer.refusal(HttpResponseStatus.BAD_REQUEST, "a request has no body here"));
        } else if (content instanceof LastHttpContent && head != null) {
            isAsked = true;
            request(ctx, head);
        }
    }

    private static @Nullable Answer refusal(HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            Throwable cause = request.decoderResult().cause();
            if (cause instanceof TooLongHttpLineException) {
                return Answer.refusal(
                        HttpResponseStatus.REQUEST_URI_TOO_LONG,
                        "a request line has at most " + LONGEST_LINE + " bytes");
            }
            return cause instanceof TooLongHttpHeaderException
                    ? Answer.refusal(
                            HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                            "headers have at most " + LONGEST_HEAD + " bytes")
                    : Answer.refusal(HttpResponseStatus.BAD_REQUEST, "this is no HTTP/1.1 request");
        }
        HttpVersion version = request.protocolVersion();
        if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
            return Answer.refusal(HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED, "HTTP/1.1 is spoken here");
        }
        HttpHeaders headers = request.headers();
        // RFC 9112 §3.2
        if (headers.getAll(HttpHeaderNames.HOST).size() != 1 && version.equals(HttpVersion.HTTP_1_1)) {
            return Answer.refusal(HttpResponseStatus.BAD_REQUEST, "a request has one Host header");
        }
        if (headers.contains(HttpHeaderNames.TRANSFER_ENCODING)
                || !headers.get(HttpHeaderNames.CONTENT_LENGTH, "0").strip().equals("0")) {
            return Answer.refusal(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "a request has no body here");
        }
        return null;
    }

    /** Null where the method is among {@code GET} and {@code HEAD}, else what refuses it. */
    protected static @Nullable Answer unlessRead(HttpRequest request) {
        return request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD)
                ? null
                : Answer.refusal(HttpResponseStatus.METHOD_NOT_ALLOWED, "only GET is understood here")
                        .with("allow", "GET, HEAD");
    }

    /** The path that is asked for, without what follows a question mark. */
    protected static String path(HttpRequest request) {
        String uri = request.uri();
        int end = uri.indexOf('?');
        return end < 0 ? uri : uri.substring(0, end);
    }

    /** Answers and ends the connection. On the event loop; what comes after the first answer is none. */
    protected final void answer(ChannelHandlerContext ctx, Answer answer) {
        if (isAnswered) {
            return;
        }
        isAnswered = true;
        byte[] body = answer.bytes();
        boolean bare = head != null && head.method().equals(HttpMethod.HEAD);
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, answer.status(), bare ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, answer.type())
                .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .set("x-content-type-options", "nosniff")
                .set(HttpHeaderNames.CONNECTION, "close");
        answer.headers().forEach(response.headers()::set);
        Channel channel = ctx.channel();
        ctx.writeAndFlush(response).addListener(done -> linger(channel));
        ctx.executor().schedule(() -> channel.close(), LINGER_SECONDS, TimeUnit.SECONDS);
    }

    /** If it were closed with input unread, the system would reset it, and the client might never see the answer. */
    private static void linger(Channel channel) {
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

    /** Agrees to another protocol (RFC 9110 §7.8): what comes from now on is {@code next}'s, as bytes. On the event loop. */
    protected final void become(ChannelHandlerContext ctx, HttpResponse agreement, String name, ChannelHandler next) {
        isAnswered = true;
        ctx.writeAndFlush(agreement);
        ChannelPipeline pipeline = ctx.pipeline();
        pipeline.replace(this, name, next);
        pipeline.remove(HttpServerCodec.class);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("a connection broke: {}", cause.toString());
        ctx.close();
    }
}
