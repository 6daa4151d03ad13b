package dev.beckon.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
        assertThat(config.limits().load())
                .isEqualTo(new Load(50, Load.DEFAULT.failedSignInsPerMinute(), 2 * 1024 * 1024));
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
}
