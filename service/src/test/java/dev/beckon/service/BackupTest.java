package dev.beckon.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.beckon.service.AdministrationException.Reason;
import dev.beckon.service.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a service keeps is copied while it runs, and put back whole or not at all. */
@Timeout(300)
class BackupTest {
    private static final List<String> BOARD = List.of("{5D1B2C3A-0000-4000-8000-000000000001}");

    @TempDir
    Path folder;

    private Path home() {
        return folder.resolve("home");
    }

    private ServiceConfig config(Path home) {
        return ServiceConfig.of(home, "example.test")
                .withAddress("127.0.0.1", 0)
                .withScramIterations(4096);
    }

    @Test
    void whatWasAcknowledgedBeforeABackupIsServedAfterARestore() throws Exception {
        Path archive = folder.resolve("backup");
        Path elsewhere = folder.resolve("elsewhere");
        byte[] certificate;
        String secret;
        int before;
        try (Service service = Service.start(config(home()));
                Administration operator = Administration.open(home())) {
            operator.addUser("alice", "secret");
            secret = operator.issueKey("board", BOARD, Environment.PRODUCTION, null);
            certificate = Files.readAllBytes(service.certificate());
            AtomicInteger acknowledged = new AtomicInteger();
            AtomicBoolean enough = new AtomicBoolean();
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
                try (Store store = Store.open(home())) {
                    for (int i = 0; !enough.get(); i++) {
                        store.accounts().add("user" + i, "secret").join();
                        acknowledged.set(i + 1);
                    }
                }
            });
            while (acknowledged.get() < 20) {
                Thread.onSpinWait();
            }
            before = acknowledged.get();
            assertThat(Backup.write(home(), archive)).isPositive();
            enough.set(true);
            writing.join();
        }
        assertThat(Backup.restore(elsewhere, archive, false)).isEmpty();
        try (Service service = Service.start(config(elsewhere));
                TestClient alice = TestClient.signedIn(service.port(), "example.test", "alice", "secret", "desk");
                TestClient last =
                        TestClient.signedIn(service.port(), "example.test", "user" + (before - 1), "secret", "desk")) {
            alice.sync();
            last.sync();
            assertThat(Files.readAllBytes(service.certificate()))
                    .as("clients trust it already")
                    .isEqualTo(certificate);
        }
        try (Store store = Store.open(elsewhere)) {
            assertThat(store.lockKeys().live("board", Environment.PRODUCTION))
                    .hasValueSatisfying(key -> assertThat(key.secret()).isEqualTo(secret));
            assertThat(store.signingKeys().loaded().join()).isNotEmpty();
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void onlyItsOwnerReadsABackupAndNothingElseIsLeft() throws IOException {
        Path place = Files.createDirectory(folder.resolve("backups"));
        Administration.open(home()).close();
        Backup.write(home(), place.resolve("b1"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(place.resolve("b1"))))
                .isEqualTo("rw-------");
        refused(Reason.EXISTS, () -> Backup.write(home(), place.resolve("b1")), "b1");
        refused(Reason.NOT_FOUND, () -> Backup.write(folder.resolve("nowhere"), place.resolve("b2")), "nowhere");
        refused(Reason.STORE, () -> Backup.write(home(), folder.resolve("no/such/b3")), "b3");
        try (Stream<Path> files = Files.list(place)) {
            assertThat(files).containsExactly(place.resolve("b1"));
        }
    }

    @Test
    void aRunningServiceAndAFullHomeAreLeftAlone() throws IOException {
        Path archive = folder.resolve("backup");
        try (Service service = Service.start(config(home()));
                Administration operator = Administration.open(home())) {
            Backup.write(home(), archive);
            operator.addUser("later", "secret");
            refused(Reason.STORE, () -> Backup.restore(home(), archive, true), "a service is running");
            assertThat(service.port()).isPositive();
        }
        refused(Reason.EXISTS, () -> Backup.restore(home(), archive, false), "--force");
        assertThat(users(home())).containsExactly("later");

        Path former = Backup.restore(home(), archive, true).orElseThrow();
        assertThat(users(home())).isEmpty();
        assertThat(users(former)).as("the former things are kept").containsExactly("later");
        Service.start(config(home())).close();
    }

    private static List<String> users(Path home) {
        try (Administration operator = Administration.open(home)) {
            return operator.listUsers().stream().map(Administration.User::name).toList();
        }
    }

    @Test
    void aBrokenArchiveChangesNothing() throws IOException {
        Path archive = folder.resolve("backup");
        try (Service service = Service.start(config(home()));
                Administration operator = Administration.open(home())) {
            operator.addUser("alice", "secret");
            assertThat(service.port()).isPositive();
        }
        Backup.write(home(), archive);
        byte[] whole = Files.readAllBytes(archive);
        Map<Path, String> before = state();
        Path broken = folder.resolve("broken");
        List<byte[]> all =
                new ArrayList<>(List.of(new byte[0], "no archive".getBytes(), Arrays.copyOf(whole, whole.length / 2)));
        for (int i = 0; i < 40; i++) {
            byte[] changed = whole.clone();
            changed[(int) ((long) whole.length * i / 40)] ^= 0x55;
            all.add(changed);
        }
        int refused = 0;
        for (int i = 0; i < all.size(); i++) {
            Files.write(broken, all.get(i));
            try {
                Backup.restore(folder.resolve("fresh" + i), broken, false);
            } catch (AdministrationException e) {
                assertThat(e.reason()).isEqualTo(Reason.STORE);
                assertThat(e).hasMessageContaining("broken");
                refused++;
                refused(Reason.STORE, () -> Backup.restore(home(), broken, true), "broken");
                assertThat(state()).isEqualTo(before);
            }
        }
        // A few bytes of a ZIP say nothing that is read, such as the time of an entry.
        assertThat(refused).isGreaterThan(35);
        assertThat(users(home())).containsExactly("alice");
    }

    private Map<Path, String> state() throws IOException {
        Map<Path, String> state = new HashMap<>();
        try (Stream<Path> files = Files.walk(home())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                state.put(file, Files.getLastModifiedTime(file) + " " + Files.size(file));
            }
        }
        return state;
    }

    @Test
    void aServiceThatWasStoppedLeavesItsStoreInOneFile() {
        try (Service service = Service.start(config(home()));
                Administration operator = Administration.open(home())) {
            operator.addUser("alice", "secret");
            assertThat(service.port()).isPositive();
        }
        assertThat(home().resolve(Store.FILE)).isNotEmptyFile();
        assertThat(home().resolve(Store.FILE + "-wal")).doesNotExist();
    }

    @Test
    void aServiceDoesNotStartOnAHalfRestoredHome() throws IOException {
        Path archive = folder.resolve("backup");
        Administration.open(home()).close();
        Backup.write(home(), archive);
        Files.createFile(home().resolve(Store.RESTORING));
        Files.delete(home().resolve(Store.FILE));
        assertThatThrownBy(() -> Service.start(config(home()))).hasMessageContaining("run it again");
        Backup.restore(home(), archive, false);
        Service.start(config(home())).close();
    }

    private static void refused(Reason reason, ThrowingCallable call, String hint) {
        assertThatThrownBy(call)
                .isInstanceOf(AdministrationException.class)
                .hasMessageContaining(hint)
                .satisfies(
                        e -> assertThat(((AdministrationException) e).reason()).isEqualTo(reason));
    }
}
