package dev.beckon.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.beckon.service.AdministrationException.Reason;
import dev.beckon.service.store.Accounts.Mechanism;
import dev.beckon.service.store.Passwords;
import dev.beckon.service.store.Store;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdministrationTest {
    private static final List<String> BOARD = List.of("{5D1B2C3A-0000-4000-8000-000000000001}");

    @TempDir
    Path home;

    @Test
    void anAccountIsAddedListedAndRemoved() {
        try (Administration admin = Administration.open(home)) {
            assertThat(admin.addUser("Alice", "secret")).isEqualTo("alice");
            assertThat(admin.listUsers()).extracting(Administration.User::name).containsExactly("alice");
            assertThat(admin.listUsers().get(0).created()).isNotNull();
            admin.setPassword("alice", "another");
            admin.removeUser("alice");
            assertThat(admin.listUsers()).isEmpty();
        }
    }

    @Test
    void whatCannotBeDoneSaysWhy() {
        try (Administration admin = Administration.open(home)) {
            admin.addUser("alice", "secret");
            refused(Reason.EXISTS, () -> admin.addUser("ALICE", "secret"), "alice");
            refused(Reason.NOT_FOUND, () -> admin.removeUser("bob"), "bob");
            refused(Reason.NOT_FOUND, () -> admin.setPassword("bob", "secret"), "bob");
            refused(Reason.INVALID, () -> admin.addUser("bob", ""), "password");
            refused(Reason.INVALID, () -> admin.addUser("bob", "bell\u0007"), "password");
            for (String bad : List.of("", "bob@example.org", "bob/phone", "b ob", "\u202ebob", "x".repeat(65))) {
                refused(Reason.INVALID, () -> admin.addUser(bad, "secret"), "user name");
            }
            assertThat(admin.listUsers()).hasSize(1);
        }
    }

    @Test
    void passwordsAreHashedAsTheServiceHashesThem() {
        ServiceConfig config = ServiceConfig.of(home, "example.test").withAddress("127.0.0.1", 0);
        try (Administration admin = Administration.open(home)) {
            admin.addUser("early", "secret");
        }
        Service.start(config.withScramIterations(4321)).close();
        try (Administration admin = Administration.open(home)) {
            admin.addUser("late", "secret");
        }
        try (Store store = Store.open(home)) {
            for (Mechanism mechanism : Mechanism.values()) {
                assertThat(store.accounts().credentials("early", mechanism).iterations())
                        .isEqualTo(Passwords.DEFAULT_ITERATIONS);
                assertThat(store.accounts().credentials("late", mechanism).iterations())
                        .isEqualTo(4321);
                // Whoever tries names does not learn which of them are taken.
                assertThat(store.accounts().credentials("nobody", mechanism).iterations())
                        .isEqualTo(4321);
            }
        }
    }

    @Test
    void namesThatLookDifferentButAreTheSameAreOneAccount() {
        try (Administration admin = Administration.open(home)) {
            admin.addUser("\uff21lice", "secret"); // full-width A
            refused(Reason.EXISTS, () -> admin.addUser("alice", "secret"), "alice");
        }
    }

    @Test
    void manyUsersAreAddedAtOnceWhileTheServiceRunsAndCanSignIn() throws Exception {
        ServiceConfig config = ServiceConfig.of(home, "example.test").withAddress("127.0.0.1", 0);
        List<Integer> done = new ArrayList<>();
        try (Service service = Service.start(config);
                Administration admin = Administration.open(home)) {
            UserImport users = admin.importUsers(false, 4097);
            for (int i = 0; i < 600; i++) {
                users.add("User" + i, "secret " + i);
            }
            assertThat(users.run(done::add)).isEqualTo(new UserImport.Result(600, 0, List.of()));
            assertThat(done).isSorted().endsWith(600);
            assertThat(admin.listUsers()).hasSize(600);
            try (TestClient last =
                    TestClient.signedIn(service.port(), "example.test", "user599", "secret 599", "phone")) {
                last.sync();
            }
        }
        try (Store store = Store.open(home)) {
            assertThat(store.accounts()
                            .credentials("user599", Mechanism.SCRAM_SHA_256)
                            .iterations())
                    .isEqualTo(4097);
        }
    }

    @Test
    void anImportNamesWhatCannotBeAndRepeatsNothing() {
        try (Administration admin = Administration.open(home)) {
            admin.addUser("alice", "secret");
            UserImport users = admin.importUsers(false, null);
            refused(Reason.EXISTS, () -> users.add("ALICE", "secret"), "alice");
            assertThatThrownBy(() -> users.add("hunter2/phone", "secret")).hasMessageNotContaining("hunter2");
            assertThatThrownBy(() -> users.add("bob", "hunter2\u0007")).hasMessageNotContaining("hunter2");
            users.add("bob", "secret");
            refused(Reason.INVALID, () -> users.add("BOB", "secret"), "before");
            assertThat(users.run(done -> {})).isEqualTo(new UserImport.Result(1, 0, List.of()));
            for (int bad : new int[] {0, 4095, 1_000_001}) {
                refused(Reason.INVALID, () -> admin.importUsers(false, bad), "4096");
            }
        }
    }

    @Test
    void anImportUpdatesWhereItShallAndLeavesWhoHasComeMeanwhile() {
        try (Administration admin = Administration.open(home);
                Store store = Store.open(home)) {
            admin.addUser("alice", "secret");
            byte[] before = salt(store, "alice");
            UserImport updating = admin.importUsers(true, null);
            updating.add("alice", "another");
            updating.add("bob", "secret");
            assertThat(updating.run(done -> {})).isEqualTo(new UserImport.Result(1, 1, List.of()));
            byte[] after = salt(store, "alice");
            assertThat(after).isNotEqualTo(before);

            UserImport late = admin.importUsers(false, null);
            late.add("carol", "of the import");
            admin.addUser("carol", "her own");
            byte[] own = salt(store, "carol");
            assertThat(late.run(done -> {})).isEqualTo(new UserImport.Result(0, 0, List.of("carol")));
            assertThat(salt(store, "carol")).isEqualTo(own);
        }
    }

    private static byte[] salt(Store store, String name) {
        return store.accounts().credentials(name, Mechanism.SCRAM_SHA_256).salt();
    }

    @Test
    void aKeyIsShownOnceAndIsRandom() {
        try (Administration admin = Administration.open(home)) {
            String production = admin.issueKey("board", BOARD, Environment.PRODUCTION, "for the demo");
            String test = admin.issueKey("board", BOARD, Environment.TEST, null);
            assertThat(Base64.getUrlDecoder().decode(production)).hasSize(32);
            assertThat(test).isNotEqualTo(production);
            assertThat(admin.listKeys()).hasSize(2).allSatisfy(key -> {
                assertThat(key.app()).isEqualTo("board");
                assertThat(key.toString()).doesNotContain(production).doesNotContain(test);
                assertThat(key.revoked()).isNull();
            });
            refused(Reason.EXISTS, () -> admin.issueKey("board", BOARD, Environment.TEST, null), "revoke");
            admin.revokeKey("board", Environment.TEST);
            refused(Reason.NOT_FOUND, () -> admin.revokeKey("board", Environment.TEST), "board");
            assertThat(admin.listKeys().get(1).revoked()).isNotNull();
            assertThat(admin.issueKey("board", BOARD, Environment.TEST, null)).isNotEqualTo(test);
        }
    }

    @Test
    void badKeysAreRefused() {
        try (Administration admin = Administration.open(home)) {
            refused(Reason.INVALID, () -> admin.issueKey("", BOARD, Environment.TEST, null), "application ID");
            refused(Reason.INVALID, () -> admin.issueKey("a b", BOARD, Environment.TEST, null), "application ID");
            refused(Reason.INVALID, () -> admin.issueKey("board", List.of(), Environment.TEST, null), "GUID");
            refused(
                    Reason.INVALID,
                    () -> admin.issueKey(
                            "board", List.of(BOARD.get(0).toLowerCase(java.util.Locale.ROOT)), Environment.TEST, null),
                    "GUID");
            assertThat(admin.listKeys()).isEmpty();
        }
    }

    @Test
    void aFileThatIsNoStoreIsReported() throws Exception {
        Files.writeString(home.resolve("beckon.db"), "not a database at all");
        refused(Reason.STORE, () -> Administration.open(home).close(), "beckon.db");
    }

    private static void refused(Reason reason, ThrowingCallable call, String hint) {
        assertThatThrownBy(call)
                .isInstanceOf(AdministrationException.class)
                .hasMessageContaining(hint)
                .satisfies(
                        e -> assertThat(((AdministrationException) e).reason()).isEqualTo(reason));
    }
}
