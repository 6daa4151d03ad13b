package dev.beckon.service.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.beckon.service.xml.Element;
import dev.beckon.service.xml.XmlScanner;
import java.util.Random;
import java.util.stream.Collectors;
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
                "a@b..",
                "a@b..c",
                ".b",
                ".",
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

    /** Whoever is answered at the address that was stamped must be found again, and XML must be able to carry it. */
    @Test
    void whatIsTakenIsReadBackTheSame() {
        long seed = Long.getLong("beckon.seed", System.nanoTime());
        System.out.println("JidTest seed " + seed);
        Random random = new Random(seed);
        String[] parts = {
            "a",
            "B",
            "\u00e9",
            "e\u0301",
            "\u00df",
            "\u1e9e",
            "\u0130",
            "\u0131",
            "\u03a3",
            "\u03c2",
            "\ufb01",
            "\uff21",
            "\u2126",
            "\u212b",
            "\u3000",
            "\u00a0",
            " ",
            "@",
            "/",
            ".",
            "-",
            "'",
            "&",
            "<",
            "\u0000",
            "\u200b",
            "\u200d",
            "\u00ad",
            "\u0627",
            "\u05d0",
            "\u0660",
            "\u06f0",
            "\u0301",
            "\u1100\u1161",
            "\uac00",
            "\u30fb",
            "\u0375",
            "\u00b7",
            "\ufeff",
            "\ufffd",
            "\ufffe",
            "\ud83d\ude00",
            "\ud83d",
            "\ude00",
            "\u0345",
            "\u1f80",
            "\u01c5"
        };
        int taken = 0;
        for (int round = 0; round < 100_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = 1 + random.nextInt(5); i > 0; i--) {
                text.append(parts[random.nextInt(parts.length)]);
                if (random.nextInt(50) == 0) {
                    text.appendCodePoint(random.nextInt(Character.MAX_CODE_POINT + 1));
                }
            }
            String written =
                    random.nextBoolean() ? text + "@b" : random.nextBoolean() ? "a@b/" + text : text.toString();
            Jid jid = Jid.parse(written);
            if (jid == null) {
                continue;
            }
            taken++;
            String named = "seed " + seed + ": " + hex(written) + " is " + hex(jid.toString());
            assertThat(Jid.parse(jid.toString())).as(named).isEqualTo(jid);
            assertThat(Jid.parse(jid.bare().toString())).as(named).isEqualTo(jid.bare());
            Element carrier = Element.of("a", "").attribute("jid", jid).build();
            assertThatCode(() -> XmlScanner.parse(carrier.toBytes())).as(named).doesNotThrowAnyException();
        }
        assertThat(taken).isGreaterThan(1_000);
    }

    private static String hex(String text) {
        return text.codePoints().mapToObj(c -> String.format("%04x", c)).collect(Collectors.joining(" "));
    }
}
