package dev.beckon.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.beckon.ResultCode;
import dev.beckon.SessionException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustTest {
    @TempDir
    Path folder;

    private Path certificate(String name, String names) throws Exception {
        Path pem = folder.resolve(name + ".pem");
        Path store = folder.resolve(name + ".p12");
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        run(
                keytool,
                "-genkeypair",
                "-alias",
                "a",
                "-keyalg",
                "EC",
                "-dname",
                "CN=common.example",
                "-ext",
                "san=" + names,
                "-keystore",
                store.toString(),
                "-storepass",
                "changeit",
                "-validity",
                "2");
        run(
                keytool,
                "-exportcert",
                "-rfc",
                "-alias",
                "a",
                "-keystore",
                store.toString(),
                "-storepass",
                "changeit",
                "-file",
                pem.toString());
        return pem;
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    private static X509Certificate read(Path pem) throws Exception {
        try (InputStream in = Files.newInputStream(pem)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    @Test
    void aCertificateBearsItsNamesAndNoOthers() throws Exception {
        X509Certificate certificate =
                read(certificate("names", "dns:chat.example.org,dns:*.example.com,dns:*.org,ip:192.0.2.1"));

        for (String borne : List.of("chat.example.org", "CHAT.example.org", "a.example.com", "192.0.2.1")) {
            assertThat(Trust.bears(certificate, borne)).as(borne).isTrue();
        }
        for (String other : List.of(
                "example.org",
                "x.chat.example.org",
                "example.com",
                "a.b.example.com",
                "beckon.org",
                "192.0.2.2",
                "common.example",
                "org",
                "")) {
            assertThat(Trust.bears(certificate, other)).as(other).isFalse();
        }
    }

    @Test
    void aNamedCertificateIsTrustedAsItIsAndAnotherIsNot() throws Exception {
        Path named = certificate("named", "dns:a.example");
        Path other = certificate("other", "dns:a.example");
        Trust trust = Trust.of(List.of(named));

        trust.checkServerTrusted(new X509Certificate[] {read(named)}, "ECDHE_ECDSA");
        assertThatThrownBy(() -> trust.checkServerTrusted(new X509Certificate[] {read(other)}, "ECDHE_ECDSA"))
                .isInstanceOf(CertificateException.class);
    }

    @Test
    void aFileThatHoldsNoCertificateIsNamed() throws Exception {
        Path empty = Files.writeString(folder.resolve("empty.pem"), "");
        Path missing = folder.resolve("missing.pem");

        for (Path file : List.of(empty, missing)) {
            assertThatThrownBy(() -> Trust.of(List.of(file))).isInstanceOfSatisfying(SessionException.class, e -> {
                assertThat(e.code()).isEqualTo(ResultCode.E_INVALIDARG);
                assertThat(e.problem()).contains(file.toString());
            });
        }
    }
}
