package dev.beckon.benchmarks.load;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadLocalRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** The client's side of one SCRAM exchange (RFC 5802, RFC 7677). What it cannot accept it throws as {@link ServerFault}. */
final class Scram {
    /** What users can sign in with. */
    enum Mechanism {
        SCRAM_SHA_1("SHA-1", "HmacSHA1", false),
        SCRAM_SHA_256("SHA-256", "HmacSHA256", false),
        SCRAM_SHA_1_PLUS("SHA-1", "HmacSHA1", true),
        SCRAM_SHA_256_PLUS("SHA-256", "HmacSHA256", true);

        private final String digest;
        private final String mac;
        private final boolean binds;

        Mechanism(String digest, String mac, boolean binds) {
            this.digest = digest;
            this.mac = mac;
            this.binds = binds;
        }

        String wireName() {
            return name().replace('_', '-');
        }

        /** Whether it binds to the TLS channel. */
        boolean binds() {
            return binds;
        }

        /** Throws IllegalArgumentException if there is none of this name. */
        static Mechanism of(String wireName) {
            return valueOf(wireName.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }

    /** RFC 5802 §3: what a client may keep instead of the password. */
    private record Keys(byte[] clientKey, byte[] storedKey, byte[] serverKey) {}

    /** Keys by everything that they are derived from: a real client keeps them too. Thread-safe. */
    static final class KeyCache {
        private final ConcurrentMap<String, Keys> keys = new ConcurrentHashMap<>();

        private Keys of(Mechanism mechanism, String password, String salt, int iterations) {
            String from = mechanism.digest + ' ' + salt + ' ' + iterations + ' ' + password;
            return keys.computeIfAbsent(from, key -> derive(mechanism, password, salt, iterations));
        }
    }

    /** More would only keep the generator busy. */
    private static final int MOST_ITERATIONS = 1_000_000;

    private final Mechanism mechanism;
    private final String password;
    private final KeyCache cache;
    private final String gs2Header;
    private final byte[] binding;
    private final String bare;
    private final String nonce;
    private byte[] expected = {};

    /** {@code endPoint} is the hash that tls-server-end-point binds to (RFC 5929 §4); null without channel binding. */
    Scram(Mechanism mechanism, User user, KeyCache cache, byte @Nullable [] endPoint) {
        this.mechanism = mechanism;
        this.password = user.password();
        this.cache = cache;
        gs2Header = endPoint == null ? "n,," : "p=tls-server-end-point,,";
        binding = endPoint == null ? new byte[0] : endPoint;
        ThreadLocalRandom random = ThreadLocalRandom.current();
        nonce = Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong());
        bare = "n=" + user.name().replace("=", "=3D").replace(",", "=2C") + ",r=" + nonce;
    }

    /** client-first-message in Base64. */
    String first() {
        return encode((gs2Header + bare).getBytes(StandardCharsets.UTF_8));
    }

    /** client-final-message that answers this challenge, both in Base64. */
    String answer(String challenge) throws ServerFault {
        String serverFirst = new String(decode(challenge), StandardCharsets.UTF_8);
        String[] fields = serverFirst.split(",");
        if (fields.length < 3
                || !fields[0].startsWith("r=" + nonce)
                || !fields[1].startsWith("s=")
                || !fields[2].matches("i=[1-9][0-9]{0,6}")) {
            throw new ServerFault("the server's SCRAM challenge makes no sense: " + serverFirst);
        }
        int iterations = Integer.parseInt(fields[2].substring(2));
        if (iterations > MOST_ITERATIONS) {
            throw new ServerFault("the server wants " + iterations + " SCRAM iterations, more than " + MOST_ITERATIONS);
        }
        Keys keys = cache.of(mechanism, password, fields[1].substring(2), iterations);
        ByteArrayOutputStream bound = new ByteArrayOutputStream();
        bound.writeBytes(gs2Header.getBytes(StandardCharsets.UTF_8));
        bound.writeBytes(binding);
        String withoutProof = "c=" + encode(bound.toByteArray()) + "," + fields[0];
        String message = bare + "," + serverFirst + "," + withoutProof;
        byte[] proof = mac(mechanism, keys.storedKey, message);
        for (int i = 0; i < proof.length; i++) {
            proof[i] ^= keys.clientKey[i];
        }
        expected = mac(mechanism, keys.serverKey, message);
        return encode((withoutProof + ",p=" + encode(proof)).getBytes(StandardCharsets.UTF_8));
    }

    /** Checks the server's proof, in Base64, that it knows the user. */
    void verify(String serverFinal) throws ServerFault {
        String text = new String(decode(serverFinal), StandardCharsets.UTF_8);
        if (expected.length == 0
                || !text.startsWith("v=")
                || !Arrays.equals(decode(text.substring(2).split(",", 2)[0]), expected)) {
            throw new ServerFault("the server did not prove that it knows the user");
        }
    }

    private static Keys derive(Mechanism mechanism, String password, String salt, int iterations) {
        try {
            Mac mac = Mac.getInstance(mechanism.mac);
            mac.init(new SecretKeySpec(password.getBytes(StandardCharsets.UTF_8), mechanism.mac));
            // RFC 5802 §2.2: Hi()
            mac.update(Base64.getDecoder().decode(salt));
            byte[] u = mac.doFinal(new byte[] {0, 0, 0, 1});
            byte[] salted = u.clone();
            for (int i = 1; i < iterations; i++) {
                u = mac.doFinal(u);
                for (int k = 0; k < salted.length; k++) {
                    salted[k] ^= u[k];
                }
            }
            byte[] clientKey = mac(mechanism, salted, "Client Key");
            byte[] storedKey = MessageDigest.getInstance(mechanism.digest).digest(clientKey);
            return new Keys(clientKey, storedKey, mac(mechanism, salted, "Server Key"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + mechanism.mac, e);
        }
    }

    private static byte[] mac(Mechanism mechanism, byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance(mechanism.mac);
            mac.init(new SecretKeySpec(key, mechanism.mac));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + mechanism.mac, e);
        }
    }

    private static String encode(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static byte[] decode(String text) throws ServerFault {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new ServerFault("the server sent what is no Base64: " + text);
        }
    }
}
