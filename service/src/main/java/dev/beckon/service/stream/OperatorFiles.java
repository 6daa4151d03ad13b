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
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operator's certificate and key, held to what TLS itself would only find when a client comes: that they belong together and last. */
final class OperatorFiles {
    private static final Logger LOG = LoggerFactory.getLogger(OperatorFiles.class);
    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    private OperatorFiles() {}

    /** Throws IOException, saying what is wrong; warns of a key that others can read. */
    static Tls read(Path certificate, Path key) throws IOException {
        try {
            List<X509Certificate> chain = chain(certificate);
            // The server's own comes first (RFC 8446 §4.4.2); those that vouch for it follow.
            X509Certificate own = chain.get(0);
            PrivateKey secret = privateKey(key, own.getPublicKey());
            if (!belongTogether(own.getPublicKey(), secret)) {
                throw new IOException("the key " + key + " is not that of the first certificate in " + certificate
                        + "; the server's own certificate must come first");
            }
            Tls tls = Tls.of(secret, chain);
            warnOfReaders(key);
            return tls;
        } catch (GeneralSecurityException | SSLException e) {
            throw new IOException(
                    "cannot use the certificate " + certificate + " with the key " + key
                            + " (a PEM chain and an unencrypted PKCS#8 PEM key are wanted): " + e.getMessage(),
                    e);
        }
    }

    private static List<X509Certificate> chain(Path file) throws IOException, GeneralSecurityException {
        List<X509Certificate> chain = new ArrayList<>();
        try (InputStream in = Files.newInputStream(file)) {
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                chain.add((X509Certificate) each);
            }
        }
        if (chain.isEmpty()) {
            throw new IOException("there is no certificate in " + file + "; a PEM chain is wanted");
        }
        return chain;
    }

    private static void warnOfReaders(Path key) throws IOException {
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
