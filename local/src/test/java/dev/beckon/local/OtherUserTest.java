package dev.beckon.local;

import static dev.beckon.local.EveryMemberTest.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.beckon.Messenger;
import dev.beckon.SessionException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Another user of the same computer. Only root can play two users, so only root runs these. */
class OtherUserTest {
    private Agent agent;

    @BeforeEach
    void open() throws Exception {
        assumeTrue(Owner.me().getName().equals("root"), "root runs the tests");
        agent = new Agent();
    }

    @AfterEach
    void close() throws Exception {
        if (agent != null) {
            agent.close();
        }
    }

    private String asNobody(Path socket) throws Exception {
        // It becomes another user by itself, so it matters not whether that user could have started it.
        String program = "import os,socket,sys\n"
                + "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
                + "s=socket.socket(socket.AF_UNIX)\n"
                + "s.settimeout(20)\n"
                + "try:\n"
                + "  s.connect(sys.argv[1])\n"
                + "  print('read', s.recv(100))\n"
                + "except OSError as e:\n"
                + "  print(type(e).__name__)\n";
        Process process = new ProcessBuilder("python3", "-c", program, socket.toString())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new String(process.getInputStream().readAllBytes()).strip();
    }

    @Test
    void theFolderKeepsAnotherUserOut() throws Exception {
        assertThat(asNobody(agent.socket)).isEqualTo("PermissionError");
    }

    @Test
    void whereTheFolderWasOpenedAnotherUserIsStillTurnedAway() throws Exception {
        Files.setPosixFilePermissions(agent.folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(agent.socket, PosixFilePermissions.fromString("rw-rw-rw-"));
        Logger logger = (Logger) LoggerFactory.getLogger(LocalEndpoint.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        logger.setLevel(Level.WARN);
        try {
            assertThat(asNobody(agent.socket)).isIn("read b''", "ConnectionResetError");
            assertThat(List.copyOf(log.list))
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .contains("Closed a connection of user nobody: only root may use this agent");
        } finally {
            logger.detachAppender(log);
            logger.setLevel(null);
        }
        try (Messenger messenger = agent.connect()) {
            assertThat(messenger.self().isSelf()).isTrue();
        }
    }

    @Test
    void anApplicationDoesNotTalkToAnotherUsersAgent() throws Exception {
        UserPrincipal nobody =
                agent.folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
        Path socket = agent.folder.resolve("theirs.sock");
        try (ServerSocketChannel theirs = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            theirs.bind(UnixDomainSocketAddress.of(socket));
            Files.setOwner(socket, nobody);
            SessionException e = failure(() -> Beckon.connect(socket));
            assertThat(e.problem()).endsWith("belongs to user nobody, not to root");
        } finally {
            Files.delete(socket);
        }
    }

    @Test
    void aFolderOfAnotherUserIsRefused() throws Exception {
        UserPrincipal nobody =
                agent.folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
        Path folder = Files.createDirectory(agent.folder.resolve("theirs"));
        try {
            Files.setOwner(folder, nobody);
            SessionException e = failure(() -> LocalEndpoint.open(folder.resolve("agent.sock"), FakeMessenger::new));
            assertThat(e.problem()).endsWith("belongs to nobody, not to root");
        } finally {
            Files.delete(folder);
        }
    }
}
