package dev.beckon.service.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.Environment;
import dev.beckon.service.lock.Challenges.Challenge;
import dev.beckon.service.store.LockKey;
import dev.beckon.service.store.SigningKeys.SigningKey;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class LockPartsTest {
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    @Test
    void anAnswerIsTheHmacOverNonceApplicationAndAddress() {
        // Computed with OpenSSL: printf 'nonce\0board\0alice@example.org' | openssl dgst -sha256 -hmac s3cret -binary |
        // base64
        Response response =
                new Response("board", Response.Mechanism.HMAC_SHA_256, "Nw2hIIxSNehm/6aWmMVVMfjqMlvC4RdzxtiUQH59f98=");
        assertThat(response.proves("s3cret", "nonce", "alice@example.org")).isTrue();
        assertThat(response.proves("s3cret", "nonce", "bob@example.org")).isFalse();
        assertThat(response.proves("s3cret", "other", "alice@example.org")).isFalse();
        assertThat(response.proves("secret", "nonce", "alice@example.org")).isFalse();
    }

    @Test
    void theOldAnswerIsTheMd5OfChallengeAndKey() {
        // Computed with: printf 'nonces3cret' | md5sum
        assertThat(new Response("board", Response.Mechanism.MD5, "c123687d44d103d17115a4a3769585fc")
                        .proves("s3cret", "nonce", "alice@example.org"))
                .isTrue();
        assertThat(new Response(
                                "board",
                                Response.Mechanism.MD5,
                                "c123687d44d103d17115a4a3769585fc".toUpperCase(java.util.Locale.ROOT))
                        .proves("s3cret", "nonce", "alice@example.org"))
                .isTrue();
        assertThat(new Response("board", Response.Mechanism.MD5, "c123687d44d103d17115a4a3769585fc")
                        .proves("s3cret", "other", "alice@example.org"))
                .isFalse();
    }

    @Test
    void aChallengeIsGoodForOneAnswerAndForAMinute() {
        Challenges challenges = new Challenges();
        Challenge challenge = challenges.issue("17", null, NOON, 3).orElseThrow();
        assertThat(Base64.getUrlDecoder().decode(challenge.nonce())).hasSize(32);
        assertThat(challenges.take("18", NOON)).isEmpty();
        assertThat(challenges.take("17", NOON)).contains(challenge);
        assertThat(challenges.take("17", NOON)).isEmpty();
        challenges.issue("17", null, NOON, 3);
        assertThat(challenges.take("17", NOON.plus(Challenges.LIFE))).isEmpty();
    }

    @Test
    void noMoreThanSoManyChallengesWaitUntilSomeRunOut() {
        Challenges challenges = new Challenges();
        for (int i = 0; i < 3; i++) {
            assertThat(challenges.issue("c" + i, null, NOON, 3)).isPresent();
        }
        assertThat(challenges.issue("more", null, NOON, 3)).isEmpty();
        assertThat(challenges.issue("c0", null, NOON, 3)).as("the same again").isPresent();
        assertThat(challenges.issue("more", null, NOON.plus(Challenges.LIFE), 3))
                .isPresent();
    }

    @Test
    void aTicketIsVerifiedWithThePublishedKeyAlone() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Tickets tickets = new Tickets("lock.example.org", List.of(new SigningKey("k1", pair)));
        LockKey key = new LockKey(
                "bo\"ard",
                Environment.TEST,
                "s3cret",
                List.of("{5D1B2C3A-0000-4000-8000-000000000001}", "{5D1B2C3A-0000-4000-8000-000000000002}"),
                null,
                NOON,
                null);
        String[] parts = tickets.sign(key, "alice@example.org", NOON, NOON.plusSeconds(600))
                .split("\\.");
        assertThat(parts).hasSize(3);
        assertThat(json(parts[0])).isEqualTo("{\"alg\":\"EdDSA\",\"kid\":\"k1\"}");
        assertThat(json(parts[1]))
                .startsWith("{\"iss\":\"lock.example.org\",\"sub\":\"alice@example.org\",\"app\":\"bo\\\"ard\","
                        + "\"guid\":[\"{5D1B2C3A-0000-4000-8000-000000000001}\",\"{5D1B2C3A-0000-4000-8000-000000000002}\"],"
                        + "\"env\":\"test\",\"iat\":1795176000,\"exp\":1795176600,\"jti\":\"");
        Signature signature = Signature.getInstance("Ed25519");
        signature.initVerify(TicketReader.publicKey(tickets.jwks().get(0)));
        signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
        assertThat(signature.verify(Base64.getUrlDecoder().decode(parts[2]))).isTrue();
    }

    private static String json(String part) {
        return new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
    }
}
