package dev.beckon.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.security.spec.PSSParameterSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 5929 §4.1. */
class ServerEndPointTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "EC, SHA256withECDSA, SHA-256",
        "EC, SHA384withECDSA, SHA-384",
        "RSA, SHA512withRSA, SHA-512",
        "RSA, SHA1withRSA, SHA-256",
        "RSA, MD5withRSA, SHA-256"
    })
    void itIsTheHashThatTheCertificateWasSignedWithButNoneThatIsBroken(String key, String signature, String hash)
            throws Exception {
        X509Certificate certificate = certificate(key, signature);
        assertThat(ServerEndPoint.of(certificate))
                .isEqualTo(MessageDigest.getInstance(hash).digest(certificate.getEncoded()));
    }

    @Test
    void aSignatureThatNamesItsHashBesideItIsReadToTheEnd() throws Exception {
        X509Certificate certificate = certificate("RSA", "RSASSA-PSS");
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
        parameters.init(certificate.getSigAlgParams());
        // Which one the JDK's keytool takes depends on its version.
        String hash = parameters.getParameterSpec(PSSParameterSpec.class).getDigestAlgorithm();
        assertThat(ServerEndPoint.of(certificate))
                .isEqualTo(MessageDigest.getInstance(hash).digest(certificate.getEncoded()));
    }

    @Test
    void aSignatureWithoutAHashOfItsOwnDefinesNone() throws Exception {
        assertThat(ServerEndPoint.of(certificate("Ed25519", "Ed25519"))).isNull();
    }

    private X509Certificate certificate(String key, String signature) throws Exception {
        Path store = folder.resolve("store.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "own",
                        "-keyalg",
                        key,
                        "-sigalg",
                        signature,
                        "-dname",
                        "CN=example.test",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "secret",
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(said).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, "secret".toCharArray());
        }
        return (X509Certificate) keys.getCertificate("own");
    }
}
