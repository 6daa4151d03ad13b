package dev.beckon.service.stream;

import dev.beckon.service.HttpSettings;
import dev.beckon.service.Limits;
import dev.beckon.service.Network;
import dev.beckon.service.RateLimit;
import dev.beckon.service.ServiceConfig;
import dev.beckon.service.metric.Metrics;
import dev.beckon.service.route.StreamError;
import dev.beckon.service.route.Switchboard;
import dev.beckon.service.store.Accounts;
import dev.beckon.service.store.DetachedSessions.Detached;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.UnresolvedAddressException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes clients' connections, within limits, and ends them all in order. */
public final class Listener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
    private static final Duration LONGEST_END = Duration.ofSeconds(5);

    private final Context context;
    private final Framing framing;
    private final HttpSettings http;
    private final Connections connections;
    private final Set<ClientStream> streams = ConcurrentHashMap.newKeySet();
    private final Transport transport = Transport.best();
    private final EventLoopGroup loops;
    private final Channel server;
    private final @Nullable Channel web;

    /** Listens; {@code detached} are the sessions of before. Throws IOException, naming address and port, if it cannot. */
    public Listener(
            ServiceConfig config,
            Supplier<Limits> limits,
            Switchboard switchboard,
            Accounts accounts,
            Supplier<Tls> tls,
            List<Detached> detached)
            throws IOException {
        Backlog backlog = new Backlog(limits.get().load().outboundBytesInAll());
        ResumableSessions resumable =
                new ResumableSessions(switchboard, limits.get().outboundBytes(), backlog);
        resumable.restore(detached);
        context = new Context(
                config.domain(),
                limits,
                switchboard,
                resumable,
                accounts,
                tls,
                new SecureRandom(),
                backlog,
                new Guesses(
                        new RateLimit(
                                () -> limits.get().load().failedSignInsPerMinute(),
                                Duration.ofMinutes(1),
                                Clock.systemUTC()),
                        new RateLimit(
                                () -> limits.get().load().failedSignInsPerAccount(),
                                Duration.ofMinutes(1),
                                Clock.systemUTC())),
                new Meters(switchboard.hooks().metrics()),
                new AccountPace(() -> limits.get().load().stanzasPerSecondOfAccount()));
        framing = config.tlsAtProxy() ? Framing.TCP_BEHIND_PROXY : Framing.TCP;
        http = config.http();
        connections = new Connections(limits, switchboard.hooks().metrics());
        measure(switchboard.hooks().metrics());
        loops = transport.newLoops("beckon-stream");
        try {
            server = listen(config.bind(), config.port(), this::connected);
            web = http.port() < 0 ? null : listen(http.bind(), http.port(), this::connectedToWeb);
        } catch (IOException e) {
            loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw e;
        }
        LOG.info(
                "serving {} on {} port {}, sockets by {}, TLS by {}",
                config.domain(),
                config.bind(),
                port(),
                transport.name(),
                config.tlsAtProxy() ? "a proxy" : Tls.provider());
        if (web != null) {
            LOG.info(
                    "{} at {}, on {} port {}",
                    http.tls() ? "WebSocket" : "plain WebSocket",
                    url(web),
                    http.bind(),
                    port(web));
        }
    }

    private void measure(Metrics metrics) {
        metrics.gauge("beckon_backlog_bytes", "What waits for slow readers.", context.backlog()::bytes);
        metrics.gauge("beckon_sessions_resumable", "Sessions that can be resumed.", context.resumable()::count);
        String streams = "Open streams, also of those who have not signed in.";
        metrics.gauge("beckon_streams", streams, () -> streams(false), "transport", "tcp");
        metrics.gauge("beckon_streams", streams, () -> streams(true), "transport", "websocket");
    }

    private long streams(boolean overWebSocket) {
        return streams.stream()
                .filter(stream -> stream.framing() == Framing.WEB_SOCKET == overWebSocket)
                .count();
    }

    private Channel listen(String bind, int port, Consumer<SocketChannel> connected) throws IOException {
        ChannelFuture bound = new ServerBootstrap()
                .group(loops)
                .channel(transport.server())
                .option(ChannelOption.SO_BACKLOG, 1024)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, false)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, Transport.reads())
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        connected.accept(channel);
                    }
                })
                .bind(bind, port)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            Throwable cause = bound.cause();
            throw new BindException("cannot listen on " + bind + " port " + port + ": "
                    + (cause instanceof UnresolvedAddressException
                            ? "this computer has no address of that name"
                            : cause.getMessage()));
        }
        return bound.channel();
    }

    /** The sessions that can be resumed after a restart; to be called once, after {@link #close} and all other work have ended. */
    public List<Detached> detached() {
        return context.resumable().detach();
    }

    /** The port that is listened on. */
    public int port() {
        return port(server);
    }

    /** The port for WebSockets; -1 if there is none. */
    public int httpPort() {
        return web == null ? -1 : port(web);
    }

    private static int port(Channel channel) {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    private void connected(SocketChannel channel) {
        InetAddress address = channel.remoteAddress().getAddress();
        if (!connections.enter(channel) | !connections.enter(channel, address)) {
            channel.eventLoop().execute(() -> refuse(channel));
            return;
        }
        channel.pipeline().addLast("stream", stream(framing, channel, null, address));
    }

    private ClientStream stream(
            Framing framing, SocketChannel channel, byte @Nullable [] endPoint, InetAddress address) {
        ClientStream stream =
                new ClientStream(context, framing, channel, endPoint, address.getHostAddress(), Network.of(address));
        streams.add(stream);
        channel.closeFuture().addListener(closed -> streams.remove(stream));
        return stream;
    }

    private void connectedToWeb(SocketChannel channel) {
        InetAddress address = channel.remoteAddress().getAddress();
        boolean isProxied = http.proxies().contains(address);
        if (!connections.enter(channel) | (!isProxied && !connections.enter(channel, address))) {
            // Before TLS nothing can be said, and a handshake is what there is no room for.
            channel.close();
            return;
        }
        Duration patience = context.limits().signInTime();
        byte[] endPoint;
        if (http.tls()) {
            Tls shown = context.tls().get();
            // Behind a proxy clients are shown the proxy's certificate.
            endPoint = isProxied ? null : shown.endPoint();
            SslHandler tls = shown.handler(channel.alloc());
            tls.setHandshakeTimeoutMillis(patience.toMillis());
            channel.pipeline().addLast("tls", tls);
        } else {
            endPoint = null;
        }
        new WebDoor(patience, new Upgrade(context.domain(), http), url(channel), isProxied, forwarded -> {
                    InetAddress from = forwarded == null ? address : forwarded;
                    if (isProxied && !connections.enter(channel, from)) {
                        return null;
                    }
                    return stream(Framing.WEB_SOCKET, channel, endPoint, from);
                })
                .join(channel.pipeline());
    }

    /** Where clients find the WebSocket. */
    private URI url(Channel channel) {
        return http.webSocketUrl() != null
                ? http.webSocketUrl()
                : URI.create((http.tls() ? "wss://" : "ws://") + Certificates.ascii(context.domain()) + ":"
                        + port(channel)
                        + WebDoor.PATH);
    }

    /** Says why, as far as that can be said before anything was negotiated. */
    private void refuse(SocketChannel channel) {
        StreamError error =
                StreamError.of(StreamError.Condition.RESOURCE_CONSTRAINT, "too many connections, try again later");
        channel.writeAndFlush(Unpooled.wrappedBuffer(
                        framing.opening(context.domain(), context.unguessable(18), null), framing.end(error)))
                .addListener(ChannelFutureListener.CLOSE);
    }

    /** Takes no more connections, tells every client that the service stops, and waits up to 5 s until they have gone. */
    @Override
    public void close() {
        server.close().awaitUninterruptibly();
        if (web != null) {
            web.close().awaitUninterruptibly();
        }
        streams.forEach(stream ->
                stream.close(StreamError.of(StreamError.Condition.SYSTEM_SHUTDOWN, "the service is stopped")));
        long deadline = System.nanoTime() + LONGEST_END.toNanos();
        for (ClientStream stream : streams) {
            long left = deadline - System.nanoTime();
            if (!stream.channel().closeFuture().awaitUninterruptibly(Math.max(1, left), TimeUnit.NANOSECONDS)) {
                stream.channel().close();
            }
        }
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
