package dev.beckon.service.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.beckon.service.route.Jid;
import dev.beckon.service.route.Stanza;
import dev.beckon.service.xml.XmlException;
import dev.beckon.service.xml.XmlScanner;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client sends means the same however the network cuts it. */
class StreamReaderTest {
    private static final String HEADER = "<?xml version='1.0' encoding='UTF-8'?>\n<stream:stream to='example.test'"
            + " xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";
    private static final Jid ALICE = Jid.of("alice@example.test/desk");
    private static final int LIMIT = 4_000;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<presence/> <message to='b'><body>a]]&gt;b</body></message>\n</stream:stream>",
                "<iq id='1' type='get'><q xmlns='u' a=\"'>\" b='/>'/></iq><presence></presence>",
                "<a><![CDATA[</a>]]]]><![CDATA[>]]></a><b/>",
                "<a><b></a></b>",
                "<a>\u00e9\u4e2d\ud83d\ude00</a><\u00e9/>",
                "<a><!-- x --></a>",
                "<!-- x -->",
                "<![CDATA[x]]>",
                "<?pi?>",
                "<a>&nbsp;</a>",
                "<a b='1' b='2'/>",
                "text",
                "<a/>text",
                "<a/b><c/>",
                "<a></a",
                "</stream:strean>",
                "</stream:stream  >",
                "<x:a/>",
                "< a/>",
                "<a <b/>",
                "<<a/>",
                "<>",
                "<a>]]></a>",
                "<a b='&'/><c/>;",
                "<a>&</a><b/>",
                "<a>&#x4",
                "<a>&averylongnameofanentity;</a>",
                "<presence/></stream:stream>"
            })
    void anySplitMeansTheSame(String body) {
        byte[] whole = (HEADER + body).getBytes(StandardCharsets.UTF_8);
        List<String> expected = outcome(List.of(whole));
        assertThat(expected).isNotEmpty();
        for (int at = 1; at < whole.length; at++) {
            List<byte[]> halves =
                    List.of(Arrays.copyOfRange(whole, 0, at), Arrays.copyOfRange(whole, at, whole.length));
            assertThat(outcome(halves)).as("split at %d", at).isEqualTo(expected);
        }
        List<byte[]> single = new ArrayList<>();
        for (byte b : whole) {
            single.add(new byte[] {b});
        }
        assertThat(outcome(single)).as("byte by byte").isEqualTo(expected);
    }

    @Test
    void longElementsAreCutOffAtTheLimit() {
        String fits = "<a>" + "x".repeat(LIMIT - 7) + "</a>";
        assertThat(outcome(pieces(HEADER + fits, 100))).hasSize(2).last().isEqualTo("ELEMENT " + fits);
        assertThat(outcome(pieces(HEADER + "<a>" + "x".repeat(LIMIT - 6) + "</a>", 100)))
                .last()
                .asString()
                .startsWith("POLICY_VIOLATION");
        assertThat(outcome(List.of((HEADER + "<a>" + "x".repeat(LIMIT - 6) + "</a>").getBytes(StandardCharsets.UTF_8))))
                .last()
                .asString()
                .startsWith("POLICY_VIOLATION");
    }

    /** They are looked at whole after every read, so they must not be as long as a stanza may be. */
    @Test
    void aStreamsOwnTagsAreShortWhateverAStanzaMayBe() {
        for (String begin : List.of("<stream:stream", HEADER + "</stream:stream", "<?xml")) {
            StreamReader reader = new StreamReader(new XmlScanner(), 1 << 20);
            byte[] piece = begin.getBytes(StandardCharsets.UTF_8);
            reader.offer(piece, 0, piece.length);
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 10_001; i++) {
                            while (reader.next() != StreamReader.Event.NONE) {}
                            reader.offer(new byte[] {' '}, 0, 1);
                        }
                    })
                    .as(begin)
                    .isInstanceOf(XmlException.class)
                    .hasMessageContaining("more than 10000 bytes");
        }
    }

    @Test
    void anElementWithoutEndIsHeldUpToTheLimitAndNoFurther() throws XmlException {
        StreamReader reader = new StreamReader(new XmlScanner(), LIMIT);
        byte[] header = HEADER.getBytes(StandardCharsets.UTF_8);
        reader.offer(header, 0, header.length);
        reader.next();
        byte[] piece = "<a>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx".getBytes(StandardCharsets.UTF_8);
        int longest = 0;
        XmlException refused = null;
        for (int i = 0; i < LIMIT && refused == null; i++) {
            reader.offer(piece, i == 0 ? 0 : 3, piece.length);
            try {
                assertThat(reader.next()).isEqualTo(StreamReader.Event.NONE);
            } catch (XmlException e) {
                refused = e;
            }
            reader.keep();
            longest = Math.max(longest, reader.bytes().length);
        }
        assertThat(refused).isNotNull();
        assertThat(longest).isLessThan(2 * LIMIT);
    }

    @Test
    void nothingIsHeldBetweenStanzas() throws XmlException {
        StreamReader reader = new StreamReader(new XmlScanner(), LIMIT);
        byte[] in = (HEADER + "<presence/> ").getBytes(StandardCharsets.UTF_8);
        reader.offer(in, 0, in.length);
        while (reader.next() != StreamReader.Event.NONE) {}
        reader.keep();
        assertThat(reader.isEmpty()).isTrue();
        assertThat(reader.bytes()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<message to='b@c' from='mallory@x'><body>&#65;</body></message>",
                "<message from=\"x\" to='b@c'/>",
                "<message\n to='b@c'\tid='1' />",
                "<message/>",
                "<c:message xmlns:c='jabber:client' to='b@c'><c:body/></c:message>"
            })
    void stampingChangesFromAndNothingElse(String sent) throws XmlException {
        StreamReader reader = new StreamReader(new XmlScanner(), LIMIT);
        byte[] in = (HEADER + sent).getBytes(StandardCharsets.UTF_8);
        reader.offer(in, 0, in.length);
        reader.next();
        reader.next();
        Jid to = reader.head().to() == null ? null : Jid.of(reader.head().to());
        Stanza stanza = Stanza.stamped(reader.bytes(), reader.head(), Stanza.Stamp.of(ALICE), to);
        assertThat(stanza.element())
                .isEqualTo(XmlScanner.parse(sent.getBytes(StandardCharsets.UTF_8)).toBuilder()
                        .attribute("from", ALICE)
                        .build());
        Jid carol = Jid.of("carol@example.test/d'&<sk");
        Stanza readdressed = stanza.to(carol);
        assertThat(readdressed.element())
                .isEqualTo(stanza.element().toBuilder().attribute("to", carol).build());
        assertThat(readdressed.to(ALICE).to(carol).element()).isEqualTo(readdressed.element());
    }

    private static List<byte[]> pieces(String text, int size) {
        byte[] whole = text.getBytes(StandardCharsets.UTF_8);
        List<byte[]> pieces = new ArrayList<>();
        for (int from = 0; from < whole.length; from += size) {
            pieces.add(Arrays.copyOfRange(whole, from, Math.min(whole.length, from + size)));
        }
        return pieces;
    }

    private static List<String> outcome(List<byte[]> pieces) {
        List<String> events = new ArrayList<>();
        StreamReader reader = new StreamReader(new XmlScanner(), LIMIT);
        try {
            for (byte[] piece : pieces) {
                byte[] buffer = piece.clone();
                reader.offer(buffer, 0, buffer.length);
                StreamReader.Event event;
                while ((event = reader.next()) != StreamReader.Event.NONE) {
                    switch (event) {
                        case HEADER -> events.add("HEADER " + reader.header());
                        case ELEMENT ->
                            events.add("ELEMENT "
                                    + new String(
                                            reader.bytes(),
                                            reader.head().start(),
                                            reader.head().end() - reader.head().start(),
                                            StandardCharsets.UTF_8));
                        default -> {
                            events.add("END");
                            return events;
                        }
                    }
                }
                reader.keep();
                Arrays.fill(buffer, (byte) 'X');
            }
        } catch (XmlException e) {
            events.add(e.fault() + " " + e.text());
        }
        return events;
    }
}
