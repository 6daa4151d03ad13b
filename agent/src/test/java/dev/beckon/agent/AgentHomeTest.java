package dev.beckon.agent;

import static dev.beckon.ResultCode.E_FAIL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.beckon.SessionException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class AgentHomeTest {
    @TempDir
    Path temp;

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void theHomeIsTheUsersAloneEvenIfItWasNot() throws IOException {
        Path open = Files.createDirectory(temp.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (AgentHome made = AgentHome.open(temp.resolve("a/b"));
                AgentHome there = AgentHome.open(open)) {
            assertThat(mode(temp.resolve("a/b"))).isEqualTo("rwx------");
            assertThat(mode(open)).isEqualTo("rwx------");
            assertThat(mode(there.file("agent.lock"))).isEqualTo("rw-------");
            assertThat(made.file("x").getParent()).isEqualTo(temp.toRealPath().resolve("a/b"));
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aHomeOthersCouldWriteIsRefused() throws IOException {
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxrwx---"));
        assertThatThrownBy(() -> AgentHome.open(temp))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(E_FAIL))
                .hasMessageContaining("chmod 700");
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwx------"));
        AgentHome.open(temp).close();
    }

    @Test
    void aHomeHasOneAgentAtATime() {
        try (AgentHome home = AgentHome.open(temp)) {
            assertThat(home.file("agent.lock")).exists();
            taken(temp, ProcessHandle.current().pid());
            taken(
                    temp.resolve("../" + temp.getFileName()),
                    ProcessHandle.current().pid());
        }
        AgentHome.open(temp).close();
    }

    @Test
    void anAgentInAnotherProcessHoldsItsHomeUntilItEnds() throws Exception {
        Process holder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        temp.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out = holder.inputReader(StandardCharsets.UTF_8)) {
            assertThat(out.readLine()).isEqualTo("held");
            taken(temp, holder.pid());
            // Looking must not have taken it away from its holder.
            taken(temp, holder.pid());
        } finally {
            holder.destroyForcibly().waitFor();
        }
        AgentHome.open(temp).close();
    }

    @Test
    void aHomeThatCannotBeUsedIsSaidToBeSo() throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "");
        assertThatThrownBy(() -> AgentHome.open(file))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(E_FAIL))
                .hasMessageContaining(file.toString());
    }

    @Test
    void theSocketLiesInTheHome() throws IOException {
        Path home = Files.createTempDirectory(Path.of("/tmp"), "b");
        try (AgentHome opened = AgentHome.open(home)) {
            assertThat(opened.socket()).isEqualTo(home.toRealPath().resolve("agent.sock"));
            assertThat(Agent.socketOf(home)).isEqualTo(home.resolve("agent.sock"));
        } finally {
            Files.deleteIfExists(home.resolve("agent.lock"));
            Files.delete(home);
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void whereTheHomesPathIsTooLongTheSocketIsElsewhereAndTheHomeLeadsThere() throws IOException {
        Path home = temp.resolve("long".repeat(30));
        Path socket;
        try (AgentHome opened = AgentHome.open(home)) {
            socket = opened.socket();
            assertThat(socket.toString().getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(100);
            assertThat(mode(socket.getParent())).isEqualTo("rwx------");
            assertThat(Agent.socketOf(home)).isEqualTo(socket);
        }
        assertThat(socket.getParent()).doesNotExist();
        assertThat(Agent.socketOf(home)).isEqualTo(home.resolve("agent.sock"));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void whatAnAgentThatDiedLeftElsewhereIsRemoved() throws IOException {
        Path home = temp.resolve("long".repeat(30));
        Path left;
        try (AgentHome opened = AgentHome.open(home)) {
            left = opened.socket();
            Files.createFile(left);
            Path second = opened.socket();
            assertThat(left.getParent()).doesNotExist();
            assertThat(Agent.socketOf(home)).isEqualTo(second);
        }
    }

    private static void taken(Path home, long pid) {
        assertThatThrownBy(() -> AgentHome.open(home))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(E_FAIL))
                .hasMessageContaining("another agent (process " + pid + ")");
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    /** Holds a home until it is killed. */
    static final class Holder {
        public static void main(String[] args) throws IOException {
            AgentHome home = AgentHome.open(Path.of(args[0]));
            System.out.println("held");
            System.in.read();
            home.close();
        }
    }
}
