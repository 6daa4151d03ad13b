package dev.beckon.service.stream;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the operator's certificate and key belong together and hold: what TLS itself would only find when a client comes. */
final class OperatorFiles {
    private static final Logger LOG = LoggerFactory.getLogger(OperatorFiles.class);
    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final Duration SOON = Duration.ofDays(14);

    private OperatorFiles() {}

    /** Throws IOException if they do not belong together; warns of a certificate that runs out and of a key that others can read. */
    static void check(Path certificate, Path key) throws IOException {
        try (InputStream in = Files.newInputStream(certificate)) {
            // The server's own comes first (RFC 8446 §4.4.2); those that vouch for it follow.
            X509Certificate own =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
            if (!belongTogether(own.getPublicKey(), privateKey(key, own.getPublicKey()))) {
                throw new IOException("the key " + key + " is not that of the first certificate in " + certificate
                        + "; the server's own certificate must come first");
            }
            Instant end = own.getNotAfter().toInstant();
            if (end.isBefore(Instant.now().plus(SOON))) {
                LOG.warn("the certificate {} runs out at {}; renew it and start the service again", certificate, end);
            }
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot use the certificate " + certificate + " with the key " + key + ": " + e, e);
        }
        if (key.getFileSystem().supportedFileAttributeViews().contains("posix")
                && Files.getPosixFilePermissions(key).contains(PosixFilePermission.OTHERS_READ)) {
            LOG.warn("everybody on this computer can read the key {}; take that right away (chmod o-r)", key);
        }
    }

    private static PrivateKey privateKey(Path file, PublicKey fitting) throws IOException, GeneralSecurityException {
        Matcher pem = PKCS8.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
        if (!pem.find()) {
            throw new IOException(file + " is no unencrypted PKCS#8 key; convert it: openssl pkcs8 -topk8 -nocrypt -in "
                    + file + " -out <new file>");
        }
        byte[] encoded = Base64.getMimeDecoder().decode(pem.group(1));
        return KeyFactory.getInstance(fitting.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(encoded));
    }

    private static boolean belongTogether(PublicKey open, PrivateKey secret) throws GeneralSecurityException {
        byte[] probe = "beckon".getBytes(StandardCharsets.US_ASCII);
        Signature signature = Signature.getInstance(
                open.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256with" + open.getAlgorithm());
        signature.initSign(secret);
        signature.update(probe);
        byte[] signed = signature.sign();
        signature.initVerify(open);
        signature.update(probe);
        return signature.verify(signed);
    }
}
