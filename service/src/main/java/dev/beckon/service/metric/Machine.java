package dev.beckon.service.metric;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.OperatingSystemMXBean;
import java.lang.management.RuntimeMXBean;
import java.util.function.ToDoubleFunction;

/** What Prometheus knows of every process and every JVM, under the names that others have given it. */
public final class Machine {
    private Machine() {}

    public static void measure(Metrics metrics) {
        OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
        if (system instanceof com.sun.management.OperatingSystemMXBean process) {
            metrics.counter(
                    "process_cpu_seconds_total", "Processor time used.", () -> process.getProcessCpuTime() / 1e9);
        }
        if (system instanceof com.sun.management.UnixOperatingSystemMXBean process) {
            metrics.gauge("process_open_fds", "Open file descriptors.", process::getOpenFileDescriptorCount);
            metrics.gauge("process_max_fds", "Most open file descriptors.", process::getMaxFileDescriptorCount);
        }
        RuntimeMXBean runtime = ManagementFactory.getRuntimeMXBean();
        metrics.gauge("process_start_time_seconds", "When it started, since 1970.", () -> runtime.getStartTime() / 1e3);
        metrics.gauge(
                "jvm_threads_current",
                "Threads.",
                () -> ManagementFactory.getThreadMXBean().getThreadCount());
        memory(metrics, ManagementFactory.getMemoryMXBean());
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            metrics.gauge(
                    "jvm_buffer_pool_used_bytes",
                    "Memory of buffers outside the heap.",
                    pool::getMemoryUsed,
                    "pool",
                    pool.getName());
        }
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            collected(
                    metrics,
                    collector,
                    "collections_total",
                    "Garbage collections.",
                    GarbageCollectorMXBean::getCollectionCount);
            collected(
                    metrics,
                    collector,
                    "seconds_total",
                    "Time spent collecting garbage.",
                    each -> each.getCollectionTime() / 1e3);
        }
        metrics.gauge(
                "jvm_info", "The JVM.", () -> 1, "version", Runtime.version().toString());
    }

    private static void memory(Metrics metrics, MemoryMXBean memory) {
        String used = "Memory of the JVM in use.";
        String committed = "Memory of the JVM that the system has given it.";
        metrics.gauge(
                "jvm_memory_used_bytes", used, () -> memory.getHeapMemoryUsage().getUsed(), "area", "heap");
        metrics.gauge(
                "jvm_memory_used_bytes",
                used,
                () -> memory.getNonHeapMemoryUsage().getUsed(),
                "area",
                "nonheap");
        metrics.gauge(
                "jvm_memory_committed_bytes",
                committed,
                () -> memory.getHeapMemoryUsage().getCommitted(),
                "area",
                "heap");
        metrics.gauge(
                "jvm_memory_committed_bytes",
                committed,
                () -> memory.getNonHeapMemoryUsage().getCommitted(),
                "area",
                "nonheap");
        metrics.gauge(
                "jvm_memory_max_bytes",
                "Most memory of the JVM.",
                () -> memory.getHeapMemoryUsage().getMax(),
                "area",
                "heap");
    }

    private static void collected(
            Metrics metrics,
            GarbageCollectorMXBean collector,
            String kind,
            String help,
            ToDoubleFunction<GarbageCollectorMXBean> value) {
        metrics.counter("jvm_gc_" + kind, help, () -> value.applyAsDouble(collector), "gc", collector.getName());
    }
}
