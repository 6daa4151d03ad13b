package dev.beckon.service.stream;

import dev.beckon.service.store.Accounts.Mechanism;
import dev.beckon.service.store.Accounts.ScramCredentials;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The service's side of signing in: both its answers, as against deriving keys from a password, which it does when one is set. It lies
 * in the package of what it measures.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up
public class ScramBenchmark {
    private static final int ITERATIONS = 4096;
    private static final byte[] SALT = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final String SERVER_NONCE = "3rfcNHYJY1ZVvWVs7j";
    private static final String BARE = "n=alice,r=fyko+d2lbbFgONRv9qkxdawL";

    private byte[] first;
    private byte[] last;
    private ScramCredentials credentials;

    @Setup
    public void setUp() throws GeneralSecurityException, Scram.Failure {
        byte[] salted = deriveKeys();
        byte[] clientKey = mac(salted, "Client Key");
        byte[] storedKey = MessageDigest.getInstance("SHA-1").digest(clientKey);
        credentials = new ScramCredentials(SALT, ITERATIONS, storedKey, mac(salted, "Server Key"));
        first = ("n,," + BARE).getBytes(StandardCharsets.US_ASCII);
        String challenge = new String(begin().challenge(credentials, SERVER_NONCE), StandardCharsets.US_ASCII);
        String withoutProof = "c=biws," + challenge.substring(0, challenge.indexOf(','));
        byte[] proof = mac(storedKey, BARE + "," + challenge + "," + withoutProof);
        for (int i = 0; i < proof.length; i++) {
            proof[i] ^= clientKey[i];
        }
        last = (withoutProof + ",p=" + Base64.getEncoder().encodeToString(proof)).getBytes(StandardCharsets.US_ASCII);
        exchange();
    }

    private Scram begin() throws Scram.Failure {
        return Scram.begin(Mechanism.SCRAM_SHA_1, Scram.Channel.UNBOUND, first);
    }

    @Benchmark
    public byte[] exchange() throws Scram.Failure {
        Scram scram = begin();
        scram.challenge(credentials, SERVER_NONCE);
        return scram.finish(last);
    }

    @Benchmark
    public byte[] deriveKeys() throws GeneralSecurityException {
        return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA1")
                .generateSecret(new PBEKeySpec("secret".toCharArray(), SALT, ITERATIONS, 160))
                .getEncoded();
    }

    private static byte[] mac(byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(key, "HmacSHA1"));
        return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
    }
}
