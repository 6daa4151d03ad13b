package dev.beckon.agent.launch;

import dev.beckon.session.Launcher;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One started application: the process that was started, and those it started in turn.
 *
 * <p>Many programs are started by a script that starts them and ends. So when the process ends with status 0 while
 * descendants of it run, the application has not ended: it ends with the last of them. With any other status it has
 * failed, whatever it leaves behind. Descendants are known by looking at the process tree while the parent lives, and on
 * Linux also by the environment they inherited. A program that leaves a helper running for good is seen to end by its
 * connection to the agent, not here.
 */
final class Launch {
    private static final int MAX_DESCENDANTS = 1000;

    private final ProcessHandle root;
    private final List<String> marks;
    private final Launcher.Process listener;
    private final @Nullable Path output;
    private final long began = System.nanoTime();
    private final Set<ProcessHandle> descendants = ConcurrentHashMap.newKeySet();
    private @Nullable Integer status;

    Launch(ProcessHandle root, String sessionId, Path socket, @Nullable Path output, Launcher.Process listener) {
        this.root = root;
        this.marks = List.of(LaunchEnvironment.SESSION + "=" + sessionId, LaunchEnvironment.SOCKET + "=" + socket);
        this.output = output;
        this.listener = listener;
    }

    Launcher.Process listener() {
        return listener;
    }

    @Nullable
    Path output() {
        return output;
    }

    long pid() {
        return root.pid();
    }

    long ageMillis() {
        return (System.nanoTime() - began) / 1_000_000;
    }

    /** Whether this process is the one started, or a descendant known so far. */
    boolean owns(ProcessHandle process) {
        return root.equals(process) || descendants.contains(process);
    }

    /** Whether this process inherited the environment of the one started. */
    boolean marks(ProcessHandle process) {
        return Processes.isMarked(process.pid(), marks);
    }

    /** Takes note of the descendants there are, by who is whose child now. */
    void remember(Map<ProcessHandle, List<ProcessHandle>> children) {
        descendants.removeIf(process -> !Processes.isAlive(process));
        Deque<ProcessHandle> parents = new ArrayDeque<>(descendants);
        parents.add(root);
        Set<ProcessHandle> seen = new HashSet<>();
        while (!parents.isEmpty()) {
            ProcessHandle parent = parents.remove();
            if (seen.add(parent)) {
                children.getOrDefault(parent, List.of()).forEach(child -> {
                    remember(child);
                    parents.add(child);
                });
            }
        }
    }

    /** The process that was started ended. Answers whether the application did. */
    boolean rootEnded(int exitStatus) {
        status = exitStatus;
        if (exitStatus != 0) {
            return true;
        }
        remember(Processes.children());
        return isOver();
    }

    /** Whether the process that was started ended with status 0 and so has every descendant by the last look. */
    boolean isOver() {
        if (status == null) {
            return false;
        }
        if (descendants.isEmpty()) {
            Processes.marked(marks).forEach(this::remember);
        }
        return descendants.isEmpty();
    }

    private void remember(ProcessHandle process) {
        if (descendants.size() < MAX_DESCENDANTS && !process.equals(root) && Processes.isAlive(process)) {
            descendants.add(process);
        }
    }
}
