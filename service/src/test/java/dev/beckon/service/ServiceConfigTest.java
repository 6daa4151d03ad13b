package dev.beckon.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceConfigTest {
    @TempDir
    Path home;

    @Test
    void aFileHasTheLastWord() throws IOException {
        Path file = home.resolve("beckon.conf");
        Files.writeString(file, """
                # comment
                c2s-port = 0
                open-registration = on
                lock { environment = test, md5 = true, ticket-life = 30 s }
                limits { stanza-bytes = 64 KiB, idle-time = 90 s, registrations-per-hour = 7 }
                limits { stanzas-per-second = 50, outbound-bytes-in-all = 2 MiB }
                tls { certificate = certs/a.pem, key = certs/a.key }
                """);
        ServiceConfig config = ServiceConfig.of(home, "Example.ORG").withFile(file);
        assertThat(config.domain()).isEqualTo("example.org");
        assertThat(config.port()).isZero();
        assertThat(config.openRegistration()).isTrue();
        assertThat(config.md5Lock()).isTrue();
        assertThat(config.ticketLife()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.limits().stanzaBytes()).isEqualTo(65_536);
        assertThat(config.limits().idleTime()).isEqualTo(Duration.ofSeconds(90));
        assertThat(config.limits().registrationsPerHour()).isEqualTo(7);
        assertThat(config.limits().load().stanzasPerSecond()).isEqualTo(50);
        assertThat(config.limits().load().outboundBytesInAll()).isEqualTo(2 * 1024 * 1024);
        assertThat(config.limits().outboundBytes()).isEqualTo(Limits.DEFAULT.outboundBytes());
        assertThat(config.certificate()).isEqualTo(home.resolve("certs/a.pem"));
        assertThat(config.scramIterations()).isEqualTo(10_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "prot = 5222",
                "c2s-port = 70000",
                "c2s-port = many",
                "scram-iterations = 1",
                "lock.environment = staging",
                "lock.ticket-life = 9 s",
                "lock.ticket-life = 2 d",
                "limits.stanza-bytes = 10",
                "limits.stanza-bytes = 5 GiB",
                "limits.idle-time = 0 s",
                "limits.registrations-per-hour = 0",
                "limits.stanzas-per-second = 0",
                "limits.outbound-bytes-in-all = 10",
                "domain = \"a b\"",
                "tls.certificate = a.pem",
                "tls.at-proxy = true",
                "c2s-port = {"
            })
    void whatMakesNoSenseIsNamed(String line) throws IOException {
        Path file = home.resolve("beckon.conf");
        Files.writeString(file, line);
        assertThatThrownBy(() -> ServiceConfig.of(home, "example.org").withFile(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("beckon.conf");
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> ServiceConfig.of(home, "example.org").withFile(home.resolve("none")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("none");
    }

    @Test
    void aMisspeltSettingIsNamedWithItsLineAndTheNearestOne() throws IOException {
        Path file = home.resolve("beckon.conf");
        Files.writeString(file, "c2s-port = 0\nlimits {\n  idel-time = 3 s\n}\n");
        assertThatThrownBy(() -> ServiceConfig.of(home, "example.org").withFile(file))
                .hasMessage(file + ": 3: there is no setting limits.idel-time; did you mean limits.idle-time?");
        Files.writeString(file, "limits.connections = 0\n");
        assertThatThrownBy(() -> ServiceConfig.of(home, "example.org").withFile(file))
                .hasMessage(file + ": 1: limits.connections is 0, it must be at least 1");
    }

    @Test
    void theDefaultFileIsTheDefaults() throws IOException {
        Path file = home.resolve("beckon.conf");
        ServiceConfig defaults = ServiceConfig.of(home, "example.org");
        Files.writeString(file, ServiceConfig.defaultFile().replace("domain = \"\"", "domain = example.org"));
        ServiceConfig read = defaults.withFile(file);
        assertThat(read.differing(defaults)).isEmpty();
        assertThat(read.limits()).isEqualTo(Limits.DEFAULT);
        // Whatever was changed before, a file with everything says everything.
        assertThat(defaults.with("c2s-port = 1, lock.md5 = true, limits.idle-time = 5 s")
                        .withFile(file)
                        .differing(defaults))
                .isEmpty();
    }

    /** What is read but not in the file is an error when it is read; this is the other direction. */
    @Test
    void everySettingIsReadSomewhereAndDescribed() throws IOException {
        StringBuilder sources = new StringBuilder();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path source :
                    files.filter(each -> each.toString().endsWith(".java")).toList()) {
                sources.append(Files.readString(source));
            }
        }
        String manual = Files.readString(Path.of("../docs/service.md"));
        assertThat(Settings.DEFAULT.names()).hasSizeGreaterThan(20).allSatisfy(name -> {
            assertThat(sources).contains('"' + name + '"');
            assertThat(manual).contains('`' + name + '`');
        });
    }

    @Test
    void everySettingInTheDefaultFileHasAComment() {
        boolean commented = false;
        for (String line :
                ServiceConfig.defaultFile().lines().map(String::strip).toList()) {
            if (line.startsWith("#")) {
                commented = true;
            } else if (line.contains("=")) {
                assertThat(commented).as(line).isTrue();
            } else {
                commented = false;
            }
        }
    }
}
