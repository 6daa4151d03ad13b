package dev.beckon.service.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.beckon.service.store.Accounts.Mechanism;
import dev.beckon.service.store.Accounts.ScramCredentials;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
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
        Scram scram = Scram.begin(Mechanism.SCRAM_SHA_1, bytes("n,,n=user,r=" + NONCE_1));
        assertThat(scram.localpart()).isEqualTo("user");
        byte[] challenge = scram.challenge(derived(Mechanism.SCRAM_SHA_1, "QSXCR+Q6sek8bf92"), SERVER_1);
        assertThat(text(challenge)).isEqualTo("r=" + NONCE_1 + SERVER_1 + ",s=QSXCR+Q6sek8bf92,i=4096");
        assertThat(text(scram.finish(bytes(FINAL_1)))).isEqualTo("v=rmF9pqV8S7suAoZWja4dJRkFsKQ=");
    }

    @Test
    void theExampleOfRfc7677Works() throws Exception {
        Scram scram = Scram.begin(Mechanism.SCRAM_SHA_256, bytes("n,,n=user,r=rOprNGfwEbeRWgbNEkqO"));
        byte[] challenge = scram.challenge(
                derived(Mechanism.SCRAM_SHA_256, "W22ZaJ0SNY7soEsUEjb6gQ=="), "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0");
        assertThat(text(challenge))
                .isEqualTo("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
        assertThat(text(scram.finish(bytes("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                        + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="))))
                .isEqualTo("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
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
        Scram scram = Scram.begin(Mechanism.SCRAM_SHA_1, bytes("n,,n=user,r=" + NONCE_1));
        scram.challenge(derived(Mechanism.SCRAM_SHA_1, "QSXCR+Q6sek8bf92"), SERVER_1);
        assertThatThrownBy(() -> scram.finish(bytes(last))).hasMessage("not-authorized");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "c=biws", "x", "r=a,c=biws,p=AAAA", "c=!,r=a,p=AAAA", "c=biws,r=a"})
    void aMalformedProofIsCalledSo(String last) throws Exception {
        Scram scram = Scram.begin(Mechanism.SCRAM_SHA_1, bytes("n,,n=user,r=" + NONCE_1));
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
        assertThatThrownBy(() -> Scram.begin(Mechanism.SCRAM_SHA_1, bytes(first)))
                .hasMessage("malformed-request");
    }

    @Test
    void namesAreUnescapedAndPrepared() throws Exception {
        // RFC 5802 §5.1 and RFC 4013 §3: a soft hyphen is mapped to nothing; RFC 7622 §3.3: upper case to lower.
        assertThat(Scram.begin(Mechanism.SCRAM_SHA_1, bytes("y,,n=I\u00adX,r=a"))
                        .localpart())
                .isEqualTo("ix");
        assertThat(Scram.begin(Mechanism.SCRAM_SHA_1, bytes("n,a=b=2Cc=3Dd,n=user,r=a,x=y"))
                        .authorization())
                .isEqualTo("b,c=d");
        assertThatThrownBy(() -> Scram.begin(Mechanism.SCRAM_SHA_1, bytes("n,,n=a=2Cb\u0000,r=a")))
                .isNotNull();
        assertThatThrownBy(() -> Scram.begin(Mechanism.SCRAM_SHA_1, bytes("n,,n=a@b,r=a")))
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
