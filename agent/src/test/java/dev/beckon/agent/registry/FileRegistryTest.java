package dev.beckon.agent.registry;

import static dev.beckon.ResultCode.E_FAIL;
import static dev.beckon.ResultCode.E_INVALIDARG;
import static dev.beckon.ResultCode.REGDB_E_WRITEREGDB;
import static dev.beckon.ResultCode.SR_APP_ALREADY_REGISTERED;
import static dev.beckon.ResultCode.SR_APP_NOT_REGISTERED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.beckon.Application;
import dev.beckon.ResultCode;
import dev.beckon.SessionException;
import dev.beckon.session.Registry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class FileRegistryTest {
    private static final String GUID = "{5D1B8A52-9D6C-4E5B-8F0A-0B0C7F1D2E3F}";
    private static final String OTHER = "{AAAAAAAA-9D6C-4E5B-8F0A-0B0C7F1D2E3F}";
    private static final Duration LONG = Duration.ofSeconds(30);
    /** Long enough that only the watch can have noticed, short enough that the rescan alone would do. */
    private static final Duration NEVER = Duration.ofHours(1);

    @TempDir
    Path temp;

    private Path own;
    private Path shared;
    private FileRegistry registry;
    private final List<String> events = new CopyOnWriteArrayList<>();

    @BeforeEach
    void open() throws IOException {
        own = temp.resolve("home/apps");
        shared = Files.createDirectories(temp.resolve("xdg/apps"));
        reopen(NEVER);
    }

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    void whatIsRegisteredIsThereAfterARestart() throws IOException {
        Application whiteboard =
                new Application(GUID, "Zeichen \"Brett\" 📋\n2", "https://example.org/w", java() + " -jar \"a b.jar\"");
        registry.register(whiteboard);

        assertThat(registry.application(GUID)).isEqualTo(whiteboard);
        reopen(NEVER);
        assertThat(registry.applications()).containsExactly(whiteboard);
        assertThat(registry.problems()).isEmpty();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void filesAndFolderAreTheUsersAlone() throws IOException {
        registry.register(application(GUID, "Whiteboard"));

        assertThat(mode(own)).isEqualTo("rwx------");
        assertThat(mode(file(GUID))).isEqualTo("rw-------");
    }

    @Test
    void registeringTellsTheListenerOnce() {
        registry.register(application(GUID, "Whiteboard"));
        registry.register(application(OTHER, "Chess"));
        registry.unregister(GUID);

        awaitEvents("+" + GUID, "+" + OTHER, "-" + GUID);
        assertThat(file(GUID)).doesNotExist();
        assertThat(registry.applications()).extracting(Application::name).containsExactly("Chess");
    }

    @Test
    void aGuidCanBeRegisteredOnlyOnce() {
        registry.register(application(GUID, "Whiteboard"));

        fails(SR_APP_ALREADY_REGISTERED, () -> registry.register(application(GUID, "Other")));
        assertThat(registry.application(GUID).name()).isEqualTo("Whiteboard");
    }

    @Test
    void aFileMadeByHandAMomentAgoIsNotOverwritten() throws IOException {
        Files.writeString(file(GUID), "path = \"" + java() + "\"\nname = \"By hand\"");

        fails(SR_APP_ALREADY_REGISTERED, () -> registry.register(application(GUID, "Other")));
        assertThat(file(GUID)).content().contains("By hand");
    }

    @Test
    void aBadFileInTheWayIsKeptAndNamed() throws IOException {
        Files.writeString(file(GUID), "path = ");

        assertThatThrownBy(() -> registry.register(application(GUID, "Other")))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(REGDB_E_WRITEREGDB))
                .hasMessageContaining(file(GUID).toString());
        assertThat(file(GUID)).content().isEqualTo("path = ");
        assertThatThrownBy(() -> registry.unregister(GUID))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(SR_APP_NOT_REGISTERED))
                .hasMessageContaining("delete " + file(GUID));
    }

    @Test
    void brokenLimitsAndFormsAreInvalid() {
        fails(E_INVALIDARG, () -> registry.register(application(GUID.toLowerCase(), "x")));
        fails(E_INVALIDARG, () -> registry.register(application(GUID, "x".repeat(257))));
        fails(E_INVALIDARG, () -> registry.register(new Application(GUID, "x", "javascript:alert(1)", java())));
        fails(E_INVALIDARG, () -> registry.register(new Application(GUID, "x", "", "")));
        fails(E_INVALIDARG, () -> registry.register(new Application(GUID, "x", "", "relative/program")));
        fails(E_INVALIDARG, () -> registry.register(new Application(GUID, "x", "", "\"" + java())));
        fails(E_INVALIDARG, () -> registry.register(new Application(GUID, "x", "", java() + " " + "x".repeat(260))));
        fails(E_INVALIDARG, () -> registry.register(new Application(GUID, "x", "", java(), 1)));
        fails(E_INVALIDARG, () -> registry.unregister("whiteboard"));
        assertThat(own).isEmptyDirectory();
    }

    @Test
    void aPathThatDoesNotResolveFails() throws IOException {
        Path plain = Files.writeString(temp.resolve("plain"), "text");

        fails(E_FAIL, () -> registry.register(new Application(GUID, "x", "", temp + "/none --flag")));
        fails(E_FAIL, () -> registry.register(new Application(GUID, "x", "", temp.toString())));
        fails(E_FAIL, () -> registry.register(new Application(GUID, "x", "", plain.toString())));
        assertThat(own).isEmptyDirectory();
    }

    @Test
    void whatCannotBeStoredIsNotRegistered() throws IOException {
        registry.register(application(OTHER, "Chess"));
        Path aside = temp.resolve("aside");
        Files.move(own, aside);
        Files.writeString(own, "a file where the folder should be");

        fails(REGDB_E_WRITEREGDB, () -> registry.register(application(GUID, "Whiteboard")));
        assertThat(registry.application(GUID)).isNull();
        assertThat(registry.problems())
                .anySatisfy(problem -> assertThat(problem.toString()).contains(own.toString()));

        Files.delete(own);
        Files.move(aside, own);
        registry.register(application(GUID, "Whiteboard"));
        await().atMost(LONG).until(() -> registry.applications().size() == 2);
    }

    @Test
    void unregisteringWhatIsNotThereFails() {
        fails(SR_APP_NOT_REGISTERED, () -> registry.unregister(GUID));
    }

    @Test
    void whatIsMadeChangedAndDeletedByHandIsNoticed() throws IOException {
        write(GUID, "One");
        awaitEvents("+" + GUID);
        assertThat(registry.application(GUID).name()).isEqualTo("One");

        write(GUID, "Two");
        awaitEvents("+" + GUID, "-" + GUID, "+" + GUID);
        assertThat(registry.application(GUID).name()).isEqualTo("Two");

        Files.delete(file(GUID));
        awaitEvents("+" + GUID, "-" + GUID, "+" + GUID, "-" + GUID);
        assertThat(registry.applications()).isEmpty();
    }

    @Test
    void whatTheWatchMissesIsFoundByLooking() throws IOException {
        Path late = temp.resolve("late/apps");
        registry.close();
        registry = FileRegistry.open(own, List.of(late), Duration.ofMillis(100));
        registry.start(listener());

        Files.createDirectories(late);
        Files.writeString(ApplicationFile.of(late, GUID), "path = \"" + java() + "\"");
        awaitEvents("+" + GUID);
    }

    @Test
    void aFolderMadeAnewIsWatchedAgain() throws IOException {
        reopen(Duration.ofMillis(200));
        write(GUID, "One");
        awaitEvents("+" + GUID);
        Files.delete(file(GUID));
        Files.delete(own);
        awaitEvents("+" + GUID, "-" + GUID);

        Files.createDirectories(own);
        write(OTHER, "Two");
        awaitEvents("+" + GUID, "-" + GUID, "+" + OTHER);
    }

    @Test
    void aFileThatTurnsBadUnregistersAndSaysWhere() throws IOException {
        write(GUID, "One");
        write(OTHER, "Other");
        await().atMost(LONG).until(() -> registry.applications().size() == 2);

        Files.writeString(file(GUID), "# a comment\nname = \"One\"\nurl = \"ftp://example.org\"\npath = \"/bin/x\"");
        await().atMost(LONG).until(() -> registry.applications().size() == 1);

        assertThat(registry.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.file()).isEqualTo(file(GUID));
            assertThat(problem.line()).isEqualTo(3);
            assertThat(problem.what()).contains("url").contains("ftp://example.org");
            assertThat(problem.remedy()).contains("https://");
        });
        write(GUID, "One");
        await().atMost(LONG).until(() -> registry.problems().isEmpty());
        assertThat(registry.applications()).hasSize(2);
    }

    @Test
    void theUsersFileWinsOverOneForEveryUser() throws IOException {
        writeShared(GUID, "For everyone");
        awaitEvents("+" + GUID);

        fails(SR_APP_ALREADY_REGISTERED, () -> registry.register(application(GUID, "Mine")));
        assertThatThrownBy(() -> registry.unregister(GUID))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(REGDB_E_WRITEREGDB))
                .hasMessageContaining("every user");

        write(GUID, "Mine");
        awaitEvents("+" + GUID, "-" + GUID, "+" + GUID);
        assertThat(registry.application(GUID).name()).isEqualTo("Mine");

        registry.unregister(GUID);
        awaitEvents("+" + GUID, "-" + GUID, "+" + GUID, "-" + GUID, "+" + GUID);
        assertThat(registry.application(GUID).name()).isEqualTo("For everyone");
        assertThat(ApplicationFile.of(shared, GUID)).exists();
    }

    @Test
    void anEarlierFolderForEveryUserWinsOverALaterOne() throws IOException {
        Path later = Files.createDirectories(temp.resolve("later"));
        Files.writeString(ApplicationFile.of(later, GUID), "name = later, path = \"" + java() + "\"");
        writeShared(GUID, "earlier");
        registry.close();
        registry = FileRegistry.open(own, List.of(shared, later));

        assertThat(registry.applications()).extracting(Application::name).containsExactly("earlier");
    }

    @Test
    void whatACrashedWriterLeftIsSweptAndNeverRead() throws IOException {
        Path left = Files.writeString(own.resolve("." + GUID + ".conf.123.tmp"), "path = \"" + java() + "\"");
        Path hidden = Files.writeString(own.resolve(".hidden.conf"), "nonsense");
        Path backup = Files.writeString(own.resolve(GUID + ".conf~"), "nonsense");
        reopen(NEVER);

        assertThat(left).doesNotExist();
        assertThat(hidden).exists();
        assertThat(backup).exists();
        assertThat(registry.applications()).isEmpty();
        assertThat(registry.problems()).isEmpty();
    }

    @Test
    void readersNeverSeeAFileHalfWritten() throws Exception {
        AtomicReference<Throwable> seen = new AtomicReference<>();
        Thread reader = new Thread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    ApplicationFile.read(file(GUID));
                } catch (java.nio.file.NoSuchFileException e) {
                    Thread.onSpinWait();
                } catch (Throwable e) {
                    seen.set(e);
                    return;
                }
            }
        });
        reader.start();
        for (int i = 0; i < 50; i++) {
            registry.register(application(GUID, "Whiteboard " + "x".repeat(200)));
            registry.unregister(GUID);
        }
        reader.interrupt();
        reader.join();
        assertThat(seen.get()).isNull();
        await().atMost(LONG).until(() -> events.size() == 100);
    }

    @Test
    void aListenerThatFailsDoesNotEndTheWatch() throws IOException {
        registry.start(new Registry.Listener() {
            @Override
            public void registered(String guid) {
                events.add("+" + guid);
                throw new IllegalStateException("on purpose");
            }

            @Override
            public void unregistered(String guid) {
                events.add("-" + guid);
            }
        });
        write(GUID, "One");
        awaitEvents("+" + GUID);
        Files.delete(file(GUID));
        awaitEvents("+" + GUID, "-" + GUID);
    }

    private void reopen(Duration rescan) throws IOException {
        if (registry != null) {
            registry.close();
        }
        registry = FileRegistry.open(own, List.of(shared), rescan);
        registry.start(listener());
    }

    private Registry.Listener listener() {
        return new Registry.Listener() {
            @Override
            public void registered(String guid) {
                events.add("+" + guid);
            }

            @Override
            public void unregistered(String guid) {
                events.add("-" + guid);
            }
        };
    }

    private void awaitEvents(String... expected) {
        await().atMost(LONG).untilAsserted(() -> assertThat(events).containsExactly(expected));
    }

    private void write(String guid, String name) throws IOException {
        Files.writeString(file(guid), "name = \"" + name + "\"\npath = \"" + java() + "\"\n");
    }

    /** As an administrator's package would: written elsewhere, moved into place. */
    private void writeShared(String guid, String name) throws IOException {
        Path made = Files.writeString(temp.resolve("made"), "name = \"" + name + "\"\npath = \"" + java() + "\"\n");
        Files.move(made, ApplicationFile.of(shared, guid), StandardCopyOption.ATOMIC_MOVE);
    }

    private Path file(String guid) {
        return ApplicationFile.of(own, guid);
    }

    private static Application application(String guid, String name) {
        return new Application(guid, name, "https://example.org/", java());
    }

    /** An executable every test machine has. */
    private static String java() {
        return Stream.of("bin/java", "bin/java.exe")
                .map(Path.of(System.getProperty("java.home"))::resolve)
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow()
                .toString();
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static void fails(ResultCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
