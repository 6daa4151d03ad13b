package dev.beckon.cli;

import static dev.beckon.cli.Run.beckon;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
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
        Process process = serve("--domain", "test.example", "--c2s-port", "0", "--bind", "127.0.0.1", "--json");
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            JsonObject ready = JsonParser.parseString(out.readLine()).getAsJsonObject();
            assertThat(ready.get("event").getAsString()).isEqualTo("ready");
            assertThat(ready.get("domain").getAsString()).isEqualTo("test.example");
            assertThat(ready.get("port").getAsInt()).isPositive();
            try (var socket = new java.net.Socket("127.0.0.1", ready.get("port").getAsInt())) {
                assertThat(socket.isConnected()).isTrue();
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
        return new ProcessBuilder(command).start();
    }
}
