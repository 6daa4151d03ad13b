package dev.beckon.agent.launch;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** What the platform tells about processes beyond {@link ProcessHandle}. */
final class Processes {
    private static final String OS = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    static final boolean LINUX = OS.startsWith("linux");
    static final boolean MAC = OS.startsWith("mac");
    static final boolean WINDOWS = OS.startsWith("windows");

    private static final int MAX_ENVIRONMENT = 256 * 1024;

    private Processes() {}

    /** Where nothing comes from. */
    static File nothing() {
        return new File(WINDOWS ? "NUL" : "/dev/null");
    }

    /**
     * What puts a program into a session of its own, so that Ctrl-C at the agent's terminal does not reach it; empty
     * where the platform has no such program.
     */
    static List<String> detached() {
        if (LINUX) {
            for (String setsid : List.of("/usr/bin/setsid", "/bin/setsid")) {
                if (Files.isExecutable(Path.of(setsid))) {
                    return List.of(setsid);
                }
            }
        }
        return List.of();
    }

    /** True while it runs. One that ended and whose parent never asked for its status does not. */
    static boolean isAlive(ProcessHandle process) {
        return process.isAlive() && !(LINUX && isZombie(process.pid()));
    }

    /** proc(5), /proc/pid/stat: the state follows the name, which stands in parentheses and may hold any character. */
    private static boolean isZombie(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
            int name = stat.lastIndexOf(')');
            char state = name + 2 < stat.length() ? stat.charAt(name + 2) : '?';
            return state == 'Z' || state == 'X';
        } catch (IOException e) {
            return true;
        }
    }

    /** Who is whose child now, told by one pass over all processes. */
    static Map<ProcessHandle, List<ProcessHandle>> children() {
        Map<ProcessHandle, List<ProcessHandle>> children = new HashMap<>();
        ProcessHandle.allProcesses()
                .forEach(process -> process.parent()
                        .ifPresent(parent -> children.computeIfAbsent(parent, each -> new ArrayList<>())
                                .add(process)));
        return children;
    }

    /** The processes whose environment holds all of these variables. Linux only; none elsewhere. */
    static Stream<ProcessHandle> marked(List<String> variables) {
        return LINUX
                ? ProcessHandle.allProcesses().filter(process -> isMarked(process.pid(), variables))
                : Stream.empty();
    }

    /**
     * Whether the environment a process was started with holds all of these variables ({@code NAME=value}): a child
     * inherits them even when its parent is gone. proc(5), /proc/pid/environ: readable for processes of the same user.
     */
    static boolean isMarked(long pid, List<String> variables) {
        if (!LINUX) {
            return false;
        }
        try (InputStream in = Files.newInputStream(Path.of("/proc", Long.toString(pid), "environ"))) {
            String environment = new String(in.readNBytes(MAX_ENVIRONMENT), StandardCharsets.UTF_8);
            return List.of(environment.split("\0")).containsAll(variables);
        } catch (IOException e) {
            return false;
        }
    }
}
