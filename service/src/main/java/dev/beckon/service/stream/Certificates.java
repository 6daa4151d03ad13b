package dev.beckon.service.stream;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.ByteArrayInputStream;
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
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import org.jspecify.annotations.Nullable;
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
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
    private static final String REJECT_RENEGOTIATION = "jdk.tls.rejectClientInitiatedRenegotiation";

    static {
        // A renegotiation costs a client nothing and the service a handshake. No XMPP client needs one, and TLS 1.3 has
        // none. The JDK
        // reads this once, when the first engine is made; who runs the service may have set it.
        if (System.getProperty(REJECT_RENEGOTIATION) == null) {
            System.setProperty(REJECT_RENEGOTIATION, "true");
        }
    }

    private Certificates() {}

    /** TLS with the operator's PEM files. Throws IOException, saying what is wrong with them. */
    public static SslContext ofFiles(Path certificate, Path key) throws IOException {
        try {
            SslContext tls = context(SslContextBuilder.forServer(certificate.toFile(), key.toFile()));
            OperatorFiles.check(certificate, key);
            return tls;
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "cannot use the certificate " + certificate + " with the key " + key
                            + " (a PEM chain and an unencrypted PKCS#8 PEM key are wanted): " + e.getMessage(),
                    e);
        }
    }

    /** TLS with the self-signed certificate of {@code home}, which is made if it is missing, has expired, or is for another domain. */
    public static SslContext selfSigned(Path home, String domain) throws IOException {
        Path folder = home.resolve("tls");
        Path keystore = folder.resolve("keystore.p12");
        Path password = folder.resolve("password");
        try {
            if (!isGood(keystore, password, domain)) {
                make(folder, keystore, password, domain);
            }
            char[] secret =
                    Files.readString(password, StandardCharsets.UTF_8).strip().toCharArray();
            KeyStore keys = load(keystore, secret);
            publish(home.resolve(PUBLIC_FILE), keys.getCertificate(ALIAS));
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(keys, secret);
            return context(SslContextBuilder.forServer(factory));
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    "cannot use " + keystore + ": " + e.getMessage() + "; remove the folder to have it made anew", e);
        }
    }

    private static SslContext context(SslContextBuilder builder) throws IOException {
        // Sessions are cached for 10 minutes and not without end: a resumed handshake is cheap, memory is not.
        return builder.protocols(PROTOCOLS)
                .sessionCacheSize(1_000)
                .sessionTimeout(TimeUnit.MINUTES.toSeconds(10))
                .build();
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
            certificate.checkValidity();
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
    private static void make(Path folder, Path keystore, Path password, String domain) throws IOException {
        createPrivateFolder(folder);
        Path newKeystore = folder.resolve("keystore.new");
        Path newPassword = folder.resolve("password.new");
        Files.deleteIfExists(newKeystore);
        Files.deleteIfExists(newPassword);
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        Files.createFile(newPassword, ownerOnly(folder, "rw-------"));
        Files.writeString(newPassword, Base64.getUrlEncoder().encodeToString(random) + "\n", StandardCharsets.UTF_8);
        keytool(newKeystore, newPassword, domain);
        if (isPosix(folder)) {
            Files.setPosixFilePermissions(newKeystore, PosixFilePermissions.fromString("rw-------"));
        }
        Files.deleteIfExists(keystore);
        Files.move(newPassword, password, StandardCopyOption.REPLACE_EXISTING);
        Files.move(newKeystore, keystore, StandardCopyOption.REPLACE_EXISTING);
        LOG.info("made a self-signed certificate for {}", domain);
    }

    private static void keytool(Path keystore, Path password, String domain) throws IOException {
        String name = ascii(domain);
        boolean address = name.startsWith("[") || name.matches("[0-9]+(\\.[0-9]+){3}");
        String bare = name.replace("[", "").replace("]", "");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        ALIAS,
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-sigalg",
                        "SHA256withECDSA",
                        "-validity",
                        "3650",
                        "-dname",
                        "CN=" + bare.replace(":", "\\:"),
                        "-ext",
                        "san=" + (address ? "ip:" : "dns:") + bare,
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        keystore.toString(),
                        "-storepass:file",
                        password.toString())
                .redirectErrorStream(true)
                .start();
        try {
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readNBytes(10_000), StandardCharsets.UTF_8);
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException("keytool could not make a certificate for " + domain + ": " + said.strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a certificate was made", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static void publish(Path file, @Nullable Certificate certificate)
            throws IOException, GeneralSecurityException {
        if (certificate == null) {
            throw new GeneralSecurityException("it holds no certificate");
        }
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

    private static String ascii(String domain) {
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
