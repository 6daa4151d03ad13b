package dev.beckon.service.xml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.beckon.service.xml.XmlException.Fault;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The guard on what clients send: it takes what a strict parser takes and XMPP allows, nothing else. */
class XmlScannerTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "<a/>",
                "<a></a>",
                "<a ></a >",
                "<a b='c' d=\"e'e\"/>",
                "<a b = 'c'\n\td='e'\r\n/>",
                "<a>text &lt;&gt;&amp;&apos;&quot; &#65; &#x1F600; \u00e9 \u4e2d \ud83d\ude00</a>",
                "<a><![CDATA[<not> &a; tag ]] ]]]]></a>",
                "<a><![CDATA[]]></a>",
                "<message xmlns='jabber:client' xml:lang='en'><body>x</body></message>",
                "<x:a xmlns:x='urn:x' x:b='1' b='2'><x:c/></x:a>",
                "<a xmlns:x='urn:x'><x:b><x:c xmlns:x='urn:y'/></x:b></a>",
                "<a xmlns:xml='http://www.w3.org/XML/1998/namespace'/>",
                "<\u00e9l\u00e9ment \u4e2d='1'/>",
                "<a>]] ></a>",
                "<stream:error/>",
                "<a b='>'/>",
                "<a_b-c.d1/>"
            })
    void whatIsGoodPasses(String xml) throws XmlException {
        assertThat(XmlScanner.parse(bytes(xml))).isNotNull();
        assertThat(strict(bytes(xml))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                " <a/>",
                "<a>",
                "<a",
                "<a/",
                "<a></b>",
                "<a></ab>",
                "<ab></a>",
                "<a><b></a></b>",
                "</a>",
                "<1/>",
                "<-a/>",
                "< a/>",
                "<a b/>",
                "<a b=c/>",
                "<a b='c/>",
                "<a b='c'd='e'/>",
                "<a b='<'/>",
                "<a b='1' b='2'/>",
                "<a b='&'/>",
                "<a b='&a'/>",
                "<a>&</a>",
                "<a>&;</a>",
                "<a>&#;</a>",
                "<a>&#x;</a>",
                "<a>&#0;</a>",
                "<a>&#xD800;</a>",
                "<a>&#xFFFE;</a>",
                "<a>&#x110000;</a>",
                "<a>&#99999999999;</a>",
                "<a>&#xG;</a>",
                "<a>]]></a>",
                "<a>\u0001</a>",
                "<a>\uffff</a>",
                "<a b='\u0000'/>",
                "<a / >",
                "<a/b>",
                "<a:b:c xmlns:a='u'/>",
                "<:a/>",
                "<a:/>",
                "<a xmlns='u' xmlns='v'/>",
                "<a xmlns:x='u' xmlns:y='u' x:b='1' y:b='2'/>",
                "<a><![CDATA[x]></a>",
                "<![CDATA[x]]>",
                "<a/><b/>"
            })
    void whatIsNotWellFormedIsRefused(String xml) {
        assertThatThrownBy(() -> XmlScanner.parse(bytes(xml))).isInstanceOf(XmlException.class);
        // The JDK's parser lets a name begin with a colon, against Namespaces in XML 1.0 §4.
        assertThat(strict(bytes(xml)) && !xml.startsWith("<:")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<a><!-- comment --></a>",
                "<a><?pi x?></a>",
                "<!DOCTYPE a><a/>",
                "<a><!ENTITY x 'y'></a>",
                "<a>&nbsp;</a>",
                "<a b='&xxe;'/>",
                "<?xml version='1.0'?><a/>"
            })
    void whatXmppForbidsIsRestrictedXml(String xml) {
        assertThat(fault(bytes(xml))).isEqualTo(Fault.RESTRICTED_XML);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<x:a/>",
                "<a x:b='1'/>",
                "<a><b xmlns:x='u'/><x:c/></a>",
                "<a xmlns:x=''/>",
                "<a xmlns:xmlns='u'/>",
                "<a xmlns:xml='u'/>",
                "<a xmlns:x='http://www.w3.org/XML/1998/namespace'/>",
                "<a xmlns='http://www.w3.org/2000/xmlns/'/>",
                "<xmlns:a/>"
            })
    void badPrefixesAreRefused(String xml) {
        assertThat(fault(bytes(xml))).isEqualTo(Fault.BAD_NAMESPACE_PREFIX);
    }

    @Test
    void utf8IsTakenAtItsWord() {
        int[][] bad = {
            {0xC0, 0x80}, // overlong NUL
            {0xC1, 0xBF},
            {0xE0, 0x9F, 0xBF}, // overlong
            {0xF0, 0x8F, 0xBF, 0xBF},
            {0xED, 0xA0, 0x80}, // surrogates
            {0xED, 0xBF, 0xBF},
            {0xF4, 0x90, 0x80, 0x80}, // above U+10FFFF
            {0xF5, 0x80, 0x80, 0x80},
            {0x80},
            {0xFF},
            {0xC3},
            {0xE4, 0xB8},
            {0xEF, 0xBF, 0xBE} // U+FFFE, good UTF-8 and no character of XML
        };
        for (int[] sequence : bad) {
            for (String around : new String[] {"<a>|</a>", "<a b='|'/>", "<a><![CDATA[|]]></a>", "<a|/>"}) {
                assertThat(fault(with(around, sequence)))
                        .as("%s with %s", around, Arrays.toString(sequence))
                        .isEqualTo(Fault.NOT_WELL_FORMED);
            }
        }
    }

    @Test
    void depthAndAttributesAreBounded() throws XmlException {
        int most = XmlScanner.MAX_DEPTH;
        assertThat(fault(bytes("<a>".repeat(most) + "</a>".repeat(most)))).isNull();
        assertThat(fault(bytes("<a>".repeat(most + 1) + "</a>".repeat(most + 1))))
                .isEqualTo(Fault.POLICY_VIOLATION);
        StringBuilder wide = new StringBuilder("<a");
        for (int i = 0; i <= XmlScanner.MAX_ATTRIBUTES; i++) {
            wide.append(" b").append(i).append("=''");
        }
        assertThat(fault(bytes(wide + "/>"))).isEqualTo(Fault.POLICY_VIOLATION);
        StringBuilder declared = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            declared.append("<a");
            for (int j = 0; j < 10; j++) {
                declared.append(" xmlns:p").append(j).append("='u'");
            }
            declared.append('>');
        }
        assertThat(fault(bytes(declared + "</a>".repeat(40)))).isEqualTo(Fault.POLICY_VIOLATION);
    }

    @Test
    void whatIsReadIsWhatWasMeant() throws XmlException {
        Element read =
                XmlScanner.parse(bytes("<message from='a&amp;b' x='1\r\n2\t3&#10;4' xml:lang='de'>a\r\nb\rc&#13;&lt;"
                        + "<![CDATA[<&amp;>]]><p:q xmlns:p='urn:p' p:r='s'/>d</message>"));
        assertThat(read.is("message", Namespaces.CLIENT)).isTrue();
        assertThat(read.attribute("from")).isEqualTo("a&b");
        assertThat(read.attribute("x")).isEqualTo("1 2 3\n4");
        assertThat(read.attribute("xml:lang")).isEqualTo("de");
        assertThat(read.text()).isEqualTo("a\nb\nc\r<<&amp;>d");
        assertThat(read.child("q", "urn:p").attribute("{urn:p}r")).isEqualTo("s");
    }

    @Test
    void whatIsWrittenIsReadBackTheSame() throws XmlException {
        Element written = Element.of("message", Namespaces.CLIENT)
                .attribute("to", "a'b\"<c>&\t\n\r")
                .attribute("{urn:f}g", "h")
                .attribute("{a}b}c", "d")
                .attribute("{" + Namespaces.XML + "}base", "urn:base")
                .child(Element.of("id", Namespaces.XML)
                        .child(Element.of("body", Namespaces.CLIENT))
                        .child(Element.of("other", Namespaces.XML)))
                .attribute("xml:lang", "en")
                .child(Element.of("body", Namespaces.CLIENT).text("<&>'\" \r\n\t ]]> \ud83d\ude00"))
                .child(Element.of("x", "urn:x").child(Element.of("y", "")).child(Element.of("z", "urn:x")))
                .build();
        assertThat(XmlScanner.parse(written.toBytes())).isEqualTo(written);
        assertThat(strict(written.toBytes())).isTrue();
    }

    @Test
    void whatXmlCannotCarryIsNotWritten() {
        assertThatThrownBy(() -> Element.of("a", "").text("\u0000")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Element.of("a", "").text("\ud800")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Element.of("a b", "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Element.of("a", "").attribute("b='", "c"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** As many attributes of one name in as many namespaces as may be, 24,000 times: each is looked up once, not with each other. */
    @Test
    void manyPrefixesCostNoMoreThanTheirBytes() throws XmlException {
        StringBuilder declared = new StringBuilder("<a");
        StringBuilder used = new StringBuilder("<b");
        for (int i = 0; i < XmlScanner.MAX_ATTRIBUTES; i++) {
            declared.append(" xmlns:p").append(i).append("='u").append(i).append("'");
            used.append(" p").append(i).append(":x=''");
        }
        byte[] many = bytes(declared + ">" + (used + "/>").repeat(600) + "</a>");
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            XmlScanner scanner = new XmlScanner();
            for (int i = 0; i < 40; i++) {
                scanner.scan(many, 0, many.length, new XmlScanner.Sink() {});
            }
        });
        assertThat(fault(bytes("<a xmlns:p='u' xmlns:q='u' p:x='' q:x=''/>"))).isEqualTo(Fault.NOT_WELL_FORMED);
        assertThat(fault(bytes("<a xmlns:p='u' xmlns:q='v' p:x='' q:x='' x=''/>")))
                .isNull();
    }

    /** A long name that is used thousands of times would be megabytes where each element declares its own. */
    @Test
    void whatIsWrittenAnewIsNotMuchLongerThanItWas() throws XmlException {
        String uri = "u".repeat(NamespaceScope.LONGEST);
        for (String content : List.of("<p:a/>", "<a p:b=''/>", "<p:a><b xmlns=''/></p:a>")) {
            assertThat(fault(bytes("<message xmlns:p='" + uri + "'>" + content.repeat(300) + "</message>")))
                    .as(content)
                    .isEqualTo(Fault.POLICY_VIOLATION);
        }
        String good = "<message xmlns:p='" + uri + "'><p:a>" + "<p:b/>".repeat(10_000) + "</p:a>" + "'\">".repeat(1_000)
                + "</message>";
        assertThat(fault(bytes(good))).isNull();
        assertThat(XmlScanner.parse(bytes(good)).toBytes()).hasSizeLessThan(good.length() + 1_000);
    }

    /** After a stream's own declarations, the stream's context is what it always is. */
    @Test
    void whatAStreamTagDeclaresIsGoneAfterIt() throws XmlException {
        XmlScanner scanner = new XmlScanner();
        byte[] stream = bytes("<s:stream xmlns:s='http://etherx.jabber.org/streams' xmlns='other'>");
        scanner.scanStreamTag(stream, 0, stream.length, new XmlScanner.Sink() {});
        List<String> namespaces = new ArrayList<>();
        byte[] element = bytes("<a><stream:b/></a>");
        scanner.scan(element, 0, element.length, new XmlScanner.Sink() {
            @Override
            protected void start(XmlScanner scanner, int depth, String name, String namespace, int from) {
                namespaces.add(namespace);
            }
        });
        assertThat(namespaces).containsExactly(Namespaces.CLIENT, Namespaces.STREAMS);
    }

    private static final XMLInputFactory JDK = XMLInputFactory.newDefaultFactory();

    static {
        JDK.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, true);
    }

    /** Whether the JDK's parser takes it as one element in a client's stream. */
    private static boolean strict(byte[] xml) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(xml))
                    .toString();
            XMLStreamReader reader = JDK.createXMLStreamReader(new StringReader(
                    "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>" + text
                            + "</stream:stream>"));
            int depth = 0;
            int elements = 0;
            while (reader.hasNext()) {
                switch (reader.next()) {
                    case XMLStreamConstants.START_ELEMENT -> elements += depth++ == 1 ? 1 : 0;
                    case XMLStreamConstants.END_ELEMENT -> depth--;
                    case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
                        if (depth == 1) {
                            return false;
                        }
                    }
                    default -> {}
                }
            }
            return elements == 1;
        } catch (CharacterCodingException | XMLStreamException | RuntimeException e) {
            return false;
        }
    }

    private static Fault fault(byte[] xml) {
        try {
            int end = new XmlScanner().scan(xml, 0, xml.length, new XmlScanner.Sink() {});
            return end == xml.length ? null : Fault.NOT_WELL_FORMED;
        } catch (XmlException e) {
            return e.fault();
        }
    }

    private static byte[] with(String around, int[] sequence) {
        int bar = around.indexOf('|');
        byte[] before = bytes(around.substring(0, bar));
        byte[] after = bytes(around.substring(bar + 1));
        byte[] all = Arrays.copyOf(before, before.length + sequence.length + after.length);
        for (int i = 0; i < sequence.length; i++) {
            all[before.length + i] = (byte) sequence[i];
        }
        System.arraycopy(after, 0, all, before.length + sequence.length, after.length);
        return all;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
