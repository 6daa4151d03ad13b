package dev.beckon.xmpp;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A ticket as it travels: compact JWS (RFC 7515) with EdDSA (RFC 8037). What it says is worth nothing before
 * {@link #isSignedBy}.
 *
 * @param signed what the signature is over
 */
record SignedTicket(
        String kid,
        String issuer,
        String subject,
        Set<String> guids,
        String environment,
        Instant issued,
        Instant expires,
        byte[] signed,
        byte[] signature) {
    private static final Duration SKEW = Duration.ofSeconds(60);
    private static final int MAX_TEXT = 256;
    private static final int MAX_GUIDS = 256;
    private static final int SIGNATURE_BYTES = 64;
    // Digits only: of 1e999999999 a number would be made for hours.
    private static final Pattern SECONDS = Pattern.compile("\\d{1,12}");

    /** Reads one; nothing of it is verified. */
    static SignedTicket parse(String jws) throws Malformation {
        if (jws.length() > JmiCodec.TICKET_CHARACTERS) {
            throw new Malformation("it is too long");
        }
        String[] parts = jws.split("\\.", -1);
        if (parts.length != 3) {
            throw new Malformation("it is no compact JWS");
        }
        JsonObject header = json(decode(parts[0]));
        // RFC 8725 §3.1: the algorithm is ours to say, not the ticket's.
        if (!"EdDSA".equals(text(header, "alg"))) {
            throw new Malformation("its alg is not EdDSA");
        }
        // RFC 7515 §4.1.11: what must be understood is not.
        if (header.has("crit")) {
            throw new Malformation("it has critical extensions");
        }
        JsonObject claims = json(decode(parts[1]));
        byte[] signature = decode(parts[2]);
        if (signature.length != SIGNATURE_BYTES) {
            throw new Malformation("its signature has the wrong length");
        }
        return new SignedTicket(
                text(header, "kid"),
                text(claims, "iss"),
                text(claims, "sub"),
                guids(claims),
                text(claims, "env"),
                seconds(claims, "iat"),
                seconds(claims, "exp"),
                (parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII),
                signature);
    }

    /** What keeps it from being good for this invitation now, besides its signature; empty where nothing. */
    String objection(String fromBare, String guid, Instant now) {
        if (!subject.equals(fromBare)) {
            return "the ticket is another user's";
        }
        if (!guids.contains(guid)) {
            return "the ticket is for other applications";
        }
        if (!now.minus(SKEW).isBefore(expires)) {
            return "the ticket has expired";
        }
        if (issued.isAfter(now.plus(SKEW)) || !expires.isAfter(issued)) {
            return "the ticket is not valid yet";
        }
        return "";
    }

    boolean isSignedBy(PublicKey key) {
        try {
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(key);
            verifier.update(signed);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static byte[] decode(String part) throws Malformation {
        try {
            // RFC 7515 §2: base64url without padding.
            if (part.isEmpty() || part.indexOf('=') >= 0) {
                throw new Malformation("it is no base64url");
            }
            return Base64.getUrlDecoder().decode(part);
        } catch (IllegalArgumentException e) {
            throw new Malformation("it is no base64url");
        }
    }

    /** One JSON object, strictly. */
    static JsonObject json(byte[] utf8) throws Malformation {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
            JsonReader reader = new JsonReader(new StringReader(text));
            reader.setStrictness(Strictness.STRICT);
            JsonElement element = JsonParser.parseReader(reader);
            if (reader.peek() == JsonToken.END_DOCUMENT && element instanceof JsonObject object) {
                return object;
            }
        } catch (CharacterCodingException | JsonParseException | IllegalStateException e) {
            // said below
        } catch (IOException e) {
            // a string has no faults of its own: malformed JSON comes so too
        }
        throw new Malformation("it holds no JSON object");
    }

    /** A string member of one to 256 characters. */
    static String text(JsonObject object, String name) throws Malformation {
        @Nullable JsonElement value = object.get(name);
        if (value != null
                && value.isJsonPrimitive()
                && value.getAsJsonPrimitive().isString()) {
            String text = value.getAsString();
            if (!text.isEmpty() && text.length() <= MAX_TEXT) {
                return text;
            }
        }
        throw new Malformation("its " + name + " is missing or malformed");
    }

    private static Instant seconds(JsonObject claims, String name) throws Malformation {
        @Nullable JsonElement value = claims.get(name);
        if (value != null
                && value.isJsonPrimitive()
                && value.getAsJsonPrimitive().isNumber()
                && SECONDS.matcher(value.getAsString()).matches()) {
            return Instant.ofEpochSecond(Long.parseLong(value.getAsString()));
        }
        throw new Malformation("its " + name + " is missing or malformed");
    }

    private static Set<String> guids(JsonObject claims) throws Malformation {
        if (!(claims.get("guid") instanceof JsonArray array) || array.isEmpty() || array.size() > MAX_GUIDS) {
            throw new Malformation("its guid is missing or malformed");
        }
        Set<String> guids = new LinkedHashSet<>();
        for (JsonElement element : array) {
            JsonObject wrapped = new JsonObject();
            wrapped.add("guid", element);
            guids.add(text(wrapped, "guid"));
        }
        return guids;
    }
}
