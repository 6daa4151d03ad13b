package dev.beckon.cli;

import static dev.beckon.cli.Run.beckon;
import static dev.beckon.cli.Run.beckonReading;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreCommandsTest {
    private static final String GUID = "{5D1B1C2E-7A0F-4C39-9B6E-2F4B8C0A71D3}";

    @TempDir
    Path folder;

    @Test
    void accountsAreAddedListedAndRemoved() {
        assertThat(user("add", "Alice", "--password-stdin").out()).isEqualTo("Added alice\n");
        assertThat(user("add", "bob", "--password-stdin", "--json")
                        .object()
                        .get("user")
                        .getAsString())
                .isEqualTo("bob");
        assertThat(user("list", "--json").objects())
                .extracting(object -> object.get("user").getAsString())
                .containsExactly("alice", "bob");
        assertThat(user("list").out()).contains("USER", "alice", "bob");
        assertThat(user("passwd", "alice", "--password-stdin").exit()).isZero();
        assertThat(user("remove", "alice").exit()).isZero();
        assertThat(user("list", "--json").objects()).hasSize(1);
    }

    @Test
    void whatCannotBeDoneHasACodeOfItsOwn() {
        user("add", "alice", "--password-stdin");
        assertThat(user("add", "alice", "--password-stdin").exit()).isEqualTo(Exit.EXISTS.number());
        assertThat(user("remove", "carol").exit()).isEqualTo(Exit.NOT_FOUND.number());
        assertThat(user("passwd", "carol", "--password-stdin").exit()).isEqualTo(Exit.NOT_FOUND.number());
        Run address = user("add", "alice@example.org", "--password-stdin", "--json");
        assertThat(address.exit()).isEqualTo(Exit.USAGE.number());
        assertThat(address.error().get("problem").getAsString()).contains("@");
    }

    @Test
    void usersAreImportedFromAFileOrFromStandardInput() throws Exception {
        Run file = imported("alice,with, comma\r\n\nbob,\u00e4\n", "--json");
        assertThat(file.exit()).isZero();
        assertThat(file.object().get("added").getAsInt()).isEqualTo(2);
        Run stdin = beckonReading(
                "carol,secret",
                "user",
                "import",
                "-",
                "--iterations",
                "4096",
                "--home",
                folder.resolve("svc").toString());
        assertThat(stdin.out()).startsWith("Added 1 users in ");
        assertThat(user("list", "--json").objects())
                .extracting(object -> object.get("user").getAsString())
                .containsExactly("alice", "bob", "carol");
    }

    @Test
    void anImportWithBadLinesNamesThemAndImportsNothing() throws Exception {
        user("add", "alice", "--password-stdin");
        String users = "bob,hunter2\nhunter2\nalice,hunter2\nbad name,hunter2\nbob,hunter2\n" + "x".repeat(9000) + "\n";
        Run run = imported(users);
        assertThat(run.exit()).isEqualTo(Exit.USAGE.number());
        assertThat(run.err())
                .contains("line 2:", "line 3:", "alice", "line 4:", "line 5:", "line 6:", "5 of 6", "--skip-bad")
                .doesNotContain("line 1:")
                .doesNotContain("hunter2");
        assertThat(user("list", "--json").objects()).hasSize(1);

        assertThat(imported(users, "--skip-bad").out()).startsWith("Added 1 users, left out 5 lines in ");
        assertThat(user("list", "--json").objects()).hasSize(2);
    }

    @Test
    void usersWhoAreThereAreUpdatedOnlyWhenThatIsSaid() throws Exception {
        user("add", "alice", "--password-stdin");
        Run run = imported("alice,another\n");
        assertThat(run.exit()).isEqualTo(Exit.EXISTS.number());
        assertThat(run.err()).contains("--update");
        assertThat(imported("alice,another\nbob,secret\n", "--update").out())
                .startsWith("Added 1 users, updated 1 in ");
    }

    private Run imported(String lines, String... options) throws Exception {
        Path file = folder.resolve("users");
        Files.writeString(file, lines);
        List<String> words = new ArrayList<>(List.of("import", file.toString()));
        words.addAll(List.of(options));
        return user(words.toArray(String[]::new));
    }

    @Test
    void aMisspeltFolderIsNotMadeIntoAnEmptyService() {
        Path wrong = folder.resolve("wrong");
        for (String command : new String[] {"list", "remove x", "passwd x --password-stdin"}) {
            String[] words = ("user " + command + " --home " + wrong).split(" ");
            Run run = beckonReading("secret\n", words);
            assertThat(run.exit()).as(command).isEqualTo(Exit.HOME.number());
            assertThat(run.err()).contains(wrong.toString());
        }
        assertThat(wrong).doesNotExist();
    }

    @Test
    void aDatabaseThatIsNoneIsRefused() throws Exception {
        Path home = Files.createDirectory(folder.resolve("svc"));
        Files.writeString(home.resolve("beckon.db"), "this is no database, however long it is ".repeat(100));
        Run run = user("list");
        assertThat(run.exit()).isEqualTo(Exit.HOME.number());
        assertThat(run.err()).contains("beckon.db").doesNotContain("\tat ");
    }

    @Test
    void aKeyIsShownOnceAndRevoked() {
        Run issued = key("issue", "acme.board", "--guid", GUID, "--note", "for the fair");
        assertThat(issued.exit()).isZero();
        String key = issued.out().strip();
        assertThat(key).hasSizeGreaterThan(40).doesNotContain(" ");

        Run listed = key("list", "--json");
        assertThat(listed.out()).doesNotContain(key);
        assertThat(listed.object().get("id").getAsString()).isEqualTo("acme.board");
        assertThat(listed.object().get("environment").getAsString()).isEqualTo("PRODUCTION");
        assertThat(listed.object().get("note").getAsString()).isEqualTo("for the fair");
        assertThat(listed.object().get("revoked").isJsonNull()).isTrue();

        assertThat(key("issue", "acme.board", "--guid", GUID).exit()).isEqualTo(Exit.EXISTS.number());
        assertThat(key("issue", "acme.board", "--guid", GUID, "--environment", "test")
                        .exit())
                .isZero();
        assertThat(key("revoke", "acme.board").exit()).isZero();
        assertThat(key("revoke", "acme.board").exit()).isEqualTo(Exit.NOT_FOUND.number());
        assertThat(key("list", "--json").object().get("revoked").isJsonNull()).isFalse();
    }

    @Test
    void aGuidThatIsNoneIsRefused() {
        Run run = key("issue", "acme", "--guid", GUID.toLowerCase(java.util.Locale.ROOT));
        assertThat(run.exit()).isEqualTo(Exit.USAGE.number());
        assertThat(run.err()).contains("upper case");
    }

    @Test
    void aBackupBringsBackWhatWasThere() {
        String home = folder.resolve("svc").toString();
        String file = folder.resolve("backup").toString();
        assertThat(beckon("backup", "--home", home, file).exit()).isEqualTo(Exit.NOT_FOUND.number());
        assertThat(user("add", "alice", "--password-stdin").exit()).isZero();
        assertThat(beckon("backup", "--home", home, file).exit()).isZero();
        assertThat(beckon("backup", "--home", home, file).exit()).isEqualTo(Exit.EXISTS.number());
        assertThat(user("remove", "alice").exit()).isZero();

        Run full = beckon("restore", "--home", home, file);
        assertThat(full.exit()).isEqualTo(Exit.EXISTS.number());
        assertThat(full.err()).contains("--force");
        Run forced = beckon("restore", "--home", home, file, "--force", "--json");
        assertThat(forced.exit()).as(forced.err()).isZero();
        assertThat(Path.of(forced.object().get("former").getAsString())).isDirectory();
        assertThat(user("list").out()).contains("alice");
        assertThat(beckon("restore", "--home", home, folder.resolve("none").toString(), "--force")
                        .exit())
                .isEqualTo(Exit.HOME.number());
    }

    private Run user(String... words) {
        return store("user", words);
    }

    private Run key(String... words) {
        return store("key", words);
    }

    private Run store(String group, String... words) {
        String[] all = new String[words.length + 3];
        all[0] = group;
        System.arraycopy(words, 0, all, 1, words.length);
        all[all.length - 2] = "--home";
        all[all.length - 1] = folder.resolve("svc").toString();
        return beckonReading("correct horse battery\n", all);
    }
}
