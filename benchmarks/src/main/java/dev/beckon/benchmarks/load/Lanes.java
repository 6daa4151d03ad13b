package dev.beckon.benchmarks.load;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** The generator's event loops. */
final class Lanes implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;

    private final EventLoopGroup group;
    private final List<Lane> lanes = new ArrayList<>();

    Lanes(int threads) {
        group = new MultiThreadIoEventLoopGroup(
                threads,
                new DefaultThreadFactory("load", true),
                Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        for (int i = 0; i < threads; i++) {
            lanes.add(new Lane(group.next()));
        }
    }

    static Class<? extends Channel> channelType() {
        return Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    List<Lane> all() {
        return lanes;
    }

    int size() {
        return lanes.size();
    }

    /** The lane of a pair. */
    Lane of(int pair) {
        return lanes.get(pair % lanes.size());
    }

    /** Runs {@code task} on each lane's event loop, one after the other, and waits. */
    void each(Consumer<Lane> task) throws InterruptedException {
        for (Lane lane : lanes) {
            try {
                lane.loop().submit(() -> task.accept(lane)).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            } catch (TimeoutException e) {
                throw new IllegalStateException("the generator does not get on", e);
            }
        }
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
