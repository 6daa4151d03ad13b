package dev.beckon.service.lock;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * An application's answer to a challenge.
 *
 * @param app its application ID
 * @param value what it sent, as text
 */
record Response(String app, Mechanism mechanism, String value) {
    /** How an answer is computed. */
    enum Mechanism {
        /** base64 of HMAC-SHA-256, keyed with the key, over nonce, 0x00, application ID, 0x00, bare JID. */
        HMAC_SHA_256("HMAC-SHA-256"),
        /** Hexadecimal MD5 of challenge and key, as applications of the original compute it. */
        MD5("MD5");

        final String wireName;

        Mechanism(String wireName) {
            this.wireName = wireName;
        }
    }

    /** Whether it was made by one who has the key. Takes the same time whichever byte is wrong. */
    boolean proves(String secret, String nonce, String bareJid) {
        try {
            String expected = switch (mechanism) {
                case HMAC_SHA_256 -> hmac(secret, nonce, app, bareJid);
                case MD5 -> md5(nonce + secret);
            };
            String given = mechanism == Mechanism.MD5 ? value.toLowerCase(Locale.ROOT) : value;
            return MessageDigest.isEqual(
                    expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + mechanism, e);
        }
    }

    private static String hmac(String secret, String nonce, String app, String bareJid)
            throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        String covered = nonce + '\0' + app + '\0' + bareJid;
        return Base64.getEncoder().encodeToString(mac.doFinal(covered.getBytes(StandardCharsets.UTF_8)));
    }

    private static String md5(String text) throws GeneralSecurityException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8)));
    }
}
