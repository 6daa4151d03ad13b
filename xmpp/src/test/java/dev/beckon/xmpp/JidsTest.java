package dev.beckon.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.beckon.ResultCode;
import dev.beckon.SessionException;
import dev.beckon.session.Jid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JidsTest {
    @ParameterizedTest
    @CsvSource({
        "alice@example.org, alice@example.org",
        "Alice@Example.ORG, alice@example.org",
        "alice@example.org., alice@example.org",
        "ÄGIR@Bücher.example, ägir@bücher.example",
        "a.l-i_c+e@x, a.l-i_c+e@x",
        "alice@192.0.2.1, alice@192.0.2.1",
    })
    void signInNamesArePrepared(String written, String prepared) {
        assertThat(Jids.bare(written)).isEqualTo(prepared);
        assertThat(Jids.parse(written)).isEqualTo(Jid.bare(prepared));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alice",
                "@example.org",
                "alice@",
                "alice@example.org/phone",
                "al ice@example.org",
                "a\u00a0b@example.org",
                "\ufb01sh@example.org",
                "a\"b@example.org",
                "a&b@example.org",
                "a'b@example.org",
                "a:b@example.org",
                "a<b@example.org",
                "a@b@c",
                "alice@exa mple.org",
                "alice@exa<mple",
                "a\u0000b@x",
                " alice@example.org",
                "alice@example.org\n",
                "\u202ealice@example.org"
            })
    void whatIsNoSignInNameIsRefusedWithARemedy(String written) {
        assertThatThrownBy(() -> Jids.bare(written)).isInstanceOfSatisfying(SessionException.class, e -> {
            assertThat(e.code()).isEqualTo(ResultCode.E_INVALIDARG);
            assertThat(e.remedy()).isNotBlank();
        });
    }

    @Test
    void theResourceIsWhatFollowsTheFirstSlash() {
        assertThat(Jids.parse("Alice@example.org/Some@where/Else"))
                .isEqualTo(new Jid("alice@example.org", "Some@where/Else"));
        assertThat(Jids.parse("example.org/x")).isEqualTo(new Jid("example.org", "x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "@x", "x@", "/x", "a@b/"})
    void whatIsNoAddressIsNone(String stamped) {
        assertThat(Jids.parse(stamped)).isNull();
    }

    @Test
    void anAddressOnlyTheServiceTakesEqualsNoPreparedOne() {
        assertThat(Jids.parse("\ufb01sh@example.org")).isNotEqualTo(Jids.parse("fish@example.org"));
    }
}
