package dev.beckon.service.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.beckon.service.Environment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {
    @TempDir
    Path home;

    @Test
    void whatWasAcknowledgedIsThereAfterReopening() {
        try (Store store = Store.serve(home, "example.org")) {
            store.accounts().add("alice", "secret").join();
            store.rosters()
                    .change(
                            "alice",
                            "bob@example.org",
                            (before, items) -> new Rosters.Outcome<>(
                                    before.named("Bob", List.of("Friends", "Work"))
                                            .withSubscription(Subscription.TO)
                                            .withRequest(new byte[] {1, 2}),
                                    items))
                    .join();
            store.blocklists()
                    .block("alice", List.of("mallory@example.org"), 10)
                    .join();
            store.lockKeys().issue(key("board", Environment.TEST)).join();
        }
        try (Store store = Store.open(home)) {
            assertThat(store.accounts().all())
                    .extracting(StoredAccounts.Account::name)
                    .containsExactly("alice");
            RosterItem bob = store.rosters().item("alice", "bob@example.org").orElseThrow();
            assertThat(bob.name()).isEqualTo("Bob");
            assertThat(bob.groups()).containsExactly("Friends", "Work");
            assertThat(bob.subscription()).isEqualTo(Subscription.TO);
            assertThat(bob.request()).containsExactly(1, 2);
            assertThat(store.blocklists().of("alice")).containsExactly("mallory@example.org");
            assertThat(store.lockKeys().live("board", Environment.TEST)).contains(key("board", Environment.TEST));
            assertThat(store.lockKeys().live("board", Environment.PRODUCTION)).isEmpty();
        }
    }

    @Test
    void credentialsAreTheOnesOfTheStandard() {
        // RFC 5802 §5 and RFC 7677 §3: user "user", password "pencil", 4096 iterations.
        Accounts.ScramCredentials sha1 = Passwords.derive(
                Accounts.Mechanism.SCRAM_SHA_1, "pencil", HexFormat.of().parseHex("4125c247e43ab1e93c6dff76"), 4096);
        assertThat(HexFormat.of().formatHex(sha1.storedKey())).isEqualTo("e9d94660c39d65c38fbad91c358f14da0eef2bd6");
        assertThat(HexFormat.of().formatHex(sha1.serverKey())).isEqualTo("0fe09258b3ac852ba502cc62ba903eaacdbf7d31");
        Accounts.ScramCredentials sha256 = Passwords.derive(
                Accounts.Mechanism.SCRAM_SHA_256,
                "pencil",
                java.util.Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ=="),
                4096);
        assertThat(java.util.Base64.getEncoder().encodeToString(sha256.storedKey()))
                .isEqualTo("WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=");
        assertThat(java.util.Base64.getEncoder().encodeToString(sha256.serverKey()))
                .isEqualTo("wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=");
    }

    @Test
    void anAccountThatDoesNotExistLooksLikeOneThatDoes() {
        Accounts.ScramCredentials first;
        try (Store store = Store.open(home)) {
            first = store.accounts().credentials("ghost", Accounts.Mechanism.SCRAM_SHA_256);
            assertThat(first.iterations()).isEqualTo(Passwords.DEFAULT_ITERATIONS);
            assertThat(store.accounts()
                            .credentials("other", Accounts.Mechanism.SCRAM_SHA_256)
                            .salt())
                    .hasSameSizeAs(first.salt())
                    .isNotEqualTo(first.salt());
        }
        try (Store store = Store.open(home)) {
            Accounts.ScramCredentials again = store.accounts().credentials("ghost", Accounts.Mechanism.SCRAM_SHA_256);
            assertThat(again.salt()).isEqualTo(first.salt());
            assertThat(again.storedKey()).isNotEqualTo(first.storedKey());
        }
    }

    @Test
    void passwordsAreHashedAsTheirPreparedForm() {
        // RFC 4013 §3: a soft hyphen is mapped to nothing, IX is IX however it was typed.
        assertThat(Passwords.prepare("I\u00adX")).contains("IX");
        assertThat(Passwords.prepare("\u2168")).contains("IX");
        assertThat(Passwords.prepare("\u0007")).isEmpty();
        assertThat(Passwords.prepare("")).isEmpty();
    }

    @Test
    void thePasswordIsNowhereInTheFiles() throws Exception {
        try (Store store = Store.serve(home, "example.org")) {
            store.accounts().add("alice", "correct horse battery").join();
            try (var files = Files.list(home)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    String content = Files.readString(file, StandardCharsets.ISO_8859_1);
                    assertThat(content).doesNotContain("correct horse");
                }
            }
        }
    }

    @Test
    void aNameIsTakenOnce() {
        try (Store store = Store.open(home)) {
            List<CompletableFuture<Boolean>> attempts = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                attempts.add(store.accounts().add("alice", "secret" + i));
            }
            assertThat(attempts.stream().filter(CompletableFuture::join)).hasSize(1);
        }
    }

    @Test
    void writesOfManyThreadsAllEndUpInTheFileAndCompleteInOrder() throws Exception {
        try (Store store = Store.open(home)) {
            store.accounts().add("alice", "secret").join();
            BlockingQueue<Integer> acknowledged = new LinkedBlockingQueue<>();
            List<CompletableFuture<Void>> writes = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                writes.add(store.rosters()
                        .change(
                                "alice",
                                "c" + i + "@example.org",
                                (before, size) -> new Rosters.Outcome<>(before.withListed(true), size.contacts()))
                        .thenAccept(done -> acknowledged.add(done.orElseThrow())));
            }
            CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
            assertThat(new ArrayList<>(acknowledged)).hasSize(500).isSorted();
            assertThat(store.rosters().of("alice")).hasSize(500);
        }
    }

    @Test
    void aWriteThatFailsLeavesItsNeighboursAlone() {
        try (Store store = Store.open(home)) {
            store.accounts().add("alice", "secret").join();
            List<CompletableFuture<?>> writes = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                boolean fails = i % 10 == 5;
                writes.add(store.rosters().change("alice", "c" + i + "@example.org", (before, items) -> {
                    if (fails) {
                        throw new IllegalStateException("on purpose");
                    }
                    return new Rosters.Outcome<>(before.withListed(true), items);
                }));
            }
            for (int i = 0; i < 50; i++) {
                CompletableFuture<?> write = writes.get(i);
                if (i % 10 == 5) {
                    assertThatThrownBy(write::join).hasCauseInstanceOf(IllegalStateException.class);
                } else {
                    write.join();
                }
            }
            assertThat(store.rosters().of("alice")).hasSize(45);
        }
    }

    @Test
    void aWriteThatFailsAloneSaysSo() {
        try (Store store = Store.open(home)) {
            store.accounts().add("alice", "secret").join();
            for (int i = 0; i < 20; i++) {
                CompletableFuture<?> write = store.rosters().change("alice", "c@example.org", (before, items) -> {
                    throw new IllegalStateException("on purpose");
                });
                assertThatThrownBy(() -> write.get(30, TimeUnit.SECONDS))
                        .hasCauseInstanceOf(IllegalStateException.class);
            }
        }
    }

    @Test
    void aRosterWithoutAnAccountIsNotBegun() {
        try (Store store = Store.open(home)) {
            assertThat(store.rosters()
                            .change(
                                    "nobody",
                                    "c@example.org",
                                    (before, size) -> new Rosters.Outcome<>(before.withListed(true), size.contacts()))
                            .join())
                    .isEmpty();
        }
    }

    @Test
    void whatAnotherProcessChangesIsNoticed() throws Exception {
        try (Store serving = Store.serve(home, "example.org");
                Store other = Store.open(home)) {
            BlockingQueue<Change> seen = new LinkedBlockingQueue<>();
            serving.onChange(seen::add);
            other.accounts().add("alice", "secret").join();
            other.accounts().setPassword("alice", "other", null).join();
            other.lockKeys().issue(key("board", Environment.TEST)).join();
            other.accounts().remove("alice").join();
            assertThat(seen.poll(30, TimeUnit.SECONDS)).isEqualTo(new Change.PasswordChanged("alice", null));
            assertThat(seen.poll(30, TimeUnit.SECONDS)).isEqualTo(new Change.KeyChanged("board"));
            assertThat(seen.poll(30, TimeUnit.SECONDS)).isEqualTo(new Change.AccountRemoved("alice"));
            assertThat(serving.accounts().exists("alice")).isFalse();
        }
    }

    @Test
    void whoeverTakesARemovedNameInheritsNobodysTrust() throws Exception {
        try (Store store = Store.serve(home, "example.org")) {
            BlockingQueue<Change> seen = new LinkedBlockingQueue<>();
            store.onChange(seen::add);
            store.accounts().add("alice", "secret").join();
            store.accounts().add("bob", "secret").join();
            store.rosters()
                    .change(
                            "bob",
                            "alice@example.org",
                            (before, items) -> new Rosters.Outcome<>(
                                    before.named("Alice", List.of()).withSubscription(Subscription.BOTH), items))
                    .join();
            store.accounts().remove("alice").join();
            RosterItem left = store.rosters().item("bob", "alice@example.org").orElseThrow();
            assertThat(left.subscription()).isEqualTo(Subscription.NONE);
            assertThat(left.name()).isEqualTo("Alice");
            assertThat(seen.poll(30, TimeUnit.SECONDS)).isEqualTo(new Change.ContactGone("bob", "alice@example.org"));
            assertThat(seen.poll(30, TimeUnit.SECONDS)).isEqualTo(new Change.AccountRemoved("alice"));
        }
    }

    @Test
    void blocklistsAreReadFromMemoryAndNeverStale() {
        try (Store store = Store.open(home)) {
            store.accounts().add("alice", "secret").join();
            assertThat(store.blocklists().of("alice")).isEmpty();
            assertThat(store.blocklists()
                            .block("alice", List.of("a@x", "b@x"), 2)
                            .join())
                    .isTrue();
            assertThat(store.blocklists().of("alice")).containsExactlyInAnyOrder("a@x", "b@x");
            assertThat(store.blocklists().block("alice", List.of("c@x"), 2).join())
                    .isFalse();
            assertThat(store.blocklists().unblock("alice", List.of()).join()).containsExactlyInAnyOrder("a@x", "b@x");
            assertThat(store.blocklists().of("alice")).isEmpty();
        }
    }

    @Test
    void theSigningKeyIsMadeOnceAndStays() {
        String kid;
        try (Store store = Store.open(home)) {
            kid = store.signingKeys().loaded().join().get(0).kid();
        }
        try (Store store = Store.open(home)) {
            assertThat(store.signingKeys().loaded().join()).hasSize(1);
            assertThat(store.signingKeys().loaded().join().get(0).kid()).isEqualTo(kid);
        }
    }

    @Test
    void aRevokedKeyCanBeFollowedByANewOne() {
        try (Store store = Store.open(home)) {
            LockKey key = key("board", Environment.PRODUCTION);
            assertThat(store.lockKeys().everIssued()).isFalse();
            assertThat(store.lockKeys().issue(key).join()).isTrue();
            assertThat(store.lockKeys().issue(key).join()).isFalse();
            assertThat(store.lockKeys()
                            .revoke("board", Environment.TEST, Instant.now())
                            .join())
                    .isFalse();
            assertThat(store.lockKeys()
                            .revoke("board", Environment.PRODUCTION, Instant.now())
                            .join())
                    .isTrue();
            assertThat(store.lockKeys().live("board", Environment.PRODUCTION)).isEmpty();
            assertThat(store.lockKeys().issue(key).join()).isTrue();
            assertThat(store.lockKeys().all()).hasSize(2);
            assertThat(store.lockKeys().everIssued()).isTrue();
        }
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void onlyTheOwnerCanReadTheFiles() throws Exception {
        Path fresh = home.resolve("fresh");
        try (Store store = Store.serve(fresh, "example.org")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(fresh)))
                    .isEqualTo("rwx------");
            try (var files = Files.list(fresh)) {
                assertThat(files)
                        .allSatisfy(
                                file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                                        .as("%s", file)
                                        .isEqualTo("rw-------"));
            }
        }
    }

    @Test
    void aFileThatIsNoDatabaseIsRefusedByName() throws Exception {
        Files.writeString(home.resolve(Store.FILE), "this is a letter to my aunt, not a database");
        assertThatThrownBy(() -> Store.open(home))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(home.resolve(Store.FILE).toString())
                .hasMessageContaining("not a database");
    }

    @Test
    void aDatabaseOfAnotherProgramIsRefusedAndLeftAsItIs() throws Exception {
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + home.resolve(Store.FILE))) {
            other.createStatement().execute("CREATE TABLE songs (title TEXT)");
        }
        byte[] before = Files.readAllBytes(home.resolve(Store.FILE));
        assertThatThrownBy(() -> Store.open(home))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("another program");
        assertThat(Files.readAllBytes(home.resolve(Store.FILE))).isEqualTo(before);
    }

    @Test
    void aDatabaseOfANewerVersionIsRefused() throws Exception {
        Store.open(home).close();
        try (Connection newer = DriverManager.getConnection("jdbc:sqlite:" + home.resolve(Store.FILE))) {
            newer.createStatement().execute("PRAGMA user_version = 99");
        }
        assertThatThrownBy(() -> Store.open(home))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("newer version")
                .hasMessageContaining("99");
    }

    @Test
    void aTornFileIsRefusedAsDamaged() throws Exception {
        try (Store store = Store.open(home)) {
            for (int i = 0; i < 20; i++) {
                store.lockKeys().issue(key("board" + i, Environment.TEST)).join();
            }
        }
        Path file = home.resolve(Store.FILE);
        byte[] content = Files.readAllBytes(file);
        for (int page = 1; page * 4096 < content.length; page++) {
            java.util.Arrays.fill(content, page * 4096, page * 4096 + 64, (byte) 0x5a);
        }
        Files.write(file, content);
        assertThatThrownBy(() -> Store.open(home))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("damaged");
    }

    @Test
    void aFullDiskRefusesAndLosesNothing() {
        Path file = home.resolve(Store.FILE);
        try (Database database = Database.open(file)) {
            // What SQLite does when the disk is full it also does when the file may not grow.
            long pages = database.write(sql -> sql.number("PRAGMA page_count")).join();
            database.write(sql -> sql.number("PRAGMA max_page_count = " + (pages + 8)))
                    .join();
            LockKeys keys = new LockKeys(database);
            int issued = 0;
            try {
                while (issued < 10_000) {
                    keys.issue(key("board" + issued, Environment.TEST)).join();
                    issued++;
                }
            } catch (CompletionException e) {
                assertThat(e).hasCauseInstanceOf(StoreException.class).hasMessageContaining("disk is full");
            }
            assertThat(issued).isPositive().isLessThan(10_000);
            assertThat(keys.all()).hasSize(issued);
            database.write(sql -> sql.number("PRAGMA max_page_count = 100000")).join();
            assertThat(keys.issue(key("later", Environment.TEST)).join()).isTrue();
            assertThat(keys.all()).hasSize(issued + 1);
        }
    }

    @Test
    void onlyOneServiceServesFromAFolder() {
        try (Store serving = Store.serve(home, "example.org")) {
            assertThatThrownBy(() -> Store.serve(home, "example.org"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("already");
            assertThat(serving.accounts().all()).isEmpty();
        }
        Store.serve(home, "example.org").close();
    }

    @Test
    void afterClosingNothingIsAcceptedAndNothingHangs() {
        Store store = Store.serve(home, "example.org");
        store.close();
        assertThatThrownBy(() -> store.accounts().exists("alice"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> store.accounts().remove("alice").get(30, TimeUnit.SECONDS))
                .hasRootCauseInstanceOf(StoreException.class)
                .hasMessageContaining("closed");
    }

    static LockKey key(String app, Environment environment) {
        return new LockKey(
                app,
                environment,
                "s3cret",
                List.of("{5D1B2C3A-0000-4000-8000-000000000001}"),
                null,
                Instant.ofEpochMilli(1_700_000_000_000L),
                null);
    }

    @Test
    void changesOfSeveralRostersHoldTogetherOrNotAtAll(@TempDir Path home) {
        try (Store store = Store.open(home)) {
            store.accounts().add("alice", "secret").join();
            store.accounts().add("bob", "secret").join();
            Rosters.Transition<Boolean> list = (before, items) -> new Rosters.Outcome<>(before.withListed(true), true);
            assertThatThrownBy(() -> store.rosters()
                            .together(book -> {
                                book.change("alice", "bob@x", list);
                                book.change("bob", "alice@x", list);
                                throw new IllegalStateException("in the midst");
                            })
                            .join())
                    .isInstanceOf(CompletionException.class);
            assertThat(store.rosters().of("alice")).isEmpty();
            assertThat(store.rosters().of("bob")).isEmpty();
            store.rosters()
                    .together(book -> {
                        book.change("alice", "bob@x", list);
                        return book.change("bob", "alice@x", list);
                    })
                    .join();
            assertThat(store.rosters().of("alice")).hasSize(1);
            assertThat(store.rosters().of("bob")).hasSize(1);
        }
    }

    @Test
    void aFileOfTheFirstLayoutIsBroughtUpToDate(@TempDir Path older) throws Exception {
        try (Store store = Store.open(older)) {
            store.accounts().add("alice", "secret").join();
        }
        try (Connection file = DriverManager.getConnection("jdbc:sqlite:" + older.resolve(Store.FILE));
                Statement statement = file.createStatement()) {
            statement.execute("DROP TABLE document");
            statement.execute("DROP TABLE kept_message");
            statement.execute("DROP TABLE detached_stanza");
            statement.execute("DROP TABLE detached_attribute");
            statement.execute("DROP TABLE detached_session");
            statement.execute("PRAGMA user_version = 1");
        }
        try (Store store = Store.open(older)) {
            assertThat(store.accounts().exists("alice")).isTrue();
            byte[] kept = {1, 2};
            assertThat(store.documents()
                            .keep("alice", Documents.Kind.VCARD, "", kept, 1, 10)
                            .join())
                    .isTrue();
            assertThat(store.documents().find("alice", Documents.Kind.VCARD, ""))
                    .hasValue(kept);
        }
    }
}
