package dev.beckon.service.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.beckon.service.store.Accounts.Mechanism;
import dev.beckon.service.store.Accounts.ScramCredentials;
import dev.beckon.service.stream.Scram.Channel;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScramTest {
    private static final String NONCE_1 = "fyko+d2lbbFgONRv9qkxdawL";
    private static final String SERVER_1 = "3rfcNHYJY1ZVvWVs7j";
    private static final String FINAL_1 =
            "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=";

    @Test
    void theExampleOfRfc5802Works() throws Exception {
        Scram scram = Scram.begin(Mechanism.SCRAM_SHA_1, Channel.UNBOUND, bytes("n,,n=user,r=" + NONCE_1));
        assertThat(scram.localpart()).isEqualTo("user");
        byte[] challenge = scram.challenge(derived(Mechanism.SCRAM_SHA_1, "QSXCR+Q6sek8bf92"), SERVER_1);
        assertThat(text(challenge)).isEqualTo("r=" + NONCE_1 + SERVER_1 + ",s=QSXCR+Q6sek8bf92,i=4096");
        assertThat(text(scram.finish(bytes(FINAL_1)))).isEqualTo("v=rmF9pqV8S7suAoZWja4dJRkFsKQ=");
    }

    @Test
    void theExampleOfRfc7677Works() throws Exception {
        Scram scram = Scram.begin(Mechanism.SCRAM_SHA_256, Channel.UNBOUND, bytes("n,,n=user,r=rOprNGfwEbeRWgbNEkqO"));
        byte[] challenge = scram.challenge(
                derived(Mechanism.SCRAM_SHA_256, "W22ZaJ0SNY7soEsUEjb6gQ=="), "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0");
        assertThat(text(challenge))
                .isEqualTo("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
        assertThat(text(scram.finish(bytes("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                        + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="))))
                .isEqualTo("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    }

    /** Damaged in any way, each message fails by a name that SASL has, and none proves anything. */
    @Test
    void noDamageProvesAnything() throws Exception {
        long seed = Long.getLong("beckon.seed", System.nanoTime());
        System.out.println("ScramTest seed " + seed);
        Random random = new Random(seed);
        ScramCredentials known = derived(Mechanism.SCRAM_SHA_1, "QSXCR+Q6sek8bf92");
        String first = "n,,n=user,r=" + NONCE_1;
        int answered = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] damagedFirst = random.nextBoolean() ? bytes(first) : damaged(bytes(first), random);
            byte[] last = random.nextInt(4) == 0 ? bytes(FINAL_1) : damaged(bytes(FINAL_1), random);
            if (Arrays.equals(damagedFirst, bytes(first)) && Arrays.equals(last, bytes(FINAL_1))) {
                continue;
            }
            try {
                Scram scram = Scram.begin(Mechanism.SCRAM_SHA_1, Channel.UNBOUND, damagedFirst);
                scram.challenge(known, SERVER_1);
                answered++;
                scram.finish(last);
                // A proof is bytes: the decoder does not mind whether their padding is there.
                assertThat(text(damagedFirst)).as("seed %d", seed).isEqualTo(first);
                assertThat(withProofDecoded(last)).as("seed %d", seed).isEqualTo(withProofDecoded(bytes(FINAL_1)));
            } catch (Scram.Failure e) {
                assertThat(e.condition())
                        .isIn("malformed-request", "not-authorized", "incorrect-encoding", "invalid-authzid");
            }
        }
        assertThat(answered).isGreaterThan(1_000);
    }

    private static String withProofDecoded(byte[] last) {
        String text = text(last);
        int at = text.lastIndexOf(",p=") + 3;
        return text.substring(0, at) + Arrays.toString(Base64.getDecoder().decode(text.substring(at)));
    }

    private static byte[] damaged(byte[] in, Random random) {
        StringBuilder text = new StringBuilder(new String(in, StandardCharsets.ISO_8859_1));
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(text.length() + 1);
            if (random.nextBoolean() && at < text.length()) {
                text.deleteCharAt(at);
            } else {
                String spice = ",=nrcpmay,,==!\u0000\u00ff\u00c3+/" + (char) random.nextInt(256);
                text.insert(at, spice.charAt(random.nextInt(spice.length())));
            }
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Us=",
                "c=eSws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
                "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7k,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
                "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=AAAA",
                "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p="
            })
    void anythingButTheProofIsRefused(String last) throws Exception {
        Scram scram = Scram.begin(Mechanism.SCRAM_SHA_1, Channel.UNBOUND, bytes("n,,n=user,r=" + NONCE_1));
        scram.challenge(derived(Mechanism.SCRAM_SHA_1, "QSXCR+Q6sek8bf92"), SERVER_1);
        assertThatThrownBy(() -> scram.finish(bytes(last))).hasMessage("not-authorized");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "c=biws", "x", "r=a,c=biws,p=AAAA", "c=!,r=a,p=AAAA", "c=biws,r=a"})
    void aMalformedProofIsCalledSo(String last) throws Exception {
        Scram scram = Scram.begin(Mechanism.SCRAM_SHA_1, Channel.UNBOUND, bytes("n,,n=user,r=" + NONCE_1));
        scram.challenge(derived(Mechanism.SCRAM_SHA_1, "QSXCR+Q6sek8bf92"), SERVER_1);
        assertThatThrownBy(() -> scram.finish(bytes(last))).hasMessage("malformed-request");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "n",
                "n,",
                "n,,",
                "x,,n=user,r=a",
                "p=tls-unique,,n=user,r=a",
                "n,b=c,n=user,r=a",
                "n,,m=x,n=user,r=a",
                "n,,n=user",
                "n,,n=user,r=",
                "n,,n=,r=a",
                "n,,n=us=er,r=a",
                "n,,n=user,r=a b"
            })
    void aMalformedBeginningIsCalledSo(String first) {
        assertThatThrownBy(() -> Scram.begin(Mechanism.SCRAM_SHA_1, Channel.UNBOUND, bytes(first)))
                .hasMessage("malformed-request");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "true|malformed-request|n,,n=user,r=a",
                "true|malformed-request|y,,n=user,r=a",
                "true|malformed-request|p=tls-unique,,n=user,r=a",
                "true|malformed-request|p=,,n=user,r=a",
                "false|malformed-request|p=tls-server-end-point,,n=user,r=a",
                // RFC 5802 §6: it could bind and believes that this was not offered.
                "false|not-authorized|y,,n=user,r=a"
            })
    void whoeverTakesTheOfferToBindAwayIsFound(String plusConditionFirst) {
        String[] parts = plusConditionFirst.split("\\|");
        Channel offered = new Channel(Boolean.parseBoolean(parts[0]), bytes("end point"));
        assertThatThrownBy(() -> Scram.begin(Mechanism.SCRAM_SHA_256, offered, bytes(parts[2])))
                .hasMessage(parts[1]);
    }

    @Test
    void whereNoBindingIsOfferedTheClientMaySayThatItCould() throws Exception {
        Scram.begin(Mechanism.SCRAM_SHA_256, Channel.UNBOUND, bytes("y,,n=user,r=a"));
        assertThatThrownBy(() -> Scram.begin(
                        Mechanism.SCRAM_SHA_256, new Channel(true, null), bytes("p=tls-server-end-point,,n=user,r=a")))
                .hasMessage("malformed-request");
    }

    @Test
    void namesAreUnescapedAndPrepared() throws Exception {
        // RFC 5802 §5.1 and RFC 4013 §3: a soft hyphen is mapped to nothing; RFC 7622 §3.3: upper case to lower.
        assertThat(Scram.begin(Mechanism.SCRAM_SHA_1, Channel.UNBOUND, bytes("y,,n=I\u00adX,r=a"))
                        .localpart())
                .isEqualTo("ix");
        assertThat(Scram.begin(Mechanism.SCRAM_SHA_1, Channel.UNBOUND, bytes("n,a=b=2Cc=3Dd,n=user,r=a,x=y"))
                        .authorization())
                .isEqualTo("b,c=d");
        assertThatThrownBy(() -> Scram.begin(Mechanism.SCRAM_SHA_1, Channel.UNBOUND, bytes("n,,n=a=2Cb\u0000,r=a")))
                .isNotNull();
        assertThatThrownBy(() -> Scram.begin(Mechanism.SCRAM_SHA_1, Channel.UNBOUND, bytes("n,,n=a@b,r=a")))
                .hasMessage("not-authorized");
    }

    private static ScramCredentials derived(Mechanism mechanism, String salt) throws GeneralSecurityException {
        byte[] raw = Base64.getDecoder().decode(salt);
        byte[] salted = SecretKeyFactory.getInstance("PBKDF2With" + mechanism.mac())
                .generateSecret(new PBEKeySpec("pencil".toCharArray(), raw, 4096, mechanism.length() * 8))
                .getEncoded();
        byte[] stored = MessageDigest.getInstance(mechanism.digest()).digest(mac(mechanism, salted, "Client Key"));
        return new ScramCredentials(raw, 4096, stored, mac(mechanism, salted, "Server Key"));
    }

    private static byte[] mac(Mechanism mechanism, byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance(mechanism.mac());
        mac.init(new SecretKeySpec(key, mechanism.mac()));
        return mac.doFinal(bytes(text));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
