package dev.beckon.service.stream;

import com.ongres.saslprep.SASLprep;
import com.ongres.stringprep.Profile;
import dev.beckon.service.route.Jid;
import dev.beckon.service.store.Accounts.Mechanism;
import dev.beckon.service.store.Accounts.ScramCredentials;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of one SCRAM exchange (RFC 5802, RFC 7677), with or without channel binding. It is pure: credentials, nonce and
 * what the channel is bound to come from outside.
 */
final class Scram {
    /** Why an exchange failed: a SASL failure condition (RFC 6120 §6.5). Carries no stack trace: it is expected. */
    static final class Failure extends Exception {
        private final String condition;
        private final @Nullable String text;

        Failure(String condition) {
            this(condition, null);
        }

        /** {@code text} is for whoever writes the client. */
        Failure(String condition, @Nullable String text) {
            super(condition, null, false, false);
            this.condition = condition;
            this.text = text;
        }

        String condition() {
            return condition;
        }

        @Nullable
        String text() {
            return text;
        }
    }

    /**
     * How the exchange goes with its channel (RFC 5802 §6).
     *
     * @param plus whether the client has chosen the mechanism that binds
     * @param endPoint what a channel can be bound to, {@link ServerEndPoint}; null if it was not offered
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Channel(boolean plus, byte @Nullable [] endPoint) {
        /** No binding was offered, none is wanted. */
        static final Channel UNBOUND = new Channel(false, null);
    }

    private static final byte[] NOTHING = new byte[0];

    static final String MALFORMED = "malformed-request";
    static final String NOT_AUTHORIZED = "not-authorized";

    private final Mechanism mechanism;
    private final byte[] channelBinding;
    private final String clientFirstBare;
    private final String clientNonce;
    private final String localpart;
    private final @Nullable String authorization;
    private String nonce = "";
    private String serverFirst = "";
    private @Nullable ScramCredentials credentials;

    private Scram(
            Mechanism mechanism,
            byte[] channelBinding,
            String clientFirstBare,
            String clientNonce,
            String localpart,
            @Nullable String authorization) {
        this.mechanism = mechanism;
        this.channelBinding = channelBinding;
        this.clientFirstBare = clientFirstBare;
        this.clientNonce = clientNonce;
        this.localpart = localpart;
        this.authorization = authorization;
    }

    /** Reads client-first-message (RFC 5802 §7). */
    static Scram begin(Mechanism mechanism, Channel channel, byte[] message) throws Failure {
        String text = utf8(message);
        // gs2-header: a flag, an optional authorization identity, each followed by a comma.
        int flagEnd = text.indexOf(',');
        int headerEnd = text.indexOf(',', flagEnd + 1);
        if (flagEnd < 0 || headerEnd < 0) {
            throw new Failure(MALFORMED);
        }
        byte[] bound = bound(channel, text.substring(0, flagEnd));
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
        // RFC 5802 §7: cbind-input is the gs2-header and what the channel is bound to.
        byte[] header = text.substring(0, headerEnd + 1).getBytes(StandardCharsets.UTF_8);
        byte[] binding = Arrays.copyOf(header, header.length + bound.length);
        System.arraycopy(bound, 0, binding, header.length, bound.length);
        return new Scram(mechanism, binding, bare, nonce, localpart, authorization);
    }

    /** RFC 5802 §6: what the client's flag says that the channel is bound to. */
    private static byte[] bound(Channel channel, String flag) throws Failure {
        if (channel.plus != flag.startsWith("p=")) {
            throw new Failure(MALFORMED, "a channel is bound with p= and a mechanism in -PLUS, and only so");
        }
        switch (flag) {
            case "n" -> {
                return NOTHING;
            }
            case "y" -> {
                if (channel.endPoint != null) {
                    // It could bind, and was offered to: somebody in between has taken the offer away.
                    throw new Failure(NOT_AUTHORIZED, "a mechanism in -PLUS was offered, but did not reach you");
                }
                return NOTHING;
            }
            default -> {
                if (channel.endPoint == null || !flag.equals("p=" + ServerEndPoint.NAME)) {
                    throw new Failure(MALFORMED, "the channel binding offered is " + ServerEndPoint.NAME);
                }
                return channel.endPoint;
            }
        }
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
        // RFC 5802 §5.1: c= repeats the gs2-header, so that nobody in between has changed the flag, and says where the
        // client believes to be.
        byte[] binding = base64(fields[0].substring(2));
        if (!MessageDigest.isEqual(binding, channelBinding)
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
