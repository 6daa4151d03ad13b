package dev.beckon.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import org.jivesoftware.smack.SmackException.SmackSaslException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScramTest {
    private static final String FIRST_256 =
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

    private static Scram scram(Scram.Hash hash, String nonce) throws SmackSaslException {
        Scram scram = new Scram(hash, () -> nonce);
        scram.authenticateInternal(callbacks -> {
            ((NameCallback) callbacks[0]).setName("user");
            ((PasswordCallback) callbacks[1]).setPassword("pencil".toCharArray());
        });
        return scram;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    // RFC 5802 §5
    @Test
    void sha1SpeaksTheExampleOfTheRfc() throws Exception {
        Scram scram = scram(Scram.Hash.SHA_1, "fyko+d2lbbFgONRv9qkxdawL");

        assertThat(text(scram.getAuthenticationText())).isEqualTo("n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL");
        assertThat(text(scram.evaluateChallenge(
                        bytes("r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096"))))
                .isEqualTo("c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=");
        scram.evaluateChallenge(bytes("v=rmF9pqV8S7suAoZWja4dJRkFsKQ="));
        scram.checkIfSuccessfulOrThrow();
    }

    // RFC 7677 §3
    @Test
    void sha256SpeaksTheExampleOfTheRfc() throws Exception {
        Scram scram = scram(Scram.Hash.SHA_256, "rOprNGfwEbeRWgbNEkqO");

        scram.getAuthenticationText();
        assertThat(text(scram.evaluateChallenge(bytes(FIRST_256))))
                .endsWith(",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
        scram.evaluateChallenge(bytes("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
        scram.checkIfSuccessfulOrThrow();
    }

    @Test
    void aServiceThatDoesNotKnowThePasswordIsNotBelieved() throws Exception {
        Scram scram = scram(Scram.Hash.SHA_256, "rOprNGfwEbeRWgbNEkqO");
        scram.getAuthenticationText();
        scram.evaluateChallenge(bytes(FIRST_256));

        assertThatThrownBy(scram::checkIfSuccessfulOrThrow).isInstanceOf(SmackSaslException.class);
        assertThatThrownBy(() -> scram.evaluateChallenge(bytes("v=AAAA"))).isInstanceOf(SmackSaslException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
                "r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
                "r=rOprNGfwEbeRWgbNEkqOx,s=,i=4096",
                "r=rOprNGfwEbeRWgbNEkqOx,s=!,i=4096",
                "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1",
                "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=2147483647",
                "m=x,r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
            })
    void badChallengesAreRefused(String challenge) throws Exception {
        Scram scram = scram(Scram.Hash.SHA_256, "rOprNGfwEbeRWgbNEkqO");
        scram.getAuthenticationText();

        assertThatThrownBy(() -> scram.evaluateChallenge(bytes(challenge))).isInstanceOf(SmackSaslException.class);
    }
}
