package dev.beckon.service.stream;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.kqueue.KQueue;
import io.netty.channel.kqueue.KQueueIoHandler;
import io.netty.channel.kqueue.KQueueServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.DefaultThreadFactory;

/** How sockets are driven: by the system's own means where Netty's native library for it loads, else by the JDK's selectors. */
record Transport(String name, IoHandlerFactory handler, Class<? extends ServerChannel> server) {
    /**
     * Half of the processors: a stanza whose sender and receiver share a loop is the cheapest, and what is not routing (the store,
     * passwords, the collector, the system's own part of the network) wants processors too.
     */
    private static final int LOOPS = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

    /** A whole stanza is read at once; one that came in two pieces would be looked at twice. */
    private static final int LEAST_READ = 4096;

    static final int MOST_READ = 64 * 1024;

    static {
        // It follows one buffer in a hundred with a stack trace; who looks for leaks may ask for it.
        if (System.getProperty("io.netty.leakDetection.level") == null) {
            ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        }
    }

    static Transport best() {
        if (Epoll.isAvailable()) {
            return new Transport("epoll", EpollIoHandler.newFactory(), EpollServerSocketChannel.class);
        }
        if (KQueue.isAvailable()) {
            return new Transport("kqueue", KQueueIoHandler.newFactory(), KQueueServerSocketChannel.class);
        }
        return new Transport("the JDK", NioIoHandler.newFactory(), NioServerSocketChannel.class);
    }

    EventLoopGroup newLoops(String threads) {
        return new MultiThreadIoEventLoopGroup(LOOPS, new DefaultThreadFactory(threads, true), handler);
    }

    /** How much is read at once from one connection: its buffer is there only while it is being read. */
    static RecvByteBufAllocator reads() {
        return new AdaptiveRecvByteBufAllocator(LEAST_READ, LEAST_READ, MOST_READ);
    }
}
