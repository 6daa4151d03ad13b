package dev.beckon.cli;

import static dev.beckon.cli.Run.beckon;
import static dev.beckon.cli.Run.beckonReading;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PasswordTest {
    @TempDir
    Path folder;

    @Test
    void itIsTheFirstLineAndNothingAfterItIsRead() throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream("pässwört\nrest".getBytes(StandardCharsets.UTF_8));
        assertThat(new String(PasswordOptions.firstLine(in, "x"))).isEqualTo("pässwört");
        assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("rest");
    }

    @Test
    void theLineMayEndAsOnWindowsOrNotAtAll() throws IOException {
        assertThat(new String(first("secret\r\n"))).isEqualTo("secret");
        assertThat(new String(first("secret"))).isEqualTo("secret");
        assertThat(new String(first(" with spaces "))).isEqualTo(" with spaces ");
    }

    @Test
    void whatIsNoPasswordIsRefused() {
        assertThatThrownBy(() -> first("")).isInstanceOf(Failure.class);
        assertThatThrownBy(() -> first("\nsecret")).isInstanceOf(Failure.class);
        assertThatThrownBy(() -> first("x".repeat(1025))).hasMessageContaining("1024");
        assertThatThrownBy(() -> PasswordOptions.firstLine(new ByteArrayInputStream(new byte[] {(byte) 0xC3}), "x"))
                .hasMessageContaining("UTF-8");
    }

    @Test
    void aFileThatOthersCanReadIsWarnedOf() throws IOException {
        Path file = folder.resolve("password");
        Files.writeString(file, "correct horse\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        Run open = add("alice", file);
        assertThat(open.exit()).isZero();
        assertThat(open.err()).contains("others can read", "chmod 600");

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Run closed = add("bob", file);
        assertThat(closed.exit()).isZero();
        assertThat(closed.err()).isEmpty();
        assertThat(closed.out()).doesNotContain("horse");
    }

    @Test
    void aMissingFileIsNamed() {
        Run run = add("alice", folder.resolve("nowhere"));
        assertThat(run.exit()).isEqualTo(Exit.PASSWORD.number());
        assertThat(run.err()).contains("nowhere");
    }

    @Test
    void onlyOneSourceMayBeNamed() {
        Run run = beckon("user", "add", "a", "--home", folder.toString(), "--password-stdin", "--password-file", "x");
        assertThat(run.exit()).isEqualTo(2);
    }

    @Test
    void withoutATerminalOneIsToldHowElse() {
        if (System.console() == null) {
            Run run = beckon("user", "add", "alice", "--home", folder.toString());
            assertThat(run.exit()).isEqualTo(Exit.PASSWORD.number());
            assertThat(run.err()).contains("--password-stdin", "--password-file");
        }
    }

    @Test
    void itIsReadFromStandardInput() {
        Run run = beckonReading(
                "correct horse\n",
                "user",
                "add",
                "alice",
                "--home",
                folder.resolve("svc").toString(),
                "--password-stdin");
        assertThat(run.exit()).isZero();
        assertThat(run.out()).isEqualTo("Added alice\n");
    }

    private Run add(String name, Path file) {
        return beckon(
                "user", "add", name, "--home", folder.resolve("svc").toString(), "--password-file", file.toString());
    }

    private static char[] first(String text) throws IOException {
        return PasswordOptions.firstLine(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), "x");
    }
}
