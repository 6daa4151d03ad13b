package dev.beckon.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import org.junit.jupiter.api.Test;

class NodeTest {
    @Test
    void nestingWithoutEndIsReadWithoutItsContent() throws Exception {
        int depth = 100_000;
        NodeReader.Read read =
                Xml.read("<iq type='get' id='7' from='x@y'>" + "<a>".repeat(depth) + "</a>".repeat(depth) + "</iq>");

        assertThat(read.whole()).isFalse();
        assertThat(read.node().attribute("id")).isEqualTo("7");
        assertThat(read.node().children()).isEmpty();
    }

    @Test
    void namesAndAttributesWithoutEndDoNotEndTheStream() throws Exception {
        StringBuilder attributes = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            attributes.append(" a").append(i).append("='1'");
        }

        assertThat(Xml.read("<message><" + "n".repeat(100_000) + "/></message>").whole())
                .isTrue();
        assertThat(Xml.read("<message><x" + attributes + "/></message>").whole())
                .isTrue();
    }

    @Test
    void tooManyElementsAreReadWithoutThem() throws Exception {
        assertThat(Xml.read("<iq>" + "<a/>".repeat(NodeReader.MAX_ELEMENTS + 1) + "</iq>")
                        .whole())
                .isFalse();
        assertThat(Xml.read("<iq>" + "<a/>".repeat(1000) + "</iq>").node().children())
                .hasSize(1000);
    }

    @Test
    void aStanzaWithoutEndEndsTheStream() {
        BoundedReader reader = new BoundedReader(new StringReader("x".repeat(BoundedReader.MAX_CHARACTERS + 10)));

        assertThatThrownBy(() -> {
                    char[] buffer = new char[8192];
                    while (reader.read(buffer, 0, buffer.length) >= 0) {
                        assertThat(buffer[0]).isEqualTo('x');
                    }
                })
                .isInstanceOf(IOException.class)
                .hasMessageContaining("stanza");
    }

    @Test
    void everyCharacterXmlCarriesSurvives() {
        StringBuilder all = new StringBuilder("\t\n\r");
        for (int c = 0x20; c <= 0x10FFFF; c += c < 0x3000 ? 1 : 257) {
            if ((c < 0xD800 || c > 0xDFFF) && c != 0xFFFE && c != 0xFFFF) {
                all.appendCodePoint(c);
            }
        }
        Node node = Node.of("a", "urn:x").with("b", all.toString()).containing(all.toString());

        assertThat(Xml.again(node)).isEqualTo(node);
    }

    @Test
    void childrenKeepTheirNamespaces() {
        Node node = Node.of("message", Names.CLIENT)
                .with(Node.of("a", "urn:a").with(Node.of("b", "urn:a")).with(Node.of("c", Names.CLIENT)))
                .with(Node.of("d", ""));

        assertThat(Xml.again(node)).isEqualTo(node);
    }

    @Test
    void prefixesMakeNoDifference() {
        assertThat(Xml.node("<p:a xmlns:p='urn:a' p:x='1' y='2'><p:b/></p:a>"))
                .isEqualTo(Node.of("a", "urn:a").with("y", "2").with(Node.of("b", "urn:a")));
    }
}
