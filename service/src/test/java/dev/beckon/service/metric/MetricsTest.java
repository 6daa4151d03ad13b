package dev.beckon.service.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private final Metrics metrics = new Metrics();

    @Test
    void theTextIsAsTheFormatHasIt() {
        metrics.counter("b_total", "Says \"hello\" \\ and\nmore.", "kind", "a\"b\\c\nd")
                .add(3);
        metrics.counter("b_total", "Says \"hello\" \\ and\nmore.", "kind", "z").add();
        metrics.gauge("a", "First by name.", () -> -0.25);
        metrics.gauge("large", "Whole.", () -> 1.5e12);
        metrics.gauge("missing", "Not known now.", () -> Double.NaN);
        assertThat(metrics.text()).isEqualTo("""
                        # HELP a First by name.
                        # TYPE a gauge
                        a -0.25
                        # HELP b_total Says "hello" \\\\ and\\nmore.
                        # TYPE b_total counter
                        b_total{kind="a\\"b\\\\c\\nd"} 3
                        b_total{kind="z"} 1
                        # HELP large Whole.
                        # TYPE large gauge
                        large 1500000000000
                        # HELP missing Not known now.
                        # TYPE missing gauge
                        """);
        Exposition.parse(metrics.text());
    }

    @Test
    void durationsFallIntoBuckets() {
        Timing timing = metrics.timing("t_seconds", "Time.", "what", "x");
        timing.record(50_000);
        timing.record(100_000);
        timing.record(100_001);
        timing.record(3_000_000);
        timing.record(60_000_000_000L);
        Exposition read = Exposition.parse(metrics.text());
        assertThat(read.value("t_seconds_bucket{what=\"x\",le=\"1.0E-4\"}")).isEqualTo(2);
        assertThat(read.value("t_seconds_bucket{what=\"x\",le=\"2.5E-4\"}")).isEqualTo(3);
        assertThat(read.value("t_seconds_bucket{what=\"x\",le=\"10.0\"}")).isEqualTo(4);
        assertThat(read.value("t_seconds_bucket{what=\"x\",le=\"+Inf\"}")).isEqualTo(5);
        assertThat(read.value("t_seconds_count{what=\"x\"}")).isEqualTo(5);
        assertThat(read.value("t_seconds_sum{what=\"x\"}")).isBetween(60.003, 60.004);
    }

    @Test
    void theSameNameAndLabelIsTheSameCounterAndAnythingElseIsAFault() {
        assertThat(metrics.counter("c_total", "C.", "a", "1")).isSameAs(metrics.counter("c_total", "C.", "a", "1"));
        assertThat(metrics.counter("c_total", "C.", "a", "1")).isNotSameAs(metrics.counter("c_total", "C.", "a", "2"));
        assertThatThrownBy(() -> metrics.gauge("c_total", "C.", () -> 1)).hasMessageContaining("c_total");
        assertThatThrownBy(() -> metrics.counter("c_total", "D.")).hasMessageContaining("c_total");
        assertThatThrownBy(() -> metrics.counter("c-total", "C.")).hasMessageContaining("c-total");
        assertThatThrownBy(() -> metrics.counter("d_total", "D.", "le le", "1")).hasMessageContaining("le le");
    }

    @Test
    void aHistogramAgreesWithItselfWhileItIsRecorded() {
        Timing timing = metrics.timing("t_seconds", "Time.");
        AtomicBoolean end = new AtomicBoolean();
        CompletableFuture<Void> recording = CompletableFuture.runAsync(() -> {
            for (long i = 0; !end.get(); i++) {
                timing.record(i % 20_000_000);
            }
        });
        for (int i = 0; i < 1_000; i++) {
            Exposition.parse(metrics.text());
        }
        end.set(true);
        recording.join();
    }

    @Test
    void whatTheMachineSaysIsInTheFormat() {
        Machine.measure(metrics);
        Exposition read = Exposition.parse(metrics.text());
        assertThat(read.value("process_cpu_seconds_total")).isPositive();
        assertThat(read.value("process_start_time_seconds")).isBetween(1.6e9, 1e10);
        assertThat(read.value("jvm_memory_used_bytes{area=\"heap\"}")).isPositive();
        assertThat(read.value("jvm_threads_current")).isPositive();
    }
}
