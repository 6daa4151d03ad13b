package dev.beckon.samples.whiteboard;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Where the inviter's whiteboard waits and how each side proves to the other that it belongs to the session. It travels as
 * context data, which only the two people can read; so who knows the nonce is the other one. The nonce itself never
 * crosses the connection between the whiteboards.
 *
 * @param port where the inviter's whiteboard listens
 * @param nonce 32 hexadecimal digits, fresh for every session
 */
record Invitation(int port, String nonce) {
    private static final Pattern FORM = Pattern.compile("whiteboard port=(\\d{1,5}) nonce=([0-9a-f]{32})");
    private static final SecureRandom RANDOM = new SecureRandom();

    /** One for this port, with a nonce nobody can guess. */
    static Invitation fresh(int port) {
        byte[] nonce = new byte[16];
        RANDOM.nextBytes(nonce);
        return new Invitation(port, HexFormat.of().formatHex(nonce));
    }

    /** Reads context data; null where it says something else. */
    static @Nullable Invitation parse(@Nullable String contextData) {
        if (contextData == null) {
            return null;
        }
        var match = FORM.matcher(contextData);
        if (!match.matches()) {
            return null;
        }
        int port = Integer.parseInt(match.group(1));
        return port < 1 || port > 65535 ? null : new Invitation(port, match.group(2));
    }

    /** As context data. */
    String contextData() {
        return "whiteboard port=" + port + " nonce=" + nonce;
    }

    /** The line with which a side greets; {@code side} keeps one from echoing the other's. */
    String greeting(String side, String sessionId) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(nonce.getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
            byte[] proof = mac.doFinal((side + " " + sessionId).getBytes(StandardCharsets.UTF_8));
            return "whiteboard/1 " + HexFormat.of().formatHex(proof);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    /** Whether a line is that side's greeting; takes the same time however much of it is right. */
    boolean isGreeting(@Nullable String line, String side, String sessionId) {
        return line != null
                && MessageDigest.isEqual(
                        line.getBytes(StandardCharsets.US_ASCII),
                        greeting(side, sessionId).getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public String toString() {
        return "port " + port;
    }
}
