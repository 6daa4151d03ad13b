package dev.beckon.xmpp;

import com.ongres.saslprep.SASLprep;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import org.jivesoftware.smack.SmackException.SmackSaslException;
import org.jivesoftware.smack.sasl.SASLMechanism;
import org.jspecify.annotations.Nullable;

/**
 * SCRAM (RFC 5802, RFC 7677), client side. Smack's own has no SHA-256, keeps passwords in a cache and lets a service ask
 * for any amount of hashing.
 */
final class Scram extends SASLMechanism {
    /** The hash functions there are, best first. */
    enum Hash {
        SHA_256("SHA-256", "HmacSHA256", 32, 100),
        SHA_1("SHA-1", "HmacSHA1", 20, 105);

        final String digest;
        final String mac;
        final int bytes;
        /** Smack tries the lowest first. */
        final int priority;

        Hash(String digest, String mac, int bytes, int priority) {
            this.digest = digest;
            this.mac = mac;
            this.bytes = bytes;
            this.priority = priority;
        }

        String mechanism() {
            return "SCRAM-" + digest;
        }
    }

    /** There is no password one could try with. */
    static final class BadPassword extends SmackSaslException {
        private static final long serialVersionUID = 1L;

        BadPassword(String message) {
            super(message);
        }
    }

    // RFC 5802 §5.1: at least 4096. The upper bound keeps a service from stopping this client for minutes.
    private static final int MIN_ITERATIONS = 4096;
    private static final int MAX_ITERATIONS = 2_000_000;
    // RFC 5802 §5.1: no channel binding.
    private static final String GS2 = "n,,";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Hash hash;
    private final Supplier<String> nonces;
    private String user = "";
    private char[] secret = {};
    private String nonce = "";
    private String firstBare = "";
    private byte @Nullable [] serverSignature;
    private boolean verified;

    Scram(Hash hash) {
        this(hash, Scram::random);
    }

    Scram(Hash hash, Supplier<String> nonces) {
        this.hash = hash;
        this.nonces = nonces;
    }

    private static String random() {
        byte[] random = new byte[24];
        RANDOM.nextBytes(random);
        return Base64.getEncoder().encodeToString(random);
    }

    @Override
    protected SASLMechanism newInstance() {
        return new Scram(hash, nonces);
    }

    @Override
    public String getName() {
        return hash.mechanism();
    }

    @Override
    public int getPriority() {
        return hash.priority;
    }

    @Override
    public boolean requiresPassword() {
        return false; // it comes by callback, as characters that can be overwritten
    }

    @Override
    protected void authenticateInternal(CallbackHandler handler) throws SmackSaslException {
        NameCallback name = new NameCallback("user");
        PasswordCallback password = new PasswordCallback("password", false);
        try {
            handler.handle(new Callback[] {name, password});
        } catch (IOException | UnsupportedCallbackException | RuntimeException e) {
            // Without the cause's words: they may hold what was read.
            throw new BadPassword("the password cannot be read");
        }
        char @Nullable [] given = password.getPassword();
        password.clearPassword();
        if (given == null || given.length == 0) {
            throw new BadPassword("the password is empty");
        }
        user = name.getName();
        secret = given;
    }

    @Override
    protected byte[] getAuthenticationText() {
        nonce = nonces.get();
        // RFC 5802 §5.1: ',' and '=' in a name are escaped.
        firstBare = "n=" + user.replace("=", "=3D").replace(",", "=2C") + ",r=" + nonce;
        return utf8(GS2 + firstBare);
    }

    @Override
    protected byte @Nullable [] evaluateChallenge(byte[] challenge) throws SmackSaslException {
        String message = new String(challenge, StandardCharsets.UTF_8);
        byte @Nullable [] expected = serverSignature;
        if (expected == null) {
            return answer(message);
        }
        // RFC 5802 §5.1: the service shows that it knows the password too.
        byte[] shown = decode(attributes(message).getOrDefault('v', ""));
        if (verified || !MessageDigest.isEqual(shown, expected)) {
            throw new SmackSaslException("the service could not show that it knows this account");
        }
        verified = true;
        return null;
    }

    private byte[] answer(String first) throws SmackSaslException {
        Map<Character, String> attributes = attributes(first);
        String combined = attributes.getOrDefault('r', "");
        byte[] salt = decode(attributes.getOrDefault('s', ""));
        int iterations = iterations(attributes.getOrDefault('i', ""));
        // RFC 5802 §5.1: an extension that must be understood is not.
        if (attributes.containsKey('m')
                || salt.length == 0
                || combined.length() <= nonce.length()
                || !combined.startsWith(nonce)) {
            throw new SmackSaslException("the service's SCRAM challenge is malformed");
        }
        String withoutProof = "c=" + Base64.getEncoder().encodeToString(utf8(GS2)) + ",r=" + combined;
        byte[] authMessage = utf8(firstBare + "," + first + "," + withoutProof);
        try {
            byte[] salted = salted(salt, iterations);
            byte[] clientKey = hmac(salted, utf8("Client Key"));
            byte[] storedKey = MessageDigest.getInstance(hash.digest).digest(clientKey);
            byte[] signature = hmac(storedKey, authMessage);
            serverSignature = hmac(hmac(salted, utf8("Server Key")), authMessage);
            Arrays.fill(salted, (byte) 0);
            for (int i = 0; i < clientKey.length; i++) {
                clientKey[i] ^= signature[i];
            }
            return utf8(withoutProof + ",p=" + Base64.getEncoder().encodeToString(clientKey));
        } catch (GeneralSecurityException e) {
            throw new SmackSaslException("this Java platform lacks " + hash.mac, e);
        }
    }

    /** Hi() of RFC 5802 §2.2 is PBKDF2 with HMAC. */
    private byte[] salted(byte[] salt, int iterations) throws GeneralSecurityException, SmackSaslException {
        char[] prepared;
        try {
            prepared = new SASLprep().prepareStored(secret);
        } catch (IllegalArgumentException e) {
            throw new BadPassword("the password holds characters that no password may have (RFC 4013)");
        } finally {
            Arrays.fill(secret, '\0');
        }
        PBEKeySpec spec = new PBEKeySpec(prepared, salt, iterations, hash.bytes * 8);
        try {
            return SecretKeyFactory.getInstance("PBKDF2With" + hash.mac)
                    .generateSecret(spec)
                    .getEncoded();
        } finally {
            spec.clearPassword();
            Arrays.fill(prepared, '\0');
        }
    }

    private byte[] hmac(byte[] key, byte[] message) throws GeneralSecurityException {
        Mac mac = Mac.getInstance(hash.mac);
        mac.init(new SecretKeySpec(key, hash.mac));
        return mac.doFinal(message);
    }

    private static int iterations(String text) throws SmackSaslException {
        try {
            int iterations = Integer.parseInt(text);
            if (iterations >= MIN_ITERATIONS && iterations <= MAX_ITERATIONS) {
                return iterations;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new SmackSaslException("the service asks for \"" + (text.length() > 20 ? "…" : text)
                + "\" rounds of hashing, not for " + MIN_ITERATIONS + " to " + MAX_ITERATIONS);
    }

    private static Map<Character, String> attributes(String message) {
        Map<Character, String> attributes = new HashMap<>();
        for (String part : message.split(",", -1)) {
            if (part.length() >= 2 && part.charAt(1) == '=') {
                attributes.putIfAbsent(part.charAt(0), part.substring(2));
            }
        }
        return attributes;
    }

    private static byte[] decode(String base64) throws SmackSaslException {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new SmackSaslException("the service's SCRAM challenge is malformed");
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    protected void checkIfSuccessfulOrThrow() throws SmackSaslException {
        if (!verified) {
            throw new SmackSaslException("the service did not show that it knows this account");
        }
    }
}
