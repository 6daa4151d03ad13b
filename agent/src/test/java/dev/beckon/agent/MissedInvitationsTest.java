package dev.beckon.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.MissedInvitation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MissedInvitationsTest {
    @TempDir
    Path temp;

    @Test
    void whatWasMissedIsThereAfterARestart() throws IOException {
        List<MissedInvitation> missed = List.of(missed(2), missed(1));
        try (MissedInvitations kept = open()) {
            assertThat(kept.earlier()).isEmpty();
            kept.keep(() -> missed);
        }
        try (MissedInvitations kept = open()) {
            assertThat(kept.earlier()).isEqualTo(missed);
        }
    }

    @Test
    void aBurstIsOneWriteOfTheLatest() throws IOException {
        List<MissedInvitation> missed =
                IntStream.range(0, 300).mapToObj(this::missed).toList();
        try (MissedInvitations kept = open()) {
            for (int i = 0; i < 1000; i++) {
                kept.keep(() -> missed);
            }
        }
        try (MissedInvitations kept = open()) {
            assertThat(kept.earlier()).isEqualTo(missed.subList(0, 100));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{\"missed\":[{\"session\":\"{CA3CF894-53",
                "{\"missed\":5}",
                "{\"missed\":[5]}",
                "{\"missed\":[{}]}",
                "missed = ${HOME}",
                "\u0000\u0000\u0000"
            })
    void aTornFileIsNoReasonNotToStart(String text) throws IOException {
        Files.createDirectories(file().getParent());
        Files.writeString(file(), text);
        try (MissedInvitations kept = open()) {
            assertThat(kept.earlier()).isEmpty();
            kept.keep(() -> List.of(missed(1)));
        }
        try (MissedInvitations kept = open()) {
            assertThat(kept.earlier()).containsExactly(missed(1));
        }
    }

    private MissedInvitation missed(int i) {
        return new MissedInvitation(
                "{CA3CF894-5325-482F-A412-%012X}".formatted(i),
                "bob@b.example",
                "{5D1B8A52-9D6C-4E5B-8F0A-0B0C7F1D2E3F}",
                "White\"board\" 📋",
                "https://example.org/whiteboard",
                Instant.parse("2026-11-20T12:00:00.123456Z").plusSeconds(i),
                "it was answered too late");
    }

    private Path file() {
        return temp.resolve("state/missed.json");
    }

    private MissedInvitations open() throws IOException {
        return MissedInvitations.open(file());
    }
}
