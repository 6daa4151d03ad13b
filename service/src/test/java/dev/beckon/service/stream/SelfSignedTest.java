package dev.beckon.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelfSignedTest {
    @ParameterizedTest
    @CsvSource({"example.org, 2, example.org", "127.0.0.1, 7, 127.0.0.1", "[::1], 7, 0:0:0:0:0:0:0:1"})
    void itIsForItsDomainAndNoOther(String domain, int kind, String name) throws Exception {
        X509Certificate certificate = SelfSigned.of(domain, 30).certificate();

        assertThat(certificate.getSubjectAlternativeNames()).containsExactly(List.of(kind, name));
        assertThat(certificate.getSubjectX500Principal()).isEqualTo(certificate.getIssuerX500Principal());
        assertThat(certificate.getVersion()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"1", "3650", "36500"})
    void itVouchesForItsOwnKeyFromNowOnForAsLongAsWasAsked(int days) throws Exception {
        SelfSigned made = SelfSigned.of("example.org", days);
        X509Certificate certificate = made.certificate();

        certificate.verify(made.keys().getPublic());
        certificate.checkValidity();
        assertThat(Duration.between(
                        certificate.getNotBefore().toInstant(),
                        certificate.getNotAfter().toInstant()))
                .isEqualTo(Duration.ofDays(days));
        assertThat(certificate.getNotBefore().toInstant()).isBeforeOrEqualTo(Instant.now());
    }

    @Test
    void aNameTooLongForAShortLengthIsWrittenWhole() throws Exception {
        String domain = ("a".repeat(60) + ".").repeat(4) + "example";

        X509Certificate certificate = SelfSigned.of(domain, 30).certificate();

        assertThat(certificate.getSubjectAlternativeNames()).containsExactly(List.of(2, domain));
    }

    @Test
    void noTwoAreAlike() throws Exception {
        X509Certificate one = SelfSigned.of("example.org", 30).certificate();
        X509Certificate other = SelfSigned.of("example.org", 30).certificate();

        assertThat(one.getSerialNumber()).isPositive().isNotEqualTo(other.getSerialNumber());
        assertThat(one.getPublicKey()).isNotEqualTo(other.getPublicKey());
    }
}
