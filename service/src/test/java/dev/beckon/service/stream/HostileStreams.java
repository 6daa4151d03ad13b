package dev.beckon.service.stream;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Makes byte streams up: good ones, good ones spoilt a little, attacks with their names, and plain rubbish. All from one seed. */
final class HostileStreams {
    private static final int LONGEST = 3 * StreamJudge.LIMIT;

    private static final String HEADER = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
            + "xmlns:stream='http://etherx.jabber.org/streams' to='example.test' version='1.0' xml:lang='en'>";

    /** What clients say, as models for the rest. */
    private static final List<byte[]> MODELS = bytes(
            HEADER,
            "<stream:stream to='example.test' xmlns:stream=\"http://etherx.jabber.org/streams\" xmlns='jabber:client'>",
            "<message to='romeo@example.test/orchard' type='chat' id='1' xml:lang='en'><body>Art thou not Romeo, &amp; a"
                    + " Montague?</body><active xmlns='http://jabber.org/protocol/chatstates'/></message>",
            "<message from='juliet@example.test' to='romeo@example.test'><propose xmlns='urn:xmpp:jingle-message:0' "
                    + "id='a73sjjvkla37jfea'><description xmlns='urn:beckon:app:1' guid='{0AA9}'/></propose></message>",
            "<iq type='set' id=\"2\"><query xmlns='jabber:iq:roster'><item jid='a@b' name='\u00e9\u4e2d\ud83d\ude00'>"
                    + "<group>x</group></item></query></iq>",
            "<iq type='get' to='example.test' id='p'><ping xmlns='urn:xmpp:ping'/></iq>",
            "<presence><show>away</show><priority>5</priority><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' "
                    + "node='n' ver='v'/></presence>",
            "<presence type='subscribe' to='romeo@example.test'/>",
            "<message xmlns='jabber:client' to='romeo@example.test'><body>O</body><x xmlns='jabber:x:oob'/></message>",
            "<c:iq xmlns:c='jabber:client' type='get' id='1'><c:a/><b xmlns='u'/></c:iq>",
            "<c:message xmlns:c='jabber:client' xmlns:x='urn:x' x:y='1' y='2' c:y='3'><c:body/></c:message>",
            "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-1'>biwsbj1yLHI9MQ==</auth>" + HEADER,
            "<a xml:base='b' xmlns:x='v' x:c='d'><xml:e f='g'/><b xmlns=''><c xmlns='w'/></b></a>",
            "<p:a xmlns:p='u' p:b='c'><![CDATA[d]]e<&>]]><p:f/>]] ></p:a>",
            "<message>a\r\nb\rc&#13;&#xA;&#x1F600;<x a='1\r\n2\t3&#10;4'/></message>",
            "<r xmlns='urn:xmpp:sm:3'/> <a xmlns='urn:xmpp:sm:3' h='1'/>\n",
            "</stream:stream>");

    /** What breaks parsers, to be put anywhere. */
    private static final List<byte[]> SPICE = bytes(
            "<",
            ">",
            "/>",
            "</",
            "='",
            "'",
            "\"",
            "&",
            ";",
            "&lt;",
            "&amp;",
            "&apos;",
            "&quot;",
            "&gt;",
            "&#0;",
            "&#x0;",
            "&#xD800;",
            "&#xDFFF;",
            "&#xFFFE;",
            "&#x110000;",
            "&#x10FFFF;",
            "&#xfffd;",
            "&#9;",
            "&#00000000065;",
            "&#99999999999;",
            "&xxe;",
            "&nbsp;",
            "&#;",
            "&#x;",
            "&;",
            "]]>",
            "]]",
            "<![CDATA[",
            "<![CDATA[]]>",
            "<!--",
            "-->",
            "<!-- x -->",
            "<?x y?>",
            "<?xml version='1.0'?>",
            "<!DOCTYPE a [<!ENTITY b 'c'>]>",
            "<!DOCTYPE a SYSTEM 'file:///etc/passwd'>",
            "<!ENTITY",
            "<!",
            "<?",
            "?>",
            " xmlns='jabber:client'",
            " xmlns='jabber:server'",
            " xmlns=''",
            " xmlns='urn:x'",
            " xmlns:a='u'",
            " xmlns:b='u'",
            " a:x='1'",
            " b:x='2'",
            " x='3'",
            " xmlns:xml='u'",
            " xmlns:xmlns='u'",
            " xmlns:xml='http://www.w3.org/XML/1998/namespace'",
            " xmlns:a='http://www.w3.org/XML/1998/namespace'",
            " xmlns='http://www.w3.org/XML/1998/namespace'",
            " xmlns:a='http://www.w3.org/2000/xmlns/'",
            " xmlns='http://www.w3.org/2000/xmlns/'",
            " xmlns:a=''",
            " xmlns:stream='urn:x'",
            " xmlns:a='jabber:client'",
            " xmlns:a=\"&#117;\"",
            " from='eve@example.test'",
            " from=''",
            " from='&#97;'",
            " a:from='x'",
            " to='@'",
            " to='a@b/c'",
            " to=\"a'b\"",
            " xml:lang='fr'",
            " xml:lang=''",
            " xml:space='preserve'",
            " xml:x='y'",
            " :x='y'",
            " x:='y'",
            " a:b:c='d'",
            " id='1'",
            " id='2'",
            " type='error'",
            "<a:b/>",
            "<:a/>",
            "<a:/>",
            "<xml:a/>",
            "<xmlns:a/>",
            "<a",
            "<a>",
            "</a>",
            "<b/>",
            "<a xmlns:a='u'><a:b/></a>",
            " ",
            "\t",
            "\r",
            "\n",
            "\r\n",
            "\u0085",
            "\u2028",
            "\u00a0",
            "\ufeff",
            "\ufffd",
            "\u00e9",
            "\u00b7",
            "\u0300",
            "\u4e2d",
            "\u2070",
            "\u203f",
            "\u037f",
            "\ud83d\ude00",
            "\u007f",
            "\u0080",
            "-",
            ".",
            "0",
            "_",
            ":",
            "=",
            "?",
            "!",
            "[",
            "]",
            "#",
            "x",
            "</stream:stream>",
            "</stream:stream >",
            "<stream:stream>",
            "<stream:error/>",
            HEADER);

    /** Bytes that are no characters, or none of XML's. */
    private static final byte[][] SPOILT = {
        {0},
        {1},
        {0x0B},
        {0x0C},
        {0x1F},
        {(byte) 0x80},
        {(byte) 0xBF},
        {(byte) 0xC0, (byte) 0x80},
        {(byte) 0xC1, (byte) 0xBF},
        {(byte) 0xC0, (byte) 0xBC},
        {(byte) 0xE0, (byte) 0x80, (byte) 0xBC},
        {(byte) 0xE0, (byte) 0x9F, (byte) 0xBF},
        {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
        {(byte) 0xED, (byte) 0xBF, (byte) 0xBF},
        {(byte) 0xED, (byte) 0xA0, (byte) 0xBD, (byte) 0xED, (byte) 0xB8, (byte) 0x80},
        {(byte) 0xEF, (byte) 0xBF, (byte) 0xBE},
        {(byte) 0xEF, (byte) 0xBF, (byte) 0xBF},
        {(byte) 0xF0, (byte) 0x80, (byte) 0x80, (byte) 0xBC},
        {(byte) 0xF0, (byte) 0x8F, (byte) 0xBF, (byte) 0xBF},
        {(byte) 0xF4, (byte) 0x8F, (byte) 0xBF, (byte) 0xBF},
        {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
        {(byte) 0xF5, (byte) 0x80, (byte) 0x80, (byte) 0x80},
        {(byte) 0xF8, (byte) 0x88, (byte) 0x80, (byte) 0x80},
        {(byte) 0xC3},
        {(byte) 0xE4, (byte) 0xB8},
        {(byte) 0xF0, (byte) 0x9F, (byte) 0x98},
        {(byte) 0xFE, (byte) 0xFF},
        {(byte) 0xFF, (byte) 0xFE},
        {(byte) 0xFF}
    };

    private static final String[] PREFIXES = {"", "", "", "a:", "b:", "stream:", "xml:"};
    private static final String[] NAMES = {
        "message",
        "presence",
        "iq",
        "message",
        "body",
        "a",
        "b",
        "query",
        "auth",
        "stream",
        "\u00e9t\u00e9",
        "\u4e2d",
        "x-1._"
    };
    private static final String[] DECLARED = {
        " xmlns='jabber:client'",
        " xmlns='urn:x'",
        " xmlns=''",
        " xmlns:a='u'",
        " xmlns:b='u'",
        " xmlns:b='v'",
        " xmlns:a='jabber:client'"
    };

    private final Random random;

    HostileStreams(long seed) {
        random = new Random(seed);
    }

    byte[] next() {
        int kind = random.nextInt(100);
        if (kind < 4) {
            byte[] rubbish = new byte[random.nextInt(200)];
            random.nextBytes(rubbish);
            return rubbish;
        }
        if (kind < 10) {
            return attack();
        }
        byte[] good = good();
        // A third as it is, so that much is delivered.
        int changes = Math.max(0, random.nextInt(6) - 1);
        for (int i = 0; i < changes; i++) {
            good = spoilt(good);
        }
        return good.length > LONGEST ? Arrays.copyOf(good, LONGEST) : good;
    }

    private byte[] good() {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        if (random.nextInt(4) == 0) {
            stream.writeBytes(MODELS.get(0));
        }
        for (int i = random.nextInt(4); i >= 0; i--) {
            if (random.nextBoolean()) {
                stream.writeBytes(MODELS.get(random.nextInt(MODELS.size())));
            } else {
                StringBuilder element = new StringBuilder();
                element(element, 0);
                stream.writeBytes(element.toString().getBytes(StandardCharsets.UTF_8));
            }
        }
        return stream.toByteArray();
    }

    /** Well-formed but for prefixes nobody declared and attributes that meet. */
    private void element(StringBuilder out, int depth) {
        String name = any(PREFIXES) + any(NAMES);
        out.append('<').append(name);
        for (int i = random.nextInt(3); i > 0; i--) {
            out.append(any(DECLARED));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            char quote = random.nextBoolean() ? '\'' : '"';
            out.append(random.nextInt(8) == 0 ? "\n " : " ").append(any(PREFIXES));
            out.append(random.nextBoolean() ? any("from", "to", "id", "type", "lang") : any(NAMES));
            out.append(random.nextInt(8) == 0 ? " = " : "=").append(quote);
            text(out, random.nextInt(3), "");
            out.append(quote);
        }
        if (random.nextInt(4) == 0) {
            out.append(random.nextBoolean() ? "/>" : " />");
            return;
        }
        out.append('>');
        for (int i = depth > 8 ? 0 : random.nextInt(4); i > 0; i--) {
            if (random.nextBoolean()) {
                element(out, depth + 1);
            } else {
                text(out, random.nextInt(5), random.nextInt(8) == 0 ? "<![CDATA[<&>]]]>]]>" : ">'\"");
            }
        }
        out.append("</").append(name).append(random.nextInt(8) == 0 ? " >" : ">");
    }

    private void text(StringBuilder out, int parts, String last) {
        for (int i = 0; i < parts; i++) {
            switch (random.nextInt(8)) {
                case 0 ->
                    out.append(any("&lt;", "&amp;", "&gt;", "&quot;", "&apos;", "&#65;", "&#x1F600;", "&#13;", "&#9;"));
                case 1 -> out.append(any("\r\n", "\r", "\n", "\t", " ", "]", "]]"));
                case 2 -> out.append(any("\u00e9", "\u4e2d", "\ud83d\ude00", "\ufffd", "\u0085", "\u2028", "\u007f"));
                case 3 -> out.append("x".repeat(random.nextInt(random.nextInt(20) == 0 ? 3_000 : 80)));
                default -> out.append(any("a@b/c", "romeo@example.test", "chat", "get", "1", "jabber:client"));
            }
        }
        out.append(last);
    }

    /** What grows: depth, attributes, declarations, names, text, references; some within the bounds, some beyond. */
    private byte[] attack() {
        int many = 1 + random.nextInt(random.nextInt(4) == 0 ? 3_000 : 140);
        StringBuilder out = new StringBuilder();
        switch (random.nextInt(10)) {
            case 0 -> out.append("<a>".repeat(many)).append("</a>".repeat(random.nextBoolean() ? many : many / 2));
            case 1 -> {
                out.append("<message");
                for (int i = 0; i < many; i++) {
                    out.append(" a").append(random.nextInt(1 + many * 20)).append("=''");
                }
                out.append("/>");
            }
            case 2 -> {
                out.append("<message");
                for (int i = 0; i < many; i++) {
                    out.append(" xmlns:p")
                            .append(i)
                            .append("='u")
                            .append(random.nextInt(many))
                            .append('\'');
                    out.append(i % 2 == 0 ? " p" + i + ":x=''" : "");
                }
                out.append("/>");
            }
            case 3 -> {
                for (int i = 0; i < many; i++) {
                    out.append("<a xmlns:p")
                            .append(i)
                            .append("='u' xmlns='")
                            .append(i)
                            .append("'>");
                }
                out.append("</a>".repeat(many));
            }
            case 4 -> out.append("<message to='").append("x".repeat(many * 5)).append("'/>");
            case 5 -> out.append("<").append("n".repeat(many * 5)).append("/>");
            case 6 ->
                out.append("<message><body>").append("&#x1F600;".repeat(many)).append("</body></message>");
            case 7 -> out.append("<message>").append("<b/>".repeat(many)).append("</message>");
            case 8 -> out.append("<a><![CDATA[").append("]".repeat(many)).append(">]]></a>");
            default ->
                out.append(" ".repeat(many * 5))
                        .append("<presence")
                        .append(" ".repeat(many * 5))
                        .append("/>");
        }
        byte[] attack = out.toString().getBytes(StandardCharsets.UTF_8);
        return random.nextInt(3) == 0 ? spoilt(attack) : attack;
    }

    private byte[] spoilt(byte[] in) {
        int at = random.nextInt(in.length + 1);
        int rest = in.length - at;
        return switch (random.nextInt(9)) {
            case 0 -> spliced(in, at, Math.min(rest, 1 + random.nextInt(8)), new byte[0]);
            case 1 -> spliced(in, at, 0, SPOILT[random.nextInt(SPOILT.length)]);
            case 2 -> spliced(in, at, Math.min(rest, 1), new byte[] {(byte) random.nextInt()});
            case 3 -> Arrays.copyOf(in, at);
            case 4 -> {
                int from = random.nextInt(in.length + 1);
                int to = Math.min(in.length, from + random.nextInt(60));
                yield spliced(in, at, 0, Arrays.copyOfRange(in, from, to));
            }
            case 5 -> {
                byte[] model = MODELS.get(random.nextInt(MODELS.size()));
                yield spliced(in, at, 0, Arrays.copyOfRange(model, random.nextInt(model.length), model.length));
            }
            default ->
                spliced(
                        in,
                        at,
                        random.nextInt(3) == 0 ? Math.min(rest, 2) : 0,
                        SPICE.get(random.nextInt(SPICE.size())));
        };
    }

    private static byte[] spliced(byte[] in, int at, int cut, byte[] insert) {
        byte[] out = new byte[in.length - cut + insert.length];
        System.arraycopy(in, 0, out, 0, at);
        System.arraycopy(insert, 0, out, at, insert.length);
        System.arraycopy(in, at + cut, out, at + insert.length, in.length - at - cut);
        return out;
    }

    private String any(String... of) {
        return of[random.nextInt(of.length)];
    }

    private static List<byte[]> bytes(String... texts) {
        return Arrays.stream(texts)
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }
}
