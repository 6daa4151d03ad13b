package dev.beckon.service.stream;

import com.ongres.saslprep.SASLprep;
import com.ongres.stringprep.Profile;
import dev.beckon.service.route.Jid;
import dev.beckon.service.store.Accounts.Mechanism;
import dev.beckon.service.store.Accounts.ScramCredentials;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of one SCRAM exchange (RFC 5802, RFC 7677), without channel binding. It is pure: credentials and nonce come from
 * outside.
 */
final class Scram {
    /** Why an exchange failed: a SASL failure condition (RFC 6120 §6.5). Carries no stack trace: it is expected. */
    static final class Failure extends Exception {
        private final String condition;

        Failure(String condition) {
            super(condition, null, false, false);
            this.condition = condition;
        }

        String condition() {
            return condition;
        }
    }

    static final String MALFORMED = "malformed-request";
    static final String NOT_AUTHORIZED = "not-authorized";

    private final Mechanism mechanism;
    private final String gs2Header;
    private final String clientFirstBare;
    private final String clientNonce;
    private final String localpart;
    private final @Nullable String authorization;
    private String nonce = "";
    private String serverFirst = "";
    private @Nullable ScramCredentials credentials;

    private Scram(
            Mechanism mechanism,
            String gs2Header,
            String clientFirstBare,
            String clientNonce,
            String localpart,
            @Nullable String authorization) {
        this.mechanism = mechanism;
        this.gs2Header = gs2Header;
        this.clientFirstBare = clientFirstBare;
        this.clientNonce = clientNonce;
        this.localpart = localpart;
        this.authorization = authorization;
    }

    /** Reads client-first-message (RFC 5802 §7). */
    static Scram begin(Mechanism mechanism, byte[] message) throws Failure {
        String text = utf8(message);
        // gs2-header: a flag, an optional authorization identity, each followed by a comma.
        int flagEnd = text.indexOf(',');
        int headerEnd = text.indexOf(',', flagEnd + 1);
        if (flagEnd < 0 || headerEnd < 0) {
            throw new Failure(MALFORMED);
        }
        // RFC 5802 §6: "y" is a client that could bind but was offered no -PLUS, as is so here; "p" asks for what was
        // not offered.
        String flag = text.substring(0, flagEnd);
        if (!flag.equals("n") && !flag.equals("y")) {
            throw new Failure(MALFORMED);
        }
        String authorization = authorization(text.substring(flagEnd + 1, headerEnd));
        String bare = text.substring(headerEnd + 1);
        String[] fields = bare.split(",", -1);
        // RFC 5802 §5.1: m= is reserved for extensions that must be understood, so is refused; others after the nonce
        // are ignored.
        if (fields.length < 2 || !fields[0].startsWith("n=") || !fields[1].startsWith("r=")) {
            throw new Failure(MALFORMED);
        }
        String nonce = fields[1].substring(2);
        if (nonce.isEmpty() || nonce.length() > 512 || !isPrintable(nonce)) {
            throw new Failure(MALFORMED);
        }
        String localpart = localpart(saslName(fields[0].substring(2)));
        return new Scram(mechanism, text.substring(0, headerEnd + 1), bare, nonce, localpart, authorization);
    }

    private static @Nullable String authorization(String field) throws Failure {
        if (field.isEmpty()) {
            return null;
        }
        if (!field.startsWith("a=")) {
            throw new Failure(MALFORMED);
        }
        return saslName(field.substring(2));
    }

    /** The prepared name whose credentials are wanted. */
    String localpart() {
        return localpart;
    }

    /** The salt of the credentials that were proved. */
    byte[] salt() {
        return Objects.requireNonNull(credentials, "nothing was challenged").salt();
    }

    /** The authorization identity the client asked for (RFC 6120 §6.3.8), or null. */
    @Nullable
    String authorization() {
        return authorization;
    }

    /** Makes server-first-message. {@code serverNonce} is fresh, random, printable and without commas. */
    byte[] challenge(ScramCredentials credentials, String serverNonce) {
        this.credentials = credentials;
        nonce = clientNonce + serverNonce;
        serverFirst = "r=" + nonce + ",s=" + Base64.getEncoder().encodeToString(credentials.salt()) + ",i="
                + credentials.iterations();
        return serverFirst.getBytes(StandardCharsets.UTF_8);
    }

    /** Reads client-final-message; returns server-final-message if the client has proved that it knows the password. */
    byte[] finish(byte[] message) throws Failure {
        ScramCredentials known = credentials;
        if (known == null) {
            throw new Failure(MALFORMED);
        }
        String text = utf8(message);
        int proofAt = text.lastIndexOf(",p=");
        String[] fields = text.split(",", -1);
        if (proofAt < 0 || fields.length < 3 || !fields[0].startsWith("c=") || !fields[1].startsWith("r=")) {
            throw new Failure(MALFORMED);
        }
        // RFC 5802 §5.1: c= repeats the gs2-header, so that nobody in between has changed the flag.
        byte[] binding = base64(fields[0].substring(2));
        if (!MessageDigest.isEqual(binding, gs2Header.getBytes(StandardCharsets.UTF_8))
                || !fields[1].substring(2).equals(nonce)) {
            throw new Failure(NOT_AUTHORIZED);
        }
        byte[] proof = base64(text.substring(proofAt + 3));
        String authMessage = clientFirstBare + "," + serverFirst + "," + text.substring(0, proofAt);
        byte[] signature = mac(known.storedKey(), authMessage);
        if (proof.length != signature.length) {
            throw new Failure(NOT_AUTHORIZED);
        }
        byte[] clientKey = new byte[proof.length];
        for (int i = 0; i < proof.length; i++) {
            clientKey[i] = (byte) (proof[i] ^ signature[i]);
        }
        if (!MessageDigest.isEqual(digest(clientKey), known.storedKey())) {
            throw new Failure(NOT_AUTHORIZED);
        }
        String verifier = "v=" + Base64.getEncoder().encodeToString(mac(known.serverKey(), authMessage));
        return verifier.getBytes(StandardCharsets.UTF_8);
    }

    private byte[] digest(byte[] of) {
        try {
            return MessageDigest.getInstance(mechanism.digest()).digest(of);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + mechanism.digest(), e);
        }
    }

    private byte[] mac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance(mechanism.mac());
            mac.init(new SecretKeySpec(key, mechanism.mac()));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + mechanism.mac(), e);
        }
    }

    private static final Profile SASLPREP = new SASLprep();

    private static String localpart(String name) throws Failure {
        try {
            // RFC 5802 §5.1: the name is prepared with SASLprep, as a query; then it is a localpart like any other.
            return Jid.preparedLocal(SASLPREP.prepareQuery(name));
        } catch (IllegalArgumentException e) {
            throw new Failure(NOT_AUTHORIZED);
        }
    }

    /** RFC 5802 §5.1: comma and equals sign are written =2C and =3D. */
    private static String saslName(String escaped) throws Failure {
        StringBuilder name = new StringBuilder(escaped.length());
        for (int i = 0; i < escaped.length(); i++) {
            char c = escaped.charAt(i);
            if (c == '=') {
                if (escaped.startsWith("=2C", i)) {
                    c = ',';
                } else if (!escaped.startsWith("=3D", i)) {
                    throw new Failure(MALFORMED);
                }
                i += 2;
            }
            name.append(c);
        }
        if (name.length() == 0) {
            throw new Failure(MALFORMED);
        }
        return name.toString();
    }

    private static boolean isPrintable(String nonce) {
        return nonce.chars().allMatch(c -> c > ' ' && c < 0x7F && c != ',');
    }

    private static String utf8(byte[] message) throws Failure {
        String text = new String(message, StandardCharsets.UTF_8);
        if (text.indexOf('\uFFFD') >= 0 || text.indexOf('\0') >= 0) {
            throw new Failure(MALFORMED);
        }
        return text;
    }

    private static byte[] base64(String text) throws Failure {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new Failure(MALFORMED);
        }
    }
}
