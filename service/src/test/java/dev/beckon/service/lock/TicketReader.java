package dev.beckon.service.lock;

import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a published key as a recipient would. */
final class TicketReader {
    private static final Pattern X = Pattern.compile("\"x\":\"([^\"]+)\"");

    private TicketReader() {}

    static PublicKey publicKey(String jwk) throws Exception {
        Matcher x = X.matcher(jwk);
        if (!x.find()) {
            throw new AssertionError("no key: " + jwk);
        }
        // RFC 8410 §10.1: what stands before the 32 bytes of every Ed25519 key.
        byte[] prefix = HexFormat.of().parseHex("302a300506032b6570032100");
        byte[] raw = Base64.getUrlDecoder().decode(x.group(1));
        byte[] encoded = new byte[prefix.length + raw.length];
        System.arraycopy(prefix, 0, encoded, 0, prefix.length);
        System.arraycopy(raw, 0, encoded, prefix.length, raw.length);
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
    }
}
