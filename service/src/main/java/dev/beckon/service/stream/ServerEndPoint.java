package dev.beckon.service.stream;

import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidParameterSpecException;
import java.security.spec.PSSParameterSpec;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The channel binding {@code tls-server-end-point} (RFC 5929 §4): a hash of the certificate that the service has shown. */
final class ServerEndPoint {
    /** Its name as SCRAM and XEP-0440 write it. */
    static final String NAME = "tls-server-end-point";

    private ServerEndPoint() {}

    /** What a channel is bound to on which this certificate was shown; null where that is not defined. Not to be changed. */
    static byte @Nullable [] of(X509Certificate certificate) {
        try {
            String hash = hash(certificate);
            return hash == null ? null : MessageDigest.getInstance(hash).digest(certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            // A hash that this JDK does not have: no client can be told what the channel is bound to.
            return null;
        }
    }

    /** RFC 5929 §4.1: the hash of the certificate's signature, but no weaker one than SHA-256; null where there is none. */
    private static @Nullable String hash(X509Certificate certificate) throws GeneralSecurityException {
        String algorithm = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
        String hash = algorithm.equals("RSASSA-PSS") ? pssHash(certificate) : ofSignature(algorithm);
        if (hash == null) {
            return null;
        }
        return switch (hash) {
            case "MD5", "SHA1", "SHA-1" -> "SHA-256";
            // The names of hashes are written together in those of signatures.
            case "SHA224", "SHA256", "SHA384", "SHA512" -> "SHA-" + hash.substring(3);
            default -> hash;
        };
    }

    /** As in {@code SHA384withECDSA}; Ed25519 has no hash of its own. */
    private static @Nullable String ofSignature(String algorithm) {
        int with = algorithm.indexOf("WITH");
        return with < 0 ? null : algorithm.substring(0, with);
    }

    private static @Nullable String pssHash(X509Certificate certificate) throws GeneralSecurityException {
        byte[] encoded = certificate.getSigAlgParams();
        if (encoded == null) {
            return null;
        }
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
            parameters.init(encoded);
            return parameters
                    .getParameterSpec(PSSParameterSpec.class)
                    .getDigestAlgorithm()
                    .toUpperCase(Locale.ROOT);
        } catch (IOException e) {
            throw new InvalidParameterSpecException(e.getMessage());
        }
    }
}
