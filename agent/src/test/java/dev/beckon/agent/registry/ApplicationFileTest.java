package dev.beckon.agent.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.beckon.Application;
import dev.beckon.agent.files.BadFileException;
import dev.beckon.agent.files.FileProblem;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApplicationFileTest {
    private static final String GUID = "{5D1B8A52-9D6C-4E5B-8F0A-0B0C7F1D2E3F}";
    private static final String GOOD = """
            # Whiteboard
            name = "Whiteboard"
            url = "https://example.org/whiteboard"
            path = "/opt/whiteboard/bin/whiteboard --session \\"a b\\""
            """;

    @TempDir
    Path temp;

    private Path file;

    @BeforeEach
    void name() {
        file = ApplicationFile.of(temp, GUID);
    }

    @Test
    void whatAPersonWritesIsTaken() throws Exception {
        assertThat(read(GOOD))
                .isEqualTo(new Application(
                        GUID,
                        "Whiteboard",
                        "https://example.org/whiteboard",
                        "/opt/whiteboard/bin/whiteboard --session \"a b\""));
        assertThat(read("\uFEFF// a comment\r\nname : 2048,\r\npath = /opt/2048\r\n"))
                .isEqualTo(new Application(GUID, "2048", "", "/opt/2048"));
        assertThat(read("{ \"path\": \"/opt/json\" }").path()).isEqualTo("/opt/json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "name = x",
                "path = ",
                "path = null",
                "path = []",
                "path = { a = b }",
                "path = \"/bin/x",
                "path = \"\"\"/bin/x",
                "path = relative",
                "path = \"/bin/x\u0000\"",
                "path = \"/bin/\\u0001\"",
                "path = \"/bin/\\ud800\"",
                "path = \"/bin/x \\\"open\"",
                "path = /bin/x, nmae = slip",
                "path = /bin/x, url = \"file:///etc/passwd\"",
                "path = /bin/x, url = \"https://user:word@example.org\"",
                "path = ${PATH}",
                "path = ${?HOME}",
                "path = /bin/x, name = ${path}",
                "path = /bin/x, name = \"a\", name += \"b\"",
                "include \"other\"\npath = /bin/x",
                "include required(file(\"/etc/passwd\"))\npath = /bin/x",
                "include classpath(\"reference.conf\")\npath = /bin/x",
                "include package(\"a\", \"b\")\npath = /bin/x",
                "[1, 2]",
                "<xml/>",
                "path = /bin/x }",
                "a.b.c.d = 1, path = /bin/x",
            })
    void whatCannotBeTakenIsNamed(String text) throws IOException {
        FileProblem problem = problem(text);
        assertThat(problem.file()).isEqualTo(file);
        assertThat(problem.what()).isNotBlank().hasSizeLessThan(1000).doesNotContain("\n");
        assertThat(problem.remedy()).isNotBlank();
    }

    @Test
    void theLineIsTold() throws IOException {
        assertThat(problem("name = x\nurl = \"https://example.org\"\n\npath = relative")
                        .line())
                .isEqualTo(4);
        assertThat(problem("name = x\npath = \"/bin/x\nurl = y").line()).isEqualTo(2);
        assertThat(problem("path = /bin/x\n\nname = ${USER}").line()).isEqualTo(3);
        assertThat(problem("path = /bin/x\ninclude \"x\"").line()).isEqualTo(2);
        assertThat(problem("path = /bin/x\npaht = /bin/y")).satisfies(problem -> {
            assertThat(problem.line()).isEqualTo(2);
            assertThat(problem.what()).contains("paht");
            assertThat(problem.remedy()).contains("name, url, path");
        });
    }

    @Test
    void theEnvironmentNeverShowsInWhatIsTold() throws IOException {
        assertThat(problem("path = ${PATH}").toString()).doesNotContain(System.getenv("PATH"));
    }

    @Test
    void anIncludedFileIsNotRead() throws IOException {
        Files.writeString(temp.resolve("secret.conf"), "path = /bin/secret");
        String where = temp.resolve("secret.conf").toString().replace("\\", "/");
        for (String include : List.of("\"" + where + "\"", "file(\"" + where + "\")", "required(\"secret.conf\")")) {
            assertThat(problem("include " + include).what())
                    .contains("includes")
                    .doesNotContain("/bin/secret");
        }
    }

    @Test
    void anIncludedAddressIsNotAsked() throws IOException {
        try (ServerSocket server = new ServerSocket(0)) {
            String url = "http://localhost:" + server.getLocalPort() + "/x.conf";
            assertThat(problem("include url(\"" + url + "\")\npath = /bin/x").what())
                    .contains(url);
            assertThat(problem("include \"" + url + "\"\npath = /bin/x").what()).contains("includes");
            // A connection would be waiting in the backlog by now.
            server.setSoTimeout(1);
            assertThatThrownBy(server::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void aHugeFileIsRefusedUnread() throws IOException {
        assertThat(problem(GOOD + "#".repeat(20_000)).what()).contains("16384");
        assertThat(problem("[".repeat(10_000)).what()).contains("brackets");
        // Closing brackets in quotes hide the depth from the count, not from the parser.
        assertThat(problem("path = " + "[\"]\",".repeat(3000)).what()).isNotBlank();
        assertThat(problem("a.".repeat(8000) + "b = 1, path = /bin/x").what()).isNotBlank();
        assertThat(problem("path = /" + "\"a\" ".repeat(4000)).what()).contains("characters");
    }

    @Test
    void whatIsNotUtf8IsRefused() throws IOException {
        Files.write(file, new byte[] {'p', 'a', 't', 'h', '=', (byte) 0xC0, (byte) 0xAF});
        assertThat(problem().what()).contains("UTF-8");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "whiteboard.conf",
                ".conf",
                "{5d1b8a52-9d6c-4e5b-8f0a-0b0c7f1d2e3f}.conf",
                "5D1B8A52-9D6C-4E5B-8F0A-0B0C7F1D2E3F.conf",
                "{5D1B8A52-9D6C-4E5B-8F0A-0B0C7F1D2E3F}.old.conf"
            })
    void aNameThatIsNoGuidIsRefused(String name) throws IOException {
        file = Files.writeString(temp.resolve(name), GOOD);
        assertThat(problem().what()).contains("name is no GUID");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aLinkToElsewhereIsRefused() throws IOException {
        Files.createSymbolicLink(file, Files.writeString(temp.resolve("elsewhere"), GOOD));
        assertThat(problem().what()).contains("symbolic link");
        Files.delete(file);
        Files.createSymbolicLink(file, temp.resolve("nowhere"));
        assertThat(problem().what()).contains("symbolic link");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aPipeOrFolderIsRefusedWithoutWaiting() throws Exception {
        assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor())
                .isZero();
        assertThat(problem().what()).contains("no regular file");
        Files.delete(file);
        Files.createDirectory(file);
        assertThat(problem().what()).contains("no regular file");
    }

    @Test
    void whateverHappensToAFileItIsTakenWholeOrRefused() throws Exception {
        long seed = Long.getLong("beckon.seed", System.nanoTime());
        System.out.println("ApplicationFileTest seed: -Dbeckon.seed=" + seed);
        Random random = new Random(seed);
        List<String> tokens = List.of(
                "\"",
                "\"\"\"",
                "${",
                "}",
                "${?PATH}",
                "{",
                "[",
                "]",
                "include ",
                "url(",
                "file(",
                "=",
                ":",
                "+=",
                ",",
                "\n",
                "\r",
                "#",
                "//",
                "\\",
                "\\u0000",
                "\\ud83d",
                "\u0000",
                "\u2028",
                "é",
                "\uFEFF",
                "path",
                "name",
                "null",
                "1e999",
                ".",
                "..",
                "-",
                " ",
                "a.b",
                "$",
                "`",
                "^",
                "(",
                ")");
        int taken = 0;
        for (int i = 0; i < 4000; i++) {
            byte[] bytes = mutate(GOOD.getBytes(UTF_8), random, tokens);
            Files.write(file, bytes);
            long start = System.nanoTime();
            try {
                // Whatever is taken keeps every limit.
                ApplicationFile.read(file).check();
                taken++;
            } catch (BadFileException e) {
                assertThat(e.problem().what()).as("seed %d, file %d", seed, i).isNotBlank();
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ", file " + i + ": " + new String(bytes, UTF_8), e);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as("seed %d, file %d", seed, i)
                    .isLessThan(Duration.ofNanos(TimeUnit.SECONDS.toNanos(10)));
        }
        // Else the mutations would prove nothing about either outcome.
        assertThat(taken).isBetween(1, 3999);
    }

    private static byte[] mutate(byte[] bytes, Random random, List<String> tokens) {
        byte[] result = bytes;
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(result.length + 1);
            int to = at + random.nextInt(Math.min(40, result.length - at) + 1);
            byte[] piece = switch (random.nextInt(5)) {
                case 0 -> new byte[] {(byte) random.nextInt(256)};
                case 1 -> new byte[0];
                case 2 -> Arrays.copyOfRange(result, at, to);
                default ->
                    tokens.get(random.nextInt(tokens.size()))
                            .repeat(random.nextInt(20) == 0 ? 200 : 1)
                            .getBytes(UTF_8);
            };
            int resume = random.nextBoolean() ? at : to;
            byte[] made = Arrays.copyOf(result, at + piece.length + result.length - resume);
            System.arraycopy(piece, 0, made, at, piece.length);
            System.arraycopy(result, resume, made, at + piece.length, result.length - resume);
            result = made;
        }
        return result;
    }

    private Application read(String text) throws Exception {
        Files.writeString(file, text);
        return ApplicationFile.read(file);
    }

    private FileProblem problem(String text) throws IOException {
        Files.writeString(file, text);
        return problem();
    }

    private FileProblem problem() {
        return catchThrowableOfType(BadFileException.class, () -> ApplicationFile.read(file))
                .problem();
    }
}
