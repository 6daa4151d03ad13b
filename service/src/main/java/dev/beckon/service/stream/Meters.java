package dev.beckon.service.stream;

import dev.beckon.service.metric.Counter;
import dev.beckon.service.metric.Metrics;
import dev.beckon.service.route.StreamError.Condition;
import io.netty.util.internal.PlatformDependent;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is counted of streams, whatever carries them. Bytes are those inside TLS. Thread-safe. */
final class Meters {
    private final Metrics metrics;
    private final Counter in;
    private final Counter out;
    private final Counter delivered;
    private final Counter slow;
    private final Map<Condition, Counter> errors = new EnumMap<>(Condition.class);

    Meters(Metrics metrics) {
        this.metrics = metrics;
        in = metrics.counter("beckon_received_bytes_total", "Bytes from clients, inside TLS.");
        out = metrics.counter("beckon_sent_bytes_total", "Bytes to clients, inside TLS.");
        delivered = metrics.counter("beckon_stanzas_delivered_total", "Stanzas handed to clients.");
        slow = metrics.counter("beckon_slow_readers_total", "Streams ended because too much waited to be read.");
        for (Condition condition : Condition.values()) {
            errors.put(
                    condition,
                    metrics.counter(
                            "beckon_stream_errors_total",
                            "Streams ended with an error.",
                            "condition",
                            condition.wireName()));
        }
        metrics.gauge(
                "beckon_direct_bytes",
                "Memory outside the heap that the network code holds.",
                PlatformDependent::usedDirectMemory);
    }

    Counter in() {
        return in;
    }

    Counter out() {
        return out;
    }

    Counter delivered() {
        return delivered;
    }

    Counter slow() {
        return slow;
    }

    void failed(Condition condition) {
        Counter counter = errors.get(condition);
        if (counter != null) {
            counter.add();
        }
    }

    /** Somebody has tried to sign in; {@code mechanism} is one that is known, or null. */
    void signIn(@Nullable String mechanism, boolean succeeded) {
        metrics.counter(
                        "beckon_sign_ins_total",
                        "Tries to sign in.",
                        "mechanism",
                        mechanism == null ? "none" : mechanism,
                        "result",
                        succeeded ? "ok" : "failed")
                .add();
    }
}
