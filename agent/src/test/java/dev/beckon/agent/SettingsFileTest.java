package dev.beckon.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.beckon.agent.files.BadFileException;
import dev.beckon.agent.files.ConfigFile;
import dev.beckon.agent.files.FileProblem;
import dev.beckon.session.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsFileTest {
    private static final String GUID = "{5D1B8A52-9D6C-4E5B-8F0A-0B0C7F1D2E3F}";
    private static final String BOB = "bob@b.example";

    @TempDir
    Path temp;

    private Path file;
    private Instant now = Instant.parse("2026-11-20T12:00:00Z");

    @BeforeEach
    void name() {
        file = temp.resolve("agent.conf");
    }

    @Test
    void theFileWrittenAtFirstChangesNothing() throws Exception {
        SettingsFile first = SettingsFile.open(file, () -> now);
        assertThat(first.settings()).isEqualTo(settings(""));
        assertThat(first.settings().engine()).isEqualTo(Settings.DEFAULT);
        assertThat(file).content().contains("# ring = contacts");
    }

    /** So that the comments never promise anything else than what holds. */
    @Test
    void everyPresetTheFileShowsIsTheOneThatHolds() throws Exception {
        String shown = SettingsFile.preset().replaceAll("(?m)^( *)# ([a-z-]+ = )", "$1$2");
        assertThat(shown).contains("\n  step = 30 s").doesNotContain("# step =");
        assertThat(settings(shown)).isEqualTo(settings(""));
        assertThat(settings(shown.replaceAll("(?m)^( *)# (\"\\{)", "$1$2")).unasked())
                .hasSize(1);
    }

    @Test
    void byDefaultContactsMayRingAndNobodyIsAcceptedUnasked() throws Exception {
        UserPolicy policy = policy("");
        assertThat(policy.mayRing(BOB, true, GUID)).isTrue();
        assertThat(policy.mayRing(BOB, false, GUID)).isFalse();
        assertThat(policy.acceptUnasked(BOB, true, GUID)).isFalse();
        assertThat(policy.plainHttp()).isFalse();
    }

    @Test
    void everyoneContactsOrAListMayRing() throws Exception {
        assertThat(policy("invitations.ring = everyone").mayRing("x@y.example", false, GUID))
                .isTrue();
        assertThat(policy("invitations.ring = []").mayRing(BOB, true, GUID)).isFalse();
        UserPolicy bob = policy("invitations { ring = [\"Bob@B.Example\"] }");
        assertThat(bob.mayRing(BOB, false, GUID)).isTrue();
        assertThat(bob.mayRing("carol@c.example", true, GUID)).isFalse();
        UserPolicy both = policy("invitations { ring = [\"contacts\", \"" + BOB + "\"] }");
        assertThat(both.mayRing(BOB, false, GUID)).isTrue();
        assertThat(both.mayRing("carol@c.example", true, GUID)).isTrue();
        assertThat(both.mayRing("mallory@m.example", false, GUID)).isFalse();
    }

    @Test
    void onlyNamedContactsAreAcceptedUnaskedAndOnlyForThatApplication() throws Exception {
        UserPolicy policy = policy("invitations.accept-unasked { \"" + GUID + "\" = [\"" + BOB + "\"] }");
        assertThat(policy.acceptUnasked(BOB, true, GUID)).isTrue();
        assertThat(policy.acceptUnasked(BOB, false, GUID)).isFalse();
        assertThat(policy.acceptUnasked("carol@c.example", true, GUID)).isFalse();
        assertThat(policy.acceptUnasked(BOB, true, GUID.replace('5', 'A'))).isFalse();
    }

    @Test
    void timesAndBoundsReachTheEngine() throws Exception {
        Settings engine = settings("""
                        times { invitation = 5 seconds, step = 1 minute, attach = 59 s, ping = 1h }
                        bounds { open-per-person = 20 }
                        """).engine();
        assertThat(engine.invitationLife()).isEqualTo(Duration.ofSeconds(5));
        assertThat(engine.step()).isEqualTo(Duration.ofMinutes(1));
        assertThat(engine.attach()).isEqualTo(Duration.ofSeconds(59));
        assertThat(engine.ping()).isEqualTo(Duration.ofHours(1));
        assertThat(engine.openPerPerson()).isEqualTo(20);
        assertThat(engine.installLife()).isEqualTo(Settings.DEFAULT.installLife());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "invitation = 5                              | invitation                  | invitations, download",
                "times.invitation = 5                        | times.invitation has no unit| invitation = 120 s",
                "times.step = 2 fortnights                   | times.step is no time       | step = 30 s",
                "times.step = -1 s                           | times.step is out of range  | from 1 s to 3600 s",
                "times.attach = 30 s                         | attach (30 s) must be less  | change one",
                "times.step = 10 s                           | times.step leaves no time   | change one",
                "times = 5                                   | times is no section         | times { … }",
                "bounds.open-per-person = 0                  | bounds.open-per-person is 0 | from 1 to 1000",
                "bounds.open-per-person = many               | is no whole number          | from 1 to 1000",
                "invitations.ring = nobody                   | invitations.ring            | name@domain",
                "invitations.ring = [contacts, 5]            | no text                     | ring = [",
                "invitations.ring = [everyone, \"a@b\"]      | no address                  | name@domain",
                "invitations.plain-http = maybe              | neither true nor false      | true or",
                "invitations.accept-unasked.x = [\"a@b\"]    | accept-unasked.x is no GUID | double quotes",
                "invitations.accept-unasked = []             | is no section               | { … }",
                "download.open = { a = b }                   | download.open is no list    | open = [",
                "lock.authorities = [\"a@b\"]                | no domain                   | lock.example.org",
                "lock.authorities = ${HOME}                  | substitutes                 | value itself",
                "include \"x\"                               | includes                    | leave it out",
            })
    void aMistakeIsNamedWithLineKeyAndRemedy(String line, String what, String remedy) {
        FileProblem problem = catchThrowableOfType(BadFileException.class, () -> settings("# comment\n\n" + line))
                .problem();
        assertThat(problem.what()).contains(what);
        assertThat(problem.remedy()).contains(remedy);
        assertThat(problem.line()).isEqualTo(3);
        assertThat(problem.toString()).contains(file + ", line 3: ");
    }

    @Test
    void anAgentDoesNotStartWithABadFile() throws IOException {
        Files.writeString(file, "times.step = soon");
        assertThatThrownBy(() -> SettingsFile.open(file, () -> now)).isInstanceOf(BadFileException.class);
        assertThat(file).content().isEqualTo("times.step = soon");
    }

    @Test
    void aChangeCountsAtTheNextUse() throws Exception {
        write("");
        SettingsFile opened = SettingsFile.open(file, () -> now);
        UserPolicy policy = new UserPolicy(opened);
        assertThat(policy.mayRing(BOB, false, GUID)).isFalse();

        now = now.plusSeconds(10);
        write("invitations.ring = everyone");
        assertThat(policy.mayRing(BOB, false, GUID)).isTrue();

        // The same length, within the same tick of the clock of a coarse file system.
        write("invitations.ring = contacts");
        assertThat(policy.mayRing(BOB, false, GUID)).isFalse();
    }

    @Test
    void whileTheFileIsBadOrGoneWhatStoodInItHolds() throws Exception {
        write("invitations.ring = []");
        SettingsFile opened = SettingsFile.open(file, () -> now);
        assertThat(opened.problem()).isNull();

        now = now.plusSeconds(10);
        write("invitations.ring = ");
        assertThat(opened.settings()).isEqualTo(settings("invitations.ring = []"));
        assertThat(Objects.requireNonNull(opened.problem()).line()).isPositive();

        Files.delete(file);
        assertThat(opened.settings()).isEqualTo(settings("invitations.ring = []"));
        assertThat(Objects.requireNonNull(opened.problem()).what()).contains("cannot be read");

        now = now.plusSeconds(10);
        write("invitations.ring = everyone");
        assertThat(opened.settings().everyone()).isTrue();
        assertThat(opened.problem()).isNull();
    }

    @Test
    void aFileStillBeingWrittenIsNotTakenYet() throws Exception {
        write("invitations.ring = []");
        SettingsFile opened = SettingsFile.open(file, () -> now);
        now = now.plusSeconds(10);
        Files.writeString(file, "");
        Files.setLastModifiedTime(file, FileTime.from(now));
        assertThat(opened.settings().contacts()).isFalse();
        now = now.plusSeconds(1);
        assertThat(opened.settings().contacts()).isTrue();
    }

    /** As if written a second before now. */
    private void write(String text) throws IOException {
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, FileTime.from(now.minusSeconds(1)));
    }

    private UserPolicy policy(String text) throws Exception {
        write(text);
        return new UserPolicy(SettingsFile.open(file, () -> now));
    }

    private UserSettings settings(String text) throws BadFileException {
        return UserSettings.of(ConfigFile.parse(file, text));
    }
}
