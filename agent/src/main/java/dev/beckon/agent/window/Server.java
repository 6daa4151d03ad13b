package dev.beckon.agent.window;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.channels.ServerSocketChannel;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes the connections of a listening socket. One thread moves the bytes of all connections and never waits; what may take time runs
 * on a few workers.
 */
final class Server implements AutoCloseable {
    /** Beyond these, who has waited longest to ask for anything makes room. */
    static final int MOST_CONNECTIONS = 256;

    private static final int WORKERS = 4;
    private static final int MOST_WAITING = 64;
    /** What a page may leave unread: all sections of a large contact list and then some. */
    private static final int MOST_UNREAD = 4 * 1024 * 1024;

    private final EventLoopGroup loop;
    private final ExecutorService workers;
    private final Channel listening;
    /** On the loop's thread; the one that has been quiet longest is first. */
    private final Set<Exchange> connections = new LinkedHashSet<>();

    /** What is asked of it. */
    interface Site {
        /** On the loop's thread, of a request whose body has not come yet: null where it may go on. */
        @Nullable
        Reply refusal(HttpRequest head);

        /** On the loop's thread, of a whole request: null where it takes work. */
        @Nullable
        Reply atOnce(HttpRequest head);

        /** On a worker. */
        Reply work(HttpRequest head, byte[] body);

        /** On the loop's thread: null where there is room for one more to listen, which is kept until its connection ends. */
        @Nullable
        Reply admit(Channel listener);

        /** On a worker: tells a listener that was admitted how things stand, and what changes from now on. */
        void listen(Channel listener);
    }

    /** Takes them, from now on; the socket is its own. */
    Server(ServerSocketChannel socket, Site site) {
        loop = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("beckon-window", true), NioIoHandler.newFactory());
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                WORKERS,
                WORKERS,
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MOST_WAITING),
                new DefaultThreadFactory("beckon-window-work", true));
        pool.allowCoreThreadTimeOut(true);
        workers = pool;
        listening = new ServerBootstrap()
                .group(loop)
                .channelFactory(() -> new NioServerSocketChannel(socket))
                .childOption(ChannelOption.ALLOCATOR, new UnpooledByteBufAllocator(false))
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(64 * 1024, MOST_UNREAD))
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        connected(channel, site);
                    }
                })
                .register()
                .channel();
    }

    private void connected(SocketChannel channel, Site site) {
        if (connections.size() >= MOST_CONNECTIONS) {
            makeRoom();
        }
        if (connections.size() >= MOST_CONNECTIONS) {
            channel.close();
            return;
        }
        Exchange exchange = new Exchange(site, workers, this::moved, connections::remove);
        connections.add(exchange);
        channel.pipeline()
                .addLast("first-byte", exchange.firstByte())
                .addLast(
                        "http",
                        new HttpServerCodec(new HttpDecoderConfig()
                                .setMaxInitialLineLength(Gate.LONGEST_LINE)
                                .setMaxHeaderSize(Gate.LONGEST_HEAD)
                                .setMaxChunkSize(Gate.LONGEST_HEAD)
                                .setInitialBufferSize(256)))
                .addLast("exchange", exchange);
    }

    private void makeRoom() {
        for (Exchange each : connections) {
            if (each.isQuiet()) {
                connections.remove(each);
                each.close();
                return;
            }
        }
    }

    /** It was answered: it is the last that would have to go. */
    private void moved(Exchange exchange) {
        if (connections.remove(exchange)) {
            connections.add(exchange);
        }
    }

    @Override
    public void close() {
        listening.close().awaitUninterruptibly();
        workers.shutdownNow();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
