package dev.beckon.local;

import static dev.beckon.local.EveryMemberTest.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.Messenger;
import dev.beckon.ResultCode;
import dev.beckon.SessionException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Where the socket lies, who may reach it, and which agent holds it. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class SocketFileTest {
    @TempDir
    Path temp;

    private static LocalEndpoint open(Path socket) {
        return LocalEndpoint.open(socket, FakeMessenger::new);
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void folderAndSocketAreThisUsersAlone() throws Exception {
        Path socket = temp.resolve("a/b/agent.sock");
        try (LocalEndpoint endpoint = open(socket)) {
            assertThat(mode(socket.getParent())).isEqualTo("rwx------");
            assertThat(mode(socket)).isEqualTo("rw-------");
            assertThat(mode(socket.resolveSibling("agent.sock.lock"))).isEqualTo("rw-------");
            assertThat(endpoint).isNotNull();
        }
        assertThat(socket).doesNotExist();
    }

    @Test
    void aFolderOthersCouldReadIsClosedToThem() throws Exception {
        Path folder = Files.createDirectory(temp.resolve("open"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (LocalEndpoint endpoint = open(folder.resolve("s"))) {
            assertThat(mode(folder)).isEqualTo("rwx------");
            assertThat(endpoint).isNotNull();
        }
    }

    @Test
    void aFolderOthersCouldWriteIsRefused() throws Exception {
        Path folder = Files.createDirectory(temp.resolve("open"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwx---"));
        SessionException e = failure(() -> open(folder.resolve("s")));
        assertThat(e.code()).isEqualTo(ResultCode.E_FAIL);
        assertThat(e.problem()).contains("others can write").contains("rwxrwx---");
        assertThat(mode(folder)).as("and left as it was").isEqualTo("rwxrwx---");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aFolderBehindALinkIsRefused() throws Exception {
        Path real = Files.createDirectory(temp.resolve("real"));
        Path link = Files.createSymbolicLink(temp.resolve("link"), real);
        assertThat(failure(() -> open(link.resolve("s"))).problem()).endsWith("is a link");
        assertThat(real).isEmptyDirectory();
    }

    @Test
    void whatIsNoFolderIsRefused() throws Exception {
        Path file = Files.createFile(temp.resolve("file"));
        assertThat(failure(() -> open(file.resolve("s"))).problem()).contains("no folder");
        assertThat(failure(() -> open(file.resolve("deeper/s"))).code()).isEqualTo(ResultCode.E_FAIL);
    }

    @Test
    void aFileInTheSocketsPlaceIsLeftAlone() throws Exception {
        Path folder = Files.createDirectory(temp.resolve("home"));
        Path file = Files.writeString(folder.resolve("agent.sock"), "precious");
        assertThat(failure(() -> open(file)).problem()).endsWith("is there and is no socket");
        assertThat(file).hasContent("precious");
        Path link = Files.createSymbolicLink(folder.resolve("link.sock"), file);
        assertThat(failure(() -> open(link)).problem()).endsWith("is there and is no socket");
    }

    @Test
    void aLockThatIsALinkIsRefused() throws Exception {
        Path folder = Files.createDirectory(temp.resolve("home"));
        Path target = temp.resolve("target");
        Files.createSymbolicLink(folder.resolve("agent.sock.lock"), target);
        assertThat(failure(() -> open(folder.resolve("agent.sock"))).code()).isEqualTo(ResultCode.E_FAIL);
        assertThat(target).doesNotExist();
    }

    @Test
    void theSocketOfADeadAgentIsReplaced() throws Exception {
        Path socket = Files.createDirectory(temp.resolve("home")).resolve("agent.sock");
        // A closed channel leaves its file behind, as a killed agent does.
        ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        dead.bind(UnixDomainSocketAddress.of(socket));
        dead.close();
        assertThat(socket).exists();
        try (LocalEndpoint endpoint = open(socket);
                Messenger messenger = Beckon.connect(socket)) {
            assertThat(messenger.self().isSelf()).isTrue();
            assertThat(endpoint).isNotNull();
        }
    }

    @Test
    void aLivingAgentIsNotReplaced() throws Exception {
        Path socket = temp.resolve("home/agent.sock");
        try (LocalEndpoint first = open(socket);
                Messenger messenger = Beckon.connect(socket)) {
            SessionException e = failure(() -> open(socket));
            assertThat(e.problem()).isEqualTo("another agent of this user listens at " + socket);
            assertThat(messenger.self().isSelf()).isTrue();
            assertThat(first).isNotNull();
        }
        open(socket).close();
    }

    @Test
    void whateverElseAnswersThereIsNotReplaced() throws Exception {
        Path socket = Files.createDirectory(temp.resolve("home")).resolve("agent.sock");
        try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            other.bind(UnixDomainSocketAddress.of(socket));
            assertThat(failure(() -> open(socket)).problem()).startsWith("another agent");
            assertThat(socket).exists();
        }
    }

    @Test
    void ofAgentsThatStartAtOnceOneListens() throws Exception {
        Path socket = temp.resolve("home/agent.sock");
        int agents = 4;
        CyclicBarrier together = new CyclicBarrier(agents);
        ExecutorService threads = Executors.newFixedThreadPool(agents);
        try {
            Callable<LocalEndpoint> start = () -> {
                together.await();
                try {
                    return open(socket);
                } catch (SessionException e) {
                    assertThat(e.problem()).startsWith("another agent");
                    return null;
                }
            };
            int listening = 0;
            for (Future<LocalEndpoint> one : threads.invokeAll(
                    IntStream.range(0, agents).mapToObj(i -> start).toList())) {
                try (LocalEndpoint endpoint = one.get()) {
                    listening += endpoint == null ? 0 : 1;
                }
            }
            assertThat(listening).isEqualTo(1);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aPathTooLongForASocketIsRefused() {
        SessionException e = failure(() -> open(temp.resolve("x".repeat(120)).resolve("agent.sock")));
        assertThat(e.code()).isEqualTo(ResultCode.E_FAIL);
        assertThat(e.remedy()).contains("shorter than 100 bytes");
    }

    @Test
    void whereNobodyListensTheApplicationIsTold() throws Exception {
        Path socket = temp.resolve("agent.sock");
        SessionException missing = failure(() -> Beckon.connect(socket));
        assertThat(missing.code()).isEqualTo(ResultCode.E_FAIL);
        assertThat(missing.problem()).isEqualTo("no agent is running for this user (nobody listens at " + socket + ")");
        assertThat(missing.remedy()).isEqualTo("start it with: beckon agent");
        ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        dead.bind(UnixDomainSocketAddress.of(socket));
        dead.close();
        assertThat(failure(() -> Beckon.connect(socket)).problem()).isEqualTo(missing.problem());
        assertThat(failure(() -> Beckon.connect(Files.createFile(temp.resolve("file"))))
                        .code())
                .isEqualTo(ResultCode.E_FAIL);
    }

    @Test
    void theEnvironmentSaysWhereTheAgentListens() {
        assertThat(Beckon.socket(Map.of("BECKON_SOCKET", "/s", "BECKON_HOME", "/h"), "Linux", "/home/a"))
                .isEqualTo(Path.of("/s"));
        assertThat(Beckon.socket(Map.of("BECKON_HOME", "/h", "XDG_CONFIG_HOME", "/x"), "Linux", "/home/a"))
                .isEqualTo(Path.of("/h/agent.sock"));
        assertThat(Beckon.socket(Map.of("XDG_CONFIG_HOME", "/x"), "Linux", "/home/a"))
                .isEqualTo(Path.of("/x/beckon/agent.sock"));
        assertThat(Beckon.socket(Map.of("XDG_CONFIG_HOME", "relative", "BECKON_HOME", ""), "Linux", "/home/a"))
                .isEqualTo(Path.of("/home/a/.config/beckon/agent.sock"));
        assertThat(Beckon.socket(Map.of(), "Mac OS X", "/Users/a"))
                .isEqualTo(Path.of("/Users/a/Library/Application Support/beckon/agent.sock"));
        assertThat(Beckon.socket(Map.of("APPDATA", "/appdata"), "Windows 11", "/a"))
                .isEqualTo(Path.of("/appdata/beckon/agent.sock"));
    }
}
