package dev.beckon.service.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class CertificatesTest {
    @TempDir
    Path home;

    @Test
    void theSelfSignedOneIsForTheDomainAndIsKept() throws Exception {
        Certificates.selfSigned(home, "example.org");
        X509Certificate first = published();
        first.checkValidity();
        assertThat(first.getSubjectAlternativeNames())
                .anyMatch(name -> name.get(1).equals("example.org"));
        Certificates.selfSigned(home, "example.org");
        assertThat(published()).isEqualTo(first);
    }

    @Test
    void anotherDomainOrDamageMakesItAnew() throws Exception {
        Certificates.selfSigned(home, "example.org");
        X509Certificate first = published();
        Certificates.selfSigned(home, "127.0.0.1");
        assertThat(published()).isNotEqualTo(first);
        Files.write(home.resolve("tls/keystore.p12"), new byte[100]);
        Certificates.selfSigned(home, "b\u00fccher.example");
        assertThat(published().getSubjectAlternativeNames())
                .anyMatch(name -> name.get(1).equals("xn--bcher-kva.example"));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void onlyTheOwnerReadsTheKey() throws IOException {
        Certificates.selfSigned(home, "example.org");
        for (String secret : new String[] {"tls/keystore.p12", "tls/password"}) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve(secret))))
                    .isEqualTo("rw-------");
        }
        try (var files = Files.list(home.resolve("tls"))) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void theOperatorsOwnIsUsed() throws Exception {
        Certificates.selfSigned(home, "example.org");
        assertThat(Certificates.ofFiles(home.resolve("certificate.pem"), key(home))
                        .certificate())
                .isEqualTo(published());
    }

    @Test
    void aKeyOfAnotherCertificateIsRefusedAtTheStart(@TempDir Path other) throws Exception {
        Certificates.selfSigned(home, "example.org");
        Certificates.selfSigned(other, "example.org");
        assertThatThrownBy(() -> Certificates.ofFiles(home.resolve("certificate.pem"), key(other)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is not that of the first certificate");
    }

    private static Path key(Path home) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        char[] secret = Files.readString(home.resolve("tls/password")).strip().toCharArray();
        try (InputStream in = Files.newInputStream(home.resolve("tls/keystore.p12"))) {
            keys.load(in, secret);
        }
        byte[] key = keys.getKey("beckon", secret).getEncoded();
        return Files.writeString(
                home.resolve("key.pem"),
                "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(key)
                        + "\n-----END PRIVATE KEY-----\n");
    }

    @Test
    void unusableFilesAreNamed() throws IOException {
        Path bad = Files.writeString(home.resolve("bad.pem"), "hello", StandardCharsets.UTF_8);
        assertThatThrownBy(() -> Certificates.ofFiles(bad, bad))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("bad.pem");
        assertThatThrownBy(() -> Certificates.ofFiles(home.resolve("none.pem"), bad))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none.pem");
    }

    private X509Certificate published() throws Exception {
        try (InputStream in = Files.newInputStream(home.resolve(Certificates.PUBLIC_FILE))) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }
}
