package dev.beckon.agent;

import static dev.beckon.ResultCode.E_FAIL;

import dev.beckon.SessionException;
import dev.beckon.agent.files.AtomicFile;
import dev.beckon.agent.files.FileName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The folder of one agent: closed to other users, and held by one process at a time. */
final class AgentHome implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AgentHome.class);
    private static final String SOCKET = "agent.sock";
    private static final String LOCK = "agent.lock";
    /** sun_path has 108 bytes on Linux and 104 on macOS, the last of them 0; some room is left. */
    private static final int MAX_SOCKET_BYTES = 100;

    /** The homes of agents in this process. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final FileChannel lock;
    private @Nullable Path shortFolder;

    private AgentHome(Path folder, FileChannel lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /**
     * Opens a home; it is made where it is missing.
     *
     * @throws SessionException E_FAIL (another agent has it, or it cannot be used)
     */
    static AgentHome open(Path home) {
        AgentHome opened = openIfFree(home);
        if (opened == null) {
            throw taken(home.toAbsolutePath().normalize());
        }
        return opened;
    }

    /**
     * The same; null where another agent has it.
     *
     * @throws SessionException E_FAIL (it cannot be used)
     */
    static @Nullable AgentHome openIfFree(Path home) {
        Path folder = home.toAbsolutePath().normalize();
        try {
            refuseIfOthersWrite(folder);
            AtomicFile.folder(folder);
            folder = folder.toRealPath();
            FileChannel lock = lock(folder);
            return lock == null ? null : new AgentHome(folder, lock);
        } catch (IOException e) {
            throw new SessionException(
                    E_FAIL,
                    "the agent's home " + folder + " cannot be used: " + e,
                    "give a folder this user may write to");
        }
    }

    /** What others could write until now is not made safe by closing it: an application of theirs may lie in it. */
    private static void refuseIfOthersWrite(Path folder) throws IOException {
        if (!Files.isDirectory(folder)
                || !folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return;
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(folder);
        if (permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new SessionException(
                    E_FAIL,
                    "others can write the agent's home %s (%s)"
                            .formatted(folder, PosixFilePermissions.toString(permissions)),
                    "give another home, or look through it and run: chmod 700 " + folder);
        }
    }

    private static @Nullable FileChannel lock(Path folder) throws IOException {
        Path file = folder.resolve(LOCK);
        // fcntl(2): closing any descriptor of a file gives up the process's locks on it. So a second agent in this
        // process
        // must not get as far as opening it.
        if (!HELD.add(folder)) {
            return null;
        }
        FileChannel channel = null;
        try {
            Set<OpenOption> options =
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            channel = FileChannel.open(file, options, AtomicFile.forUserAlone("rw-------"));
            // Far behind the text, which others may read.
            if (channel.tryLock(1L << 30, 1, false) == null) {
                HELD.remove(folder);
                channel.close();
                return null;
            }
            String pid = ProcessHandle.current().pid() + "\n";
            channel.truncate(0).write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
            return channel;
        } catch (IOException | RuntimeException e) {
            HELD.remove(folder);
            if (channel != null) {
                channel.close();
            }
            throw e;
        }
    }

    /** The lock is what counts; the process id in the file is for people. */
    private static SessionException taken(Path folder) {
        String pid = "";
        try {
            pid = Files.readString(folder.resolve(LOCK)).strip();
        } catch (IOException e) {
            log.debug("Who has {}", folder, e);
        }
        return new SessionException(
                E_FAIL,
                "another agent" + (pid.matches("\\d{1,19}") ? " (process " + pid + ")" : "") + " runs with the home "
                        + folder,
                "use that one, stop it, or give another home");
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    /**
     * Where to serve the local API. Where the home's own path is too long for a socket, a private folder with a short one
     * is made, and {@code agent.sock} in the home leads there.
     */
    Path socket() throws IOException {
        Path usual = folder.resolve(SOCKET);
        if (Files.isSymbolicLink(usual)) {
            forget(usual);
        }
        if (fits(usual)) {
            return usual;
        }
        Path made = Files.createTempDirectory(shortBase(), "beckon", AtomicFile.forUserAlone("rwx------"));
        shortFolder = made;
        Path socket = made.resolve(SOCKET);
        Files.createSymbolicLink(usual, socket);
        return socket;
    }

    /** See {@link Agent#socketOf}. */
    static Path socketOf(Path home) {
        Path usual = home.toAbsolutePath().normalize().resolve(SOCKET);
        try {
            return Files.isSymbolicLink(usual) ? Files.readSymbolicLink(usual) : usual;
        } catch (IOException e) {
            return usual;
        }
    }

    /** Gives up what {@link #socket} made. */
    void leaveSocket() throws IOException {
        if (shortFolder != null) {
            shortFolder = null;
            forget(folder.resolve(SOCKET));
        }
    }

    /** Where what has been is kept of one account: made, and closed to others. */
    Path history(String user) throws IOException {
        AtomicFile.folder(folder.resolve("history"));
        return AtomicFile.folder(folder.resolve("history").resolve(FileName.of(user)));
    }

    @Override
    public void close() {
        try {
            leaveSocket();
            // The file stays: deleting it would let two agents lock two files of the same name.
            lock.close();
            HELD.remove(folder);
        } catch (IOException e) {
            log.debug("Leaving the home", e);
        }
    }

    /** Removes the link and the folder it leads to, of this agent or of one that died. */
    private static void forget(Path link) throws IOException {
        Path socket = Files.readSymbolicLink(link);
        Files.delete(link);
        Path made = socket.getParent();
        if (made != null && made.getFileName().toString().startsWith("beckon") && socket.endsWith(SOCKET)) {
            try {
                Files.deleteIfExists(socket);
                Files.deleteIfExists(made.resolve(SOCKET + ".lock"));
                Files.deleteIfExists(made);
            } catch (IOException e) {
                log.debug("Removing {}", made, e);
            }
        }
    }

    /** XDG Base Directory Specification 0.8: the runtime folder is the user's alone and ends with the log-in. */
    private static Path shortBase() {
        String runtime = System.getenv("XDG_RUNTIME_DIR");
        if (runtime != null && !runtime.isEmpty()) {
            Path folder = Path.of(runtime);
            if (folder.isAbsolute()
                    && Files.isWritable(folder)
                    && fits(folder.resolve("beckon01234567890123456789/" + SOCKET))) {
                return folder;
            }
        }
        return Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
    }

    private static boolean fits(Path socket) {
        return socket.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_SOCKET_BYTES;
    }
}
