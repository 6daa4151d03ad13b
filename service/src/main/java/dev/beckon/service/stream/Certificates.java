package dev.beckon.service.stream;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate the service shows: the operator's, or one it signs itself at its first start. The self-signed one is kept under the
 * home folder: {@code tls/keystore.p12} and {@code tls/password} for the service alone, {@code certificate.pem} for anyone to trust.
 */
public final class Certificates {
    /** Where the public part lies, under the home folder. */
    public static final String PUBLIC_FILE = "certificate.pem";

    private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);
    private static final String ALIAS = "beckon";
    private static final int VALID_DAYS = 3650;

    private Certificates() {}

    /** TLS with the operator's PEM files. Throws IOException, saying what is wrong with them. */
    public static Tls ofFiles(Path certificate, Path key) throws IOException {
        return OperatorFiles.read(certificate, key);
    }

    /** TLS with the self-signed certificate of {@code home}, which is made if it is missing, runs out soon, or is for another domain. */
    public static Tls selfSigned(Path home, String domain) throws IOException {
        return selfSigned(home, domain, VALID_DAYS);
    }

    /** Likewise, valid for so many days where it is made. */
    static Tls selfSigned(Path home, String domain, int days) throws IOException {
        Path folder = home.resolve("tls");
        Path keystore = folder.resolve("keystore.p12");
        Path password = folder.resolve("password");
        try {
            if (!isGood(keystore, password, domain)) {
                make(folder, keystore, password, domain, days);
            }
            char[] secret =
                    Files.readString(password, StandardCharsets.UTF_8).strip().toCharArray();
            KeyStore keys = load(keystore, secret);
            X509Certificate certificate = (X509Certificate) keys.getCertificate(ALIAS);
            PrivateKey key = (PrivateKey) keys.getKey(ALIAS, secret);
            if (certificate == null || key == null) {
                throw new GeneralSecurityException("it holds no certificate");
            }
            publish(home.resolve(PUBLIC_FILE), certificate);
            return Tls.of(key, List.of(certificate));
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    "cannot use " + keystore + ": " + e.getMessage() + "; remove the folder to have it made anew", e);
        }
    }

    private static boolean isGood(Path keystore, Path password, String domain) throws IOException {
        if (!Files.exists(keystore) || !Files.exists(password)) {
            return false;
        }
        try {
            char[] secret =
                    Files.readString(password, StandardCharsets.UTF_8).strip().toCharArray();
            X509Certificate certificate =
                    (X509Certificate) load(keystore, secret).getCertificate(ALIAS);
            if (certificate == null) {
                return false;
            }
            certificate.checkValidity(Date.from(Instant.now().plus(CertificateWatch.EARLY)));
            if (!names(certificate).contains(ascii(domain))) {
                LOG.warn("the certificate in {} is not for {}, a new one is made", keystore, domain);
                return false;
            }
            return true;
        } catch (GeneralSecurityException e) {
            LOG.warn("the certificate in {} cannot be used any more, a new one is made: {}", keystore, e.toString());
            return false;
        }
    }

    private static List<String> names(X509Certificate certificate) throws GeneralSecurityException {
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        return names == null
                ? List.of()
                : names.stream().map(name -> name.get(1).toString()).toList();
    }

    private static KeyStore load(Path keystore, char[] secret) throws IOException, GeneralSecurityException {
        byte[] stored = Files.readAllBytes(keystore);
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try {
            keys.load(new ByteArrayInputStream(stored), secret);
        } catch (IOException e) {
            throw new GeneralSecurityException(e.getMessage(), e);
        }
        return keys;
    }

    /** Made beside its place and moved there when whole, so that a crash leaves no half of it. */
    private static void make(Path folder, Path keystore, Path password, String domain, int days)
            throws IOException, GeneralSecurityException {
        createPrivateFolder(folder);
        Path newKeystore = folder.resolve("keystore.new");
        Path newPassword = folder.resolve("password.new");
        Files.deleteIfExists(newKeystore);
        Files.deleteIfExists(newPassword);
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        String secret = Base64.getUrlEncoder().encodeToString(random);
        FileAttribute<?>[] ownerOnly = ownerOnly(folder, "rw-------");
        Files.writeString(Files.createFile(newPassword, ownerOnly), secret + "\n", StandardCharsets.UTF_8);
        SelfSigned made = SelfSigned.of(ascii(domain), days);
        Files.write(Files.createFile(newKeystore, ownerOnly), keystore(made, secret.toCharArray()));
        Files.deleteIfExists(keystore);
        Files.move(newPassword, password, StandardCopyOption.REPLACE_EXISTING);
        Files.move(newKeystore, keystore, StandardCopyOption.REPLACE_EXISTING);
        LOG.info("made a self-signed certificate for {}", domain);
    }

    private static byte[] keystore(SelfSigned made, char[] secret) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry(ALIAS, made.keys().getPrivate(), secret, new Certificate[] {made.certificate()});
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        keys.store(out, secret);
        return out.toByteArray();
    }

    private static void publish(Path file, X509Certificate certificate) throws IOException, GeneralSecurityException {
        String pem = "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
                + "\n-----END CERTIFICATE-----\n";
        if (!Files.exists(file)
                || !Files.readString(file, StandardCharsets.UTF_8).equals(pem)) {
            Path whole = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(whole, pem, StandardCharsets.US_ASCII);
            Files.move(whole, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    static String ascii(String domain) {
        return domain.startsWith("[") ? domain : IDN.toASCII(domain);
    }

    /** Makes a folder that only its owner may enter, if it is missing. */
    public static void createPrivateFolder(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        Path parent = folder.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.createDirectory(folder, ownerOnly(folder, "rwx------"));
    }

    private static FileAttribute<?>[] ownerOnly(Path at, String permissions) {
        return isPosix(at)
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    private static boolean isPosix(Path at) {
        return at.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
