package dev.beckon.service.stream;

import dev.beckon.service.Limits;
import dev.beckon.service.Network;
import dev.beckon.service.metric.Counter;
import dev.beckon.service.metric.Metrics;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who is connected, within the limits: however a connection was made, it counts until it closes. Thread-safe. */
final class Connections {
    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

    private final Supplier<Limits> limits;
    private final AtomicInteger all = new AtomicInteger();
    private final ConcurrentMap<String, Integer> perNetwork = new ConcurrentHashMap<>();

    private final Counter begun;
    private final Counter refused;

    Connections(Supplier<Limits> limits, Metrics metrics) {
        this.limits = limits;
        metrics.gauge("beckon_connections_open", "Connections, also of those who have not signed in.", all::get);
        begun = metrics.counter("beckon_connections_total", "Connections taken.");
        refused = metrics.counter("beckon_connections_refused_total", "Connections that were one too many.");
    }

    /** Counts a connection. False if it is one too many; it counts all the same. */
    boolean enter(Channel channel) {
        begun.add();
        int now = all.incrementAndGet();
        channel.closeFuture().addListener(closed -> all.decrementAndGet());
        if (now > limits.get().connections()) {
            refused.add();
            LOG.info("refused a connection: {} in all", now);
            return false;
        }
        return true;
    }

    /** Counts a connection from there. False if it is one too many; it counts all the same. */
    boolean enter(Channel channel, InetAddress address) {
        String network = Network.of(address);
        int here = perNetwork.merge(network, 1, Integer::sum);
        channel.closeFuture()
                .addListener(
                        closed -> perNetwork.computeIfPresent(network, (key, count) -> count == 1 ? null : count - 1));
        if (here > limits.get().connectionsPerAddress()) {
            refused.add();
            LOG.info("refused a connection from {}: {} from there", address.getHostAddress(), here);
            return false;
        }
        return true;
    }
}
