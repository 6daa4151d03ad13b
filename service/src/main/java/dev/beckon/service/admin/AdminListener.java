package dev.beckon.service.admin;

import dev.beckon.service.http.Answer;
import dev.beckon.service.http.HttpDoor;
import dev.beckon.service.metric.Metrics;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Answers operators and their tools over plain HTTP: {@code /health}, {@code /health/live}, {@code /metrics}. Has a port and a thread of
 * its own, so that it answers however busy the streams are, and nobody else comes near it.
 */
public final class AdminListener implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int MOST_CONNECTIONS = 100;
    private static final String JSON = "application/json";

    private final Metrics metrics;
    private final Health health;
    private final EventLoopGroup loop;
    private final Channel server;
    private final AtomicInteger connections = new AtomicInteger();

    /** Listens. Throws IOException, naming address and port, if it cannot. */
    public AdminListener(String bind, int port, Metrics metrics, Health health) throws IOException {
        this.metrics = metrics;
        this.health = health;
        loop = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("beckon-admin", true), NioIoHandler.newFactory());
        ChannelFuture bound = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        connected(channel);
                    }
                })
                .bind(bind, port)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw new BindException("cannot listen on " + bind + " port " + port + " for health and metrics: "
                    + bound.cause().getMessage());
        }
        server = bound.channel();
    }

    /** The port that is listened on. */
    public int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    private void connected(SocketChannel channel) {
        channel.closeFuture().addListener(closed -> connections.decrementAndGet());
        if (connections.incrementAndGet() > MOST_CONNECTIONS) {
            channel.close();
            return;
        }
        new Door().join(channel.pipeline());
    }

    private final class Door extends HttpDoor {
        Door() {
            super(PATIENCE);
        }

        @Override
        protected void request(ChannelHandlerContext ctx, HttpRequest request) {
            Answer refusal = unlessRead(request);
            if (refusal != null) {
                answer(ctx, refusal);
            } else if (request.headers().contains(HttpHeaderNames.ORIGIN)) {
                answer(ctx, Answer.refusal(HttpResponseStatus.FORBIDDEN, "this is for programs, not for web pages"));
            } else {
                read(ctx, path(request));
            }
        }

        private void read(ChannelHandlerContext ctx, String path) {
            switch (path) {
                case "/metrics" -> answer(ctx, Answer.ok(Metrics.MEDIA_TYPE, metrics.text()));
                // It answers, so it lives: whoever restarts what is merely not ready makes it worse.
                case "/health/live" -> answer(ctx, Answer.ok(JSON, "{\"status\":\"alive\"}\n"));
                case "/health" ->
                    health.report()
                            .whenCompleteAsync((report, fault) -> answer(ctx, of(report, fault)), ctx.executor());
                default ->
                    answer(
                            ctx,
                            Answer.refusal(
                                    HttpResponseStatus.NOT_FOUND, "there is /health, /health/live and /metrics here"));
            }
        }

        private static Answer of(Health.@Nullable Report report, @Nullable Throwable fault) {
            if (report == null) {
                return Answer.refusal(HttpResponseStatus.INTERNAL_SERVER_ERROR, "cannot tell: " + fault);
            }
            return new Answer(
                    report.isReady() ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE,
                    JSON,
                    report.json(),
                    Map.of());
        }
    }

    @Override
    public void close() {
        server.close().awaitUninterruptibly();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
