package dev.beckon.benchmarks.load;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.jspecify.annotations.Nullable;

/** What a server holds: memory and file descriptors, and if it is a Java program the heap after a collection. */
final class Vitals implements AutoCloseable {
    private static final double MEGABYTE = 1024 * 1024;

    /** What malloc and Unsafe gave out, among it Netty's buffers; with {@code -XX:NativeMemoryTracking=summary}. */
    private static final Pattern NATIVE = Pattern.compile("-\\s+Other \\(reserved=(\\d+)KB");

    private final Processes processes;
    private final @Nullable JMXConnector connector;
    private final Trend resident = new Trend("memory", "MB", 24);
    private final Trend files = new Trend("files", "open", 20);
    private final Trend heap = new Trend("heap", "MB", 4);
    private final Trend direct = new Trend("direct", "MB", 4);

    private Vitals(Processes processes, @Nullable JMXConnector connector) {
        this.processes = processes;
        this.connector = connector;
    }

    /** Of these processes; if the first is a Java virtual machine of this user, of its heap too. */
    static Vitals of(Processes processes, long pid) {
        return new Vitals(processes, connect(pid));
    }

    @SuppressWarnings("BanJNDI") // the address is that of a virtual machine of this user, which it was asked for
    private static @Nullable JMXConnector connect(long pid) {
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
            try {
                return JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()));
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException | IOException e) {
            return null;
        }
    }

    boolean knowsHeap() {
        return connector != null;
    }

    /** Looks at everything; {@code seconds} from the beginning. */
    void sample(double seconds) throws IOException {
        resident.add(seconds, processes.residentKilobytes() / 1024.0);
        files.add(seconds, processes.openFiles());
        if (connector == null) {
            return;
        }
        MBeanServerConnection server = connector.getMBeanServerConnection();
        MemoryMXBean memory = ManagementFactory.getPlatformMXBean(server, MemoryMXBean.class);
        memory.gc();
        heap.add(seconds, memory.getHeapMemoryUsage().getUsed() / MEGABYTE);
        double buffers = 0;
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(server, BufferPoolMXBean.class)) {
            buffers += pool.getName().equals("direct") ? pool.getMemoryUsed() / MEGABYTE : 0;
        }
        direct.add(seconds, Math.max(buffers, unsafeMegabytes(server)));
    }

    private static double unsafeMegabytes(MBeanServerConnection server) throws IOException {
        try {
            Object summary = server.invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"),
                    "vmNativeMemory",
                    new Object[] {new String[] {"summary"}},
                    new String[] {String[].class.getName()});
            Matcher other = NATIVE.matcher(String.valueOf(summary));
            return other.find() ? Double.parseDouble(other.group(1)) / 1024 : 0;
        } catch (JMException e) {
            return 0;
        }
    }

    /** All that was looked at. */
    List<Trend> trends() {
        return Stream.of(heap, direct, resident, files)
                .filter(trend -> !trend.isEmpty())
                .toList();
    }

    @Override
    public void close() throws IOException {
        if (connector != null) {
            connector.close();
        }
    }
}
