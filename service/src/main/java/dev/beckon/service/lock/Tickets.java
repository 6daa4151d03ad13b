package dev.beckon.service.lock;

import dev.beckon.service.store.LockKey;
import dev.beckon.service.store.SigningKeys.SigningKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/** Writes tickets (compact JWS, RFC 7515, signed with Ed25519 as RFC 8037 has it) and the keys to verify them (RFC 7517). */
final class Tickets {
    private static final Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    private static final int PUBLIC_BYTES = 32;

    private final String issuer;
    private final List<SigningKey> keys;
    private final SecureRandom random = new SecureRandom();

    /** @param keys the first one signs, all are published */
    Tickets(String issuer, List<SigningKey> keys) {
        this.issuer = issuer;
        this.keys = keys;
    }

    /** A ticket for the holder of a key; times are whole seconds. */
    String sign(LockKey key, String bareJid, Instant issued, Instant expires) {
        SigningKey signing = keys.get(0);
        byte[] id = new byte[16];
        random.nextBytes(id);
        String header = "{\"alg\":\"EdDSA\",\"kid\":" + quoted(signing.kid()) + "}";
        String claims = "{\"iss\":" + quoted(issuer)
                + ",\"sub\":" + quoted(bareJid)
                + ",\"app\":" + quoted(key.app())
                + ",\"guid\":" + key.guids().stream().map(Tickets::quoted).collect(Collectors.joining(",", "[", "]"))
                + ",\"env\":" + quoted(key.environment().wireName())
                + ",\"iat\":" + issued.getEpochSecond()
                + ",\"exp\":" + expires.getEpochSecond()
                + ",\"jti\":" + quoted(base64.encodeToString(id)) + "}";
        String signed = encoded(header) + "." + encoded(claims);
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(signing.pair().getPrivate());
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + base64.encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the key " + signing.kid() + " does not sign", e);
        }
    }

    /** The public keys, one JWK each. */
    List<String> jwks() {
        return keys.stream()
                .map(key -> "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":" + quoted(key.kid()) + ",\"x\":"
                        + quoted(base64.encodeToString(raw(key))) + ",\"use\":\"sig\",\"alg\":\"EdDSA\"}")
                .toList();
    }

    /** RFC 8410 §4: the key is what the encoding ends with. */
    private static byte[] raw(SigningKey key) {
        byte[] encoded = key.pair().getPublic().getEncoded();
        return Arrays.copyOfRange(encoded, encoded.length - PUBLIC_BYTES, encoded.length);
    }

    private static String encoded(String json) {
        return base64.encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }
}
