package dev.beckon.agent.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.Application;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApplicationFolderTest {
    private static final String GUID = "{5D1B8A52-9D6C-4E5B-8F0A-0B0C7F1D2E3F}";
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

    @TempDir
    Path temp;

    private ApplicationFolder folder;
    private Path file;

    @BeforeEach
    void open() {
        folder = new ApplicationFolder(temp, () -> NOW);
        file = ApplicationFile.of(temp, GUID);
    }

    @Test
    void aFileStillBeingWrittenIsTakenOnceItHasComeToRest() throws IOException {
        assertThat(folder.look()).isTrue();
        write("path = \"/bin/half", 0);
        assertThat(folder.look()).isFalse();
        assertThat(folder.applications()).isEmpty();
        assertThat(folder.problems()).isEmpty();

        write("path = \"/bin/whole\"", ApplicationFolder.SETTLE.toMillis());
        assertThat(folder.look()).isTrue();
        assertThat(folder.applications()).extracting(Application::path).containsExactly("/bin/whole");
    }

    @Test
    void whatWasKnownStandsWhileAFileIsBeingWritten() throws IOException {
        write("path = \"/bin/old\"", 5000);
        folder.look();
        write("", 10);
        assertThat(folder.look()).isFalse();
        assertThat(folder.applications()).extracting(Application::path).containsExactly("/bin/old");
    }

    @Test
    void aStampFromTheFutureDoesNotHoldAFileBack() throws IOException {
        folder.look();
        write("path = \"/bin/x\"", -3_600_000);
        assertThat(folder.look()).isTrue();
        assertThat(folder.applications()).hasSize(1);
    }

    @Test
    void whatLiesThereAtTheStartIsTakenAtOnce() throws IOException {
        write("path = \"/bin/x\"", 0);
        folder.look();
        assertThat(folder.applications()).hasSize(1);
    }

    @Test
    void aFlockOfFilesIsBounded() throws IOException {
        for (int i = 0; i < 1010; i++) {
            Files.writeString(
                    ApplicationFile.of(temp, "{%08X-0000-0000-0000-000000000000}".formatted(i)), "path = \"/bin/x\"");
        }
        folder.look();
        assertThat(folder.applications()).hasSize(1000);
        assertThat(folder.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.what()).contains("1000"));
    }

    private void write(String text, long ageMillis) throws IOException {
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, FileTime.from(NOW.minusMillis(ageMillis)));
    }
}
