package dev.beckon.benchmarks.load;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** CPU time and memory of some processes and all that descend from them, and of the machine, from {@code /proc}. */
final class Processes {
    /** {@code USER_HZ}, which is 100 wherever Linux runs on what Java runs on. */
    private static final double MICROS_PER_TICK = 10_000;

    private final Set<Long> pids = new LinkedHashSet<>();

    private Processes() {}

    /** Throws IllegalArgumentException, naming it, if one of them does not run. */
    static Processes of(Collection<Long> roots) {
        Processes processes = new Processes();
        Map<Long, List<Long>> children = children();
        Deque<Long> open = new ArrayDeque<>(roots);
        while (!open.isEmpty()) {
            long pid = open.remove();
            if (stat(pid) == null) {
                throw new IllegalArgumentException("no process " + pid + " runs here");
            }
            if (processes.pids.add(pid)) {
                open.addAll(children.getOrDefault(pid, List.of()));
            }
        }
        return processes;
    }

    static Processes self() {
        Processes self = new Processes();
        self.pids.add(ProcessHandle.current().pid());
        return self;
    }

    boolean isEmpty() {
        return pids.isEmpty();
    }

    private static Map<Long, List<Long>> children() {
        Map<Long, List<Long>> children = new HashMap<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path each : all) {
                long pid = Long.parseLong(each.getFileName().toString());
                String[] fields = stat(pid);
                if (fields != null) {
                    children.computeIfAbsent(Long.parseLong(fields[1]), parent -> new ArrayList<>())
                            .add(pid);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "CPU time and memory are read from /proc, which this system does not have", e);
        }
        return children;
    }

    /** proc(5): the fields after the command's name; state, parent, …; null if there is no such process. */
    private static String @org.jspecify.annotations.Nullable [] stat(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        } catch (IOException e) {
            return null;
        }
    }

    /** CPU time so far, user and system, in microseconds. */
    double cpu() {
        double ticks = 0;
        for (long pid : pids) {
            String[] fields = stat(pid);
            if (fields != null) {
                ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
            }
        }
        return ticks * MICROS_PER_TICK;
    }

    static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    /** CPU time that the whole machine has spent so far, in microseconds: neither idle nor waiting for disks. */
    static double machineCpu() {
        try {
            String[] fields =
                    Files.readAllLines(Path.of("/proc/stat")).get(0).trim().split(" +");
            double ticks = 0;
            for (int i = 1; i <= 8; i++) {
                ticks += i == 4 || i == 5 ? 0 : Long.parseLong(fields[i]);
            }
            return ticks * MICROS_PER_TICK;
        } catch (IOException e) {
            throw new UncheckedIOException("CPU time is read from /proc/stat, which this system does not have", e);
        }
    }

    /** Resident memory in kB. */
    long residentKilobytes() {
        long all = 0;
        for (long pid : pids) {
            try {
                for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
                    if (line.startsWith("VmRSS:")) {
                        all += Long.parseLong(line.replaceAll("[^0-9]", ""));
                    }
                }
            } catch (IOException e) {
                // It has ended.
            }
        }
        return all;
    }

    /** Open file descriptors, sockets among them. */
    long openFiles() {
        long all = 0;
        for (long pid : pids) {
            String[] open = new File("/proc/" + pid + "/fd").list();
            all += open == null ? 0 : open.length;
        }
        return all;
    }
}
