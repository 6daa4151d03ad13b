package dev.beckon.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.beckon.service.AdministrationException.Reason;
import dev.beckon.service.store.Accounts.Mechanism;
import dev.beckon.service.store.Passwords;
import dev.beckon.service.store.Store;
import java.nio.file.Files;
import java.nio.file.Path;
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
