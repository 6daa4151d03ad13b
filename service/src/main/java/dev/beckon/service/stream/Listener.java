package dev.beckon.service.stream;

import dev.beckon.service.Limits;
import dev.beckon.service.Load;
import dev.beckon.service.RateLimit;
import dev.beckon.service.route.StreamError;
import dev.beckon.service.route.Switchboard;
import dev.beckon.service.store.Accounts;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes clients' connections, within limits, and ends them all in order. */
public final class Listener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
    private static final Duration LONGEST_END = Duration.ofSeconds(5);

    private final Context context;
    private final EventLoopGroup loops;
    private final Channel server;
    private final Set<ClientStream> streams = ConcurrentHashMap.newKeySet();
    private final ConcurrentMap<String, Integer> perAddress = new ConcurrentHashMap<>();
    private final AtomicInteger connections = new AtomicInteger();

    /** Listens. Throws IOException, naming address and port, if it cannot. */
    public Listener(
            String bind,
            int port,
            String domain,
            Limits limits,
            Switchboard switchboard,
            Accounts accounts,
            SslContext tls)
            throws IOException {
        Load load = limits.load();
        context = new Context(
                domain,
                limits,
                switchboard,
                accounts,
                tls,
                new SecureRandom(),
                new Backlog(load.outboundBytesInAll()),
                new RateLimit(load.failedSignInsPerMinute(), Duration.ofMinutes(1), Clock.systemUTC()));
        loops = new MultiThreadIoEventLoopGroup(
                0, new DefaultThreadFactory("beckon-stream", true), NioIoHandler.newFactory());
        ChannelFuture bound = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, false)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        connected(channel);
                    }
                })
                .bind(bind, port)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            Throwable cause = bound.cause();
            throw new BindException("cannot listen on " + bind + " port " + port + ": "
                    + (cause instanceof UnresolvedAddressException
                            ? "this computer has no address of that name"
                            : cause.getMessage()));
        }
        server = bound.channel();
    }

    /** The port that is listened on. */
    public int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    private void connected(SocketChannel channel) {
        InetAddress address = channel.remoteAddress().getAddress();
        String network = network(address);
        int all = connections.incrementAndGet();
        int here = perAddress.merge(network, 1, Integer::sum);
        channel.closeFuture().addListener(closed -> {
            connections.decrementAndGet();
            perAddress.computeIfPresent(network, (key, count) -> count == 1 ? null : count - 1);
        });
        Limits limits = context.limits();
        if (all > limits.connections() || here > limits.connectionsPerAddress()) {
            LOG.info("refused a connection from {}: {} from there, {} in all", address.getHostAddress(), here, all);
            channel.eventLoop().execute(() -> refuse(channel));
            return;
        }
        ClientStream stream = new ClientStream(context, channel, address.getHostAddress(), network);
        streams.add(stream);
        channel.closeFuture().addListener(closed -> streams.remove(stream));
        channel.pipeline().addLast("stream", stream);
    }

    /** Says why, as far as that can be said before anything was negotiated. */
    private void refuse(SocketChannel channel) {
        StreamError error =
                StreamError.of(StreamError.Condition.RESOURCE_CONSTRAINT, "too many connections, try again later");
        String last = StreamHeader.opening(context.domain(), context.unguessable(18), null) + "<stream:error>"
                + error.content() + "</stream:error></stream:stream>";
        channel.writeAndFlush(Unpooled.copiedBuffer(last, StandardCharsets.UTF_8))
                .addListener(ChannelFutureListener.CLOSE);
    }

    /** What counts as one address: of IPv6 the /64 network, since that is what one customer has. */
    private static String network(InetAddress address) {
        byte[] bytes = address.getAddress();
        return HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, 8));
    }

    /** Takes no more connections, tells every client that the service stops, and waits up to 5 s until they have gone. */
    @Override
    public void close() {
        server.close().awaitUninterruptibly();
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
