package dev.beckon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every limit at its edge: the last value that passes, and the first that does not. */
class LimitsTest {
    private static void refused(ResultCode code, Runnable check) {
        assertThatExceptionOfType(SessionException.class)
                .isThrownBy(check::run)
                .satisfies(e -> assertThat(e.code()).isEqualTo(code))
                .satisfies(e -> assertThat(e.problem()).isNotBlank())
                .satisfies(e -> assertThat(e.remedy()).isNotBlank());
    }

    private static void invalid(Runnable check) {
        refused(ResultCode.E_INVALIDARG, check);
    }

    @Test
    void applicationDataCountsBytes() {
        assertThat(Limits.appData(null)).isNull();
        assertThat(Limits.appData("")).isEmpty();
        Limits.appData("é".repeat(256));
        invalid(() -> Limits.appData("é".repeat(256) + "x"));
        invalid(() -> Limits.appData("\u0000"));
        invalid(() -> Limits.appData("\uD800"));
    }

    @Test
    void contextDataCountsCharacters() {
        Limits.contextData("🙂".repeat(300));
        refused(ResultCode.SR_CONTEXT_DATA_OVER_LIMIT, () -> Limits.contextData("🙂".repeat(301)));
        invalid(() -> Limits.contextData(null));
        invalid(() -> Limits.contextData("\uFFFE"));
    }

    @Test
    void aMessageHoldsOneToFiveThousandCharacters() {
        Limits.message("x");
        Limits.message("🙂".repeat(5000));
        Limits.message("line 1\r\n\tline 2");
        invalid(() -> Limits.message("x".repeat(5001)));
        invalid(() -> Limits.message(""));
        invalid(() -> Limits.message(null));
        invalid(() -> Limits.message("\u0000"));
        invalid(() -> Limits.message("\uD83C"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "192.0.2.1",
                "192.0.2.1:1",
                "192.0.2.1:65535",
                "2001:db8::1",
                "[2001:db8::1]",
                "[2001:db8::1]:7000",
                "::",
                "::1",
                "1::",
                "::ffff:192.0.2.1",
                "1:2:3:4:5:6:7:8"
            })
    void anAddressIsALiteral(String address) {
        assertThat(Limits.address(address)).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "256.0.0.1",
                "1.2.3",
                "1.2.3.4.",
                "01.2.3.4",
                "192.0.2.1:0",
                "192.0.2.1:65536",
                "192.0.2.1:",
                "[2001:db8::1",
                "[2001:db8::1]x",
                "[192.0.2.1]:80",
                "fe80::1%eth0",
                "1::2::3",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                ":::",
                "12345::",
                " 192.0.2.1"
            })
    void anythingElseIsNone(String address) {
        invalid(() -> Limits.address(address));
    }

    @Test
    void aGuidIsUpperCaseInBraces() {
        Limits.guid("{5D1B0000-0000-0000-0000-00000000000F}");
        invalid(() -> Limits.guid("{5d1b0000-0000-0000-0000-00000000000f}"));
        invalid(() -> Limits.guid("5D1B0000-0000-0000-0000-00000000000F"));
        invalid(() -> Limits.guid("{5D1B0000-0000-0000-0000-00000000000F}\n"));
        invalid(() -> Limits.guid(null));
    }

    @Test
    void aSignInNameHasALengthAndNoLineBreaks() {
        Limits.signInName("x".repeat(129));
        invalid(() -> Limits.signInName("x".repeat(130)));
        invalid(() -> Limits.signInName(""));
        invalid(() -> Limits.signInName(" bob@b.example"));
        invalid(() -> Limits.signInName("bob@b.example\r"));
        invalid(() -> Limits.signInName("bob\n@b.example"));
        invalid(() -> Limits.signInName(null));
    }

    @Test
    void anApplicationKeepsItsLimits() {
        String guid = "{5D1B0000-0000-0000-0000-00000000000F}";
        String url = "https://a.example/" + "u".repeat(238);
        new Application(guid, "n".repeat(256), url, "p".repeat(260)).check();
        new Application(guid, "", "", "p").check();
        invalid(() -> new Application(guid, "n".repeat(257), url, "p").check());
        invalid(() -> new Application(guid, "n", url + "u", "p").check());
        invalid(() -> new Application(guid, "n", url, "p".repeat(261)).check());
        invalid(() -> new Application(guid, "n", url, " ").check());
        invalid(() -> new Application(guid, "n", url, "p", 1).check());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://a.example/",
                "javascript:alert(1)",
                "file:///etc/passwd",
                "https:///path",
                "https://user@a.example/",
                "https://user:secret@a.example/",
                "a.example",
                "https://a.example/ x",
                "https://a.example/\u202Egpj"
            })
    void aDownloadAddressIsAPlainWebAddress(String url) {
        invalid(() -> Application.checkUrl(url));
    }
}
