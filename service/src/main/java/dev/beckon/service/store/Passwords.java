package dev.beckon.service.store;

import com.ongres.saslprep.SASLprep;
import dev.beckon.service.store.Accounts.Mechanism;
import dev.beckon.service.store.Accounts.ScramCredentials;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** Makes of a password what is kept of it: enough to check a proof, not enough to make one (RFC 5802 §3, §9). */
public final class Passwords {
    /** RFC 7677 §4 asks for at least 4096; this costs a client about 10 ms. */
    public static final int DEFAULT_ITERATIONS = 10_000;

    /** What a password must be, to be shown to whoever chose another one. */
    public static final String RULE = "a password has 1 to 1024 characters and no control characters";

    private static final int LONGEST = 1024;
    private static final int SALT_BYTES = 16;
    private static final SecureRandom random = new SecureRandom();

    private Passwords() {}

    /**
     * The password as it is hashed (SASLprep, RFC 4013): the same however a keyboard composes its letters.
     *
     * @return empty where the password is empty, longer than 1024 characters or holds characters it may not
     */
    public static Optional<String> prepare(String password) {
        if (password.length() > LONGEST) {
            return Optional.empty();
        }
        try {
            String prepared = new SASLprep().prepareStored(password);
            return prepared.isEmpty() ? Optional.empty() : Optional.of(prepared);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Derives credentials with a new salt. Takes milliseconds of processor: not for a network thread. */
    static ScramCredentials derive(Mechanism mechanism, String preparedPassword, int iterations) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return derive(mechanism, preparedPassword, salt, iterations);
    }

    static ScramCredentials derive(Mechanism mechanism, String preparedPassword, byte[] salt, int iterations) {
        PBEKeySpec spec = new PBEKeySpec(preparedPassword.toCharArray(), salt, iterations, mechanism.length() * 8);
        try {
            byte[] salted = SecretKeyFactory.getInstance("PBKDF2With" + mechanism.mac())
                    .generateSecret(spec)
                    .getEncoded();
            byte[] clientKey = hmac(mechanism, salted, "Client Key");
            byte[] storedKey = MessageDigest.getInstance(mechanism.digest()).digest(clientKey);
            return new ScramCredentials(salt, iterations, storedKey, hmac(mechanism, salted, "Server Key"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + mechanism, e);
        } finally {
            spec.clearPassword();
        }
    }

    /** What an account that does not exist seems to have: of one name always the same salt, and keys that no password fits. */
    static ScramCredentials unfitting(byte[] secret, String name, Mechanism mechanism, int iterations) {
        try {
            byte[] salt = new byte[SALT_BYTES];
            System.arraycopy(hmac(mechanism, secret, mechanism.wireName() + "/" + name), 0, salt, 0, SALT_BYTES);
            byte[] nobodys = new byte[mechanism.length()];
            random.nextBytes(nobodys);
            return new ScramCredentials(salt, iterations, nobodys, nobodys.clone());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + mechanism, e);
        }
    }

    static byte[] newSecret() {
        byte[] secret = new byte[32];
        random.nextBytes(secret);
        return secret;
    }

    private static byte[] hmac(Mechanism mechanism, byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance(mechanism.mac());
        mac.init(new SecretKeySpec(key, mechanism.mac()));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }
}
