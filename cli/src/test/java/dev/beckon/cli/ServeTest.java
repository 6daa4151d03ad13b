package dev.beckon.cli;

import static dev.beckon.cli.Run.beckon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.beckon.service.ServiceConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ServeTest {
    @TempDir
    Path folder;

    @Test
    void itPrintsOneReadyLineServesAndStopsWithZero() throws Exception {
        Process process = serve("--domain", "test.example", "--c2s-port", "0", "--bind", "127.0.0.1");
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            String line = out.readLine();
            assertThat(line).contains("ready", "test.example", "127.0.0.1:", "certificate.pem");
            assertThat(folder.resolve("home").resolve("certificate.pem")).isRegularFile();
            assertThat(line)
                    .contains(folder.resolve("home").resolve("certificate.pem").toString());

            // Process.destroy would close its output here as well.
            process.toHandle().destroy();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as("stopped by SIGTERM").isZero();
            assertThat(out.readLine()).as("nothing after the ready line").isNull();
        } finally {
            process.destroyForcibly();
        }
        assertThat(Files.readString(folder.resolve("home").resolve("service.log")))
                .contains("test.example");
    }

    @Test
    void theReadyLineIsJsonWhereItIsAskedFor() throws Exception {
        Process process = serve(
                "--domain",
                "test.example",
                "--c2s-port",
                "0",
                "--bind",
                "127.0.0.1",
                "--http-port",
                "0",
                "--admin-port",
                "0",
                "--json");
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            JsonObject ready = JsonParser.parseString(out.readLine()).getAsJsonObject();
            assertThat(ready.get("event").getAsString()).isEqualTo("ready");
            assertThat(ready.get("domain").getAsString()).isEqualTo("test.example");
            assertThat(ready.get("port").getAsInt()).isPositive();
            for (String port : List.of("port", "httpPort", "adminPort")) {
                try (var socket = new Socket("127.0.0.1", ready.get(port).getAsInt())) {
                    assertThat(socket.isConnected()).as(port).isTrue();
                }
            }
        } finally {
            // Process.destroy would close its output here as well.
            process.toHandle().destroy();
            process.waitFor();
        }
    }

    @Test
    void aPortInUseIsSaidInOneLineWithACodeOfItsOwn() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Process process = serve(
                    "--domain",
                    "test.example",
                    "--bind",
                    "127.0.0.1",
                    "--c2s-port",
                    Integer.toString(taken.getLocalPort()));
            String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).isEqualTo(Exit.PORT.number());
            assertThat(err)
                    .contains(Integer.toString(taken.getLocalPort()), "--c2s-port")
                    .doesNotContain("\tat ");
            assertThat(err.lines()).hasSize(2);
        }
    }

    @Test
    void aHomeThatIsAFileIsRefused() throws Exception {
        Files.writeString(folder.resolve("home"), "no folder");
        Run run = beckon("serve", "--home", folder.resolve("home").toString(), "--domain", "test.example");
        assertThat(run.exit()).isEqualTo(Exit.HOME.number());
        assertThat(run.err()).contains(folder.resolve("home").toString());
    }

    @Test
    void aDomainThatIsNoneIsRefused() {
        for (String domain : new String[] {"alice@test.example", "test example", ""}) {
            Run run = beckon("serve", "--home", folder.resolve("home").toString(), "--domain", domain);
            assertThat(run.exit()).as(domain).isEqualTo(Exit.CONFIG.number());
        }
        assertThat(folder.resolve("home")).doesNotExist();
    }

    @Test
    void aConfigurationFileThatIsWrongIsRefusedWithItsName() throws Exception {
        Path file = folder.resolve("service.conf");
        Files.writeString(file, "domian = test.example\n");
        Run run = beckon("serve", "--home", folder.resolve("home").toString(), "--config", file.toString());
        assertThat(run.exit()).isEqualTo(Exit.CONFIG.number());
        assertThat(run.err()).contains("domian", "service.conf");

        Files.writeString(file, "bind = \"127.0.0.1\"\n");
        Run unnamed = beckon("serve", "--home", folder.resolve("home").toString(), "--config", file.toString());
        assertThat(unnamed.exit()).isEqualTo(Exit.CONFIG.number());
        assertThat(unnamed.err()).contains("domain");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void whoAsksTwiceDoesNotWaitForTheClients() throws Exception {
        Process process = serve("--domain", "test.example", "--c2s-port", "0", "--bind", "127.0.0.1", "--json");
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            int port = JsonParser.parseString(out.readLine())
                    .getAsJsonObject()
                    .get("port")
                    .getAsInt();
            try (Socket client = new Socket("127.0.0.1", port)) {
                client.setSoTimeout(60_000);
                process.toHandle().destroy();
                // It has been told, and does not go: the service would wait for it.
                String told = "";
                while (!told.endsWith("</stream:stream>")) {
                    told += (char) client.getInputStream().read();
                }
                assertThat(told).contains("system-shutdown");
                process.toHandle().destroy();
                assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue())
                        .as("128 and the signal's number")
                        .isEqualTo(143);
            }
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void theLogGoesToStandardOutputWhereThatIsWanted() throws Exception {
        Process process = serve(
                "--domain",
                "test.example",
                "--c2s-port",
                "0",
                "--bind",
                "127.0.0.1",
                "--json",
                "--set",
                "log.to=stdout");
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            List<JsonObject> lines = new ArrayList<>();
            do {
                lines.add(JsonParser.parseString(out.readLine()).getAsJsonObject());
            } while (!lines.get(lines.size() - 1).has("event"));
            assertThat(lines)
                    .anySatisfy(line ->
                            assertThat(line.get("message").getAsString()).contains("test.example"));
        } finally {
            process.toHandle().destroy();
            process.waitFor();
        }
        assertThat(folder.resolve("home").resolve("service.log")).doesNotExist();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aHangUpHasItReadItsConfigurationAgain() throws Exception {
        assumeFalse(isHangUpIgnored(), "whoever runs under nohup hears of no hang-up, nor do the processes it starts");
        Path file = folder.resolve("beckon.conf");
        Files.writeString(file, "domain = test.example, bind = 127.0.0.1, c2s-port = 0, log.to = stdout\n");
        Process process = serve("--config", file.toString());
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            await(out, "ready ");
            Files.writeString(file, Files.readString(file) + "limits.connections = 7\n");
            hangUp(process);
            assertThat(await(out, "reloaded")).contains("limits.connections is now 7");
            Files.writeString(file, "limits.conections = 7\n");
            hangUp(process);
            assertThat(await(out, "nothing is reloaded")).contains("did you mean limits.connections?");
            Files.writeString(file, "domain = test.example, bind = 127.0.0.1, c2s-port = 0, log.to = stdout\n");

            Run run = beckon("reload", "--home", folder.resolve("home").toString());
            assertThat(run.exit()).as(run.err()).isZero();
            assertThat(run.out()).contains("limits.connections is now 50000");
        } finally {
            process.toHandle().destroy();
            process.waitFor();
        }
        Run gone = beckon(
                "backup",
                "--home",
                folder.resolve("home").toString(),
                folder.resolve("b").toString());
        assertThat(gone.exit()).as(gone.err()).isZero();
    }

    /** As far as can be seen: on Linux. */
    private static boolean isHangUpIgnored() throws IOException {
        Path status = Path.of("/proc/self/status");
        return Files.exists(status)
                && Files.readAllLines(status).stream().anyMatch(line -> line.matches("SigIgn:\\s+[0-9a-f]*[13579bdf]"));
    }

    private static void hangUp(Process process) throws Exception {
        assertThat(new ProcessBuilder("kill", "-HUP", Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    private static String await(BufferedReader out, String text) throws IOException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.contains(text)) {
                return line;
            }
        }
        throw new AssertionError("never said: " + text);
    }

    @Test
    void whetherItCouldStartIsSaidWithoutStartingIt() throws Exception {
        String home = folder.resolve("home").toString();
        Run good = beckon("serve", "--check", "--home", home, "--domain", "test.example", "--c2s-port", "0");
        assertThat(good.exit()).as(good.out()).isZero();
        assertThat(good.out().lines())
                .hasSize(4)
                .allSatisfy(line -> assertThat(line).startsWith("good"));
        assertThat(folder.resolve("home")).doesNotExist();

        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String port = Integer.toString(taken.getLocalPort());
            Run wrong = beckon(
                    "serve",
                    "--check",
                    "--home",
                    home,
                    "--domain",
                    "test.example",
                    "--bind",
                    "127.0.0.1",
                    "--c2s-port",
                    port,
                    "--json");
            assertThat(wrong.exit()).isEqualTo(Exit.PORT.number());
            assertThat(wrong.objects())
                    .filteredOn(each -> !each.get("good").getAsBoolean())
                    .hasSize(1);
        }
        Files.createDirectory(folder.resolve("home"));
        Files.writeString(folder.resolve("home").resolve("beckon.db"), "SQLite format 3\0 and then nothing");
        Files.writeString(folder.resolve("a.pem"), "no certificate");
        Run both = beckon(
                "serve",
                "--check",
                "--home",
                home,
                "--domain",
                "test.example",
                "--c2s-port",
                "0",
                "--set",
                "tls.certificate=" + folder.resolve("a.pem"),
                "--set",
                "tls.key=" + folder.resolve("a.pem"));
        assertThat(both.exit()).isEqualTo(Exit.HOME.number());
        assertThat(both.out()).contains("beckon.db", "a.pem");
    }

    @Test
    void theConfigurationThatIsPrintedIsTheDefaults() throws Exception {
        Run run = beckon("config");
        assertThat(run.exit()).isZero();
        Path file = folder.resolve("beckon.conf");
        Files.writeString(file, run.out());
        String home = folder.resolve("home").toString();
        ServiceConfig defaults = ServiceConfig.of(folder, "example.org");
        assertThat(defaults.withFile(
                                Files.writeString(file, run.out().replace("domain = \"\"", "domain = example.org")))
                        .differing(defaults))
                .isEmpty();
        Files.writeString(file, run.out());
        Run unnamed = beckon("serve", "--check", "--home", home, "--config", file.toString());
        assertThat(unnamed.exit()).isEqualTo(Exit.CONFIG.number());
        assertThat(unnamed.err()).contains("domain");
        Run named = beckon(
                "serve",
                "--check",
                "--home",
                home,
                "--domain",
                "test.example",
                "--config",
                file.toString(),
                "--c2s-port",
                "0");
        assertThat(named.exit()).as(named.err()).isZero();
    }

    private Process serve(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC"));
        if (Runtime.version().feature() >= 24) {
            // As the launcher does, or the JVM itself writes warnings to standard error.
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                "dev.beckon.cli.Main",
                "serve",
                "--home",
                folder.resolve("home").toString()));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).start();
        // What waits for words that never come waits for the end of it.
        CompletableFuture.delayedExecutor(100, TimeUnit.SECONDS).execute(process::destroyForcibly);
        return process;
    }
}
