package dev.beckon.service.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JidTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "alice@example.org|alice@example.org",
                "Alice@Example.ORG/Desk|alice@example.org/Desk",
                "example.org|example.org",
                "example.org.|example.org",
                "example.org/x/y@z|example.org/x/y@z",
                "\uff21lice@example.org|alice@example.org",
                "stra\u00dfe@example.org|stra\u00dfe@example.org",
                "a@b/c  d|a@b/c  d",
                "e\u0301@b|\u00e9@b",
                "a@[::1]/r|a@[::1]/r"
            })
    void sameEntitiesHaveTheSameAddress(String written, String prepared) {
        assertThat(Jid.of(written).toString()).isEqualTo(prepared);
        assertThat(Jid.of(written)).isEqualTo(Jid.of(prepared)).hasSameHashCodeAs(Jid.of(prepared));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "@",
                "@a",
                "a@",
                "a@/b",
                "/b",
                "a@b/",
                "a@b@c",
                "a b@c",
                "a@b c",
                "a\u00a0b@c",
                "\ufb01@c",
                "a'b@c",
                "a&b@c",
                "<a>@c",
                "a@b/\u0000",
                "a@<b>",
                "a@b'c",
                "\u200b@c"
            })
    void whatIsNoAddressIsRefused(String text) {
        assertThat(Jid.parse(text)).isNull();
        assertThatThrownBy(() -> Jid.of(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void partsAreBounded() {
        String most = "a".repeat(1023);
        assertThat(Jid.of(most + "@b/" + most).isFull()).isTrue();
        assertThat(Jid.parse(most + "a@b")).isNull();
        assertThat(Jid.parse("a@b/a" + most)).isNull();
        assertThat(Jid.parse("a@a" + most)).isNull();
    }
}
