package dev.beckon.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.Live;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateWatchTest {
    @TempDir
    Path home;

    private Instant now = Instant.now();
    private final Clock clock = new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    };

    @Test
    void itWarnsThirtySevenAndOneDayBeforeTheEnd() throws IOException {
        Tls tls = Certificates.selfSigned(home, "example.org");
        CertificateWatch watch = new CertificateWatch(new Live<>(tls), () -> null, clock);
        assertThat(watch.check()).isFalse();
        before(tls, Duration.ofDays(29));
        assertThat(watch.check()).isTrue();
        assertThat(watch.check()).as("once is enough").isFalse();
        before(tls, Duration.ofDays(8));
        assertThat(watch.check()).isFalse();
        before(tls, Duration.ofDays(6));
        assertThat(watch.check()).isTrue();
        before(tls, Duration.ofDays(2));
        assertThat(watch.check()).isFalse();
        before(tls, Duration.ofHours(20));
        assertThat(watch.check()).isTrue();
        assertThat(watch.check()).as("the last day, each time").isTrue();
        before(tls, Duration.ofHours(-1));
        assertThat(watch.check()).isTrue();
    }

    private void before(Tls tls, Duration left) {
        now = tls.certificate().getNotAfter().toInstant().minus(left);
    }

    @Test
    void theServicesOwnIsRenewedBeforeItsEnd() throws IOException {
        Tls old = Certificates.selfSigned(home, "example.org", 10);
        String published = Files.readString(home.resolve(Certificates.PUBLIC_FILE));
        Live<Tls> shown = new Live<>(old);
        CertificateWatch watch =
                new CertificateWatch(shown, () -> Certificates.selfSigned(home, "example.org"), Clock.systemUTC());
        assertThat(watch.check()).isFalse();
        assertThat(shown.get().certificate().getNotAfter().toInstant())
                .isAfter(Instant.now().plus(Duration.ofDays(3000)));
        assertThat(Files.readString(home.resolve(Certificates.PUBLIC_FILE))).isNotEqualTo(published);
    }

    @Test
    void whatCannotBeRenewedIsKeptAndWarnedOf() throws IOException {
        Tls old = Certificates.selfSigned(home, "example.org", 10);
        Live<Tls> shown = new Live<>(old);
        CertificateWatch watch = new CertificateWatch(
                shown,
                () -> {
                    throw new IOException("the disk is full");
                },
                Clock.systemUTC());
        assertThat(watch.check()).isTrue();
        assertThat(shown.get()).isSameAs(old);
    }
}
