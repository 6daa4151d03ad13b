package dev.beckon.local;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import dev.beckon.ResultCode;
import dev.beckon.SessionException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The socket of an agent in the file system: in a folder of this user's alone, held by one agent at a time.
 *
 * <p>Nobody else can reach the socket at any moment, whatever the umask: its folder is closed before it is made.
 */
final class SocketFile implements AutoCloseable {
    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final int BACKLOG = 128;

    private final Path path;
    private final FileChannel lock;
    private final ServerSocketChannel channel;
    private final @Nullable Object key;

    private SocketFile(Path path, FileChannel lock, ServerSocketChannel channel, @Nullable Object key) {
        this.path = path;
        this.lock = lock;
        this.channel = channel;
        this.key = key;
    }

    ServerSocketChannel channel() {
        return channel;
    }

    /**
     * Makes the socket and listens on it.
     *
     * @throws SessionException E_FAIL
     */
    static SocketFile open(Path socket) {
        Path path = socket.toAbsolutePath().normalize();
        Path folder = path.getParent();
        if (folder == null || path.getFileName() == null) {
            throw failure("the socket " + path + " has no folder", "give the path of a file");
        }
        boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        try {
            if (Files.notExists(folder, NOFOLLOW_LINKS)) {
                Files.createDirectories(folder, posix ? mode(FOLDER) : new FileAttribute<?>[0]);
            }
            secure(folder, posix);
            FileChannel lock = lock(path, posix);
            try {
                return listen(path, lock, posix);
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (FileAlreadyExistsException e) {
            throw failure(e.getFile() + " is not a folder", "move it away, or set BECKON_HOME to another folder");
        } catch (IOException e) {
            // A socket's path has a limit of the system's, about 100 bytes, which it reports in no better way.
            throw failure(
                    "the socket " + path + " could not be made (" + e.getMessage() + ")",
                    "check that its folder can be written, and that its path is shorter than 100 bytes");
        }
    }

    private static FileAttribute<?>[] mode(Set<PosixFilePermission> permissions) {
        return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)};
    }

    private static void secure(Path folder, boolean posix) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(folder, BasicFileAttributes.class, NOFOLLOW_LINKS);
        if (attributes.isSymbolicLink() || !attributes.isDirectory()) {
            throw failure(
                    "the socket's folder " + folder + " is " + (attributes.isSymbolicLink() ? "a link" : "no folder"),
                    "set BECKON_HOME to a folder of your own");
        }
        UserPrincipal me = Owner.me();
        UserPrincipal owner = Files.getOwner(folder, NOFOLLOW_LINKS);
        if (!owner.equals(me)) {
            throw failure(
                    "the socket's folder %s belongs to %s, not to %s".formatted(folder, owner.getName(), me.getName()),
                    "set BECKON_HOME to a folder of your own");
        }
        if (!posix) {
            return;
        }
        Set<PosixFilePermission> permissions = Files.readAttributes(folder, PosixFileAttributes.class, NOFOLLOW_LINKS)
                .permissions();
        // What others could write until now is not made safe by closing it: something may lie in it.
        if (permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw failure(
                    "others can write the socket's folder " + folder + " (" + PosixFilePermissions.toString(permissions)
                            + ")",
                    "set BECKON_HOME to a folder of your own, or run: chmod 700 " + folder);
        }
        if (!permissions.equals(FOLDER)) {
            Files.setPosixFilePermissions(folder, FOLDER);
        }
    }

    /** Held as long as the agent lives, by the system: of two agents that start at once, one gets it. */
    private static FileChannel lock(Path path, boolean posix) throws IOException {
        Path file = path.resolveSibling(path.getFileName() + ".lock");
        FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                posix ? mode(FILE) : new FileAttribute<?>[0]);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // Another agent in this very process.
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw running(path);
    }

    private static SocketFile listen(Path path, FileChannel lock, boolean posix) throws IOException {
        removeStale(path);
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.bind(UnixDomainSocketAddress.of(path), BACKLOG);
            if (posix) {
                Files.setPosixFilePermissions(path, FILE);
            }
            return new SocketFile(path, lock, channel, key(path));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static void removeStale(Path path) throws IOException {
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(path, BasicFileAttributes.class, NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return;
        }
        if (!attributes.isOther()) {
            throw failure(path + " is there and is no socket", "move it away, or set BECKON_HOME to another folder");
        }
        // The lock says that no agent holds it; whatever else answers there is left alone all the same.
        try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            throw running(path);
        } catch (IOException nobody) {
            Files.delete(path);
        }
    }

    private static SessionException running(Path path) {
        return failure(
                "another agent of this user listens at " + path,
                "use that one, stop it, or set BECKON_HOME to another folder");
    }

    private static SessionException failure(String problem, String remedy) {
        return new SessionException(ResultCode.E_FAIL, problem, remedy);
    }

    private static @Nullable Object key(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, NOFOLLOW_LINKS)
                .fileKey();
    }

    /** Stops listening and removes the socket, unless somebody has put another in its place. */
    @Override
    public void close() throws IOException {
        try (lock;
                channel) {
            Object now = key(path);
            if (now == null || now.equals(key)) {
                Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException e) {
            // Somebody removed it already.
        }
    }
}
