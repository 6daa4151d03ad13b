package dev.beckon.service.stream;

import dev.beckon.service.xml.Element;
import dev.beckon.service.xml.Namespaces;
import dev.beckon.service.xml.XmlException;
import dev.beckon.service.xml.XmlException.Fault;
import dev.beckon.service.xml.XmlScanner;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a client opens a stream (RFC 6120 §4.7).
 *
 * @param language what its stanzas are in where they do not say (RFC 6120 §4.7.4), or null
 * @param contentNamespace the default namespace it declares, empty for none
 */
record StreamHeader(
        String name,
        String namespace,
        String contentNamespace,
        @Nullable String to,
        @Nullable String from,
        @Nullable String version,
        @Nullable String language) {

    /** The language that the service's own headers declare for what it sends. */
    static final String LANGUAGE = "en";

    /** A header, the name of its element as it was written, and the offset after it. */
    record Parsed(StreamHeader header, byte[] name, int end) {}

    // White space is what XML 1.0 §2.3 says, less than \s.
    private static final Pattern DECLARATION = Pattern.compile(("<\\?xml\\s+version\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)')"
                    + "(?:\\s+encoding\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)'))?"
                    + "(?:\\s+standalone\\s*=\\s*(?:\"(?:yes|no)\"|'(?:yes|no)'))?\\s*\\?>")
            .replace("\\s", "[ \\t\\r\\n]"));

    private static final byte[] DECLARATION_BEGINS = "<?xml".getBytes(StandardCharsets.US_ASCII);

    /** What a stream over WebSocket opens with (RFC 7395 §3.4): the same attributes on an element of its own. */
    static StreamHeader ofOpen(Element open) {
        return new StreamHeader(
                "stream",
                Namespaces.STREAMS,
                Namespaces.CLIENT,
                open.attribute("to"),
                open.attribute("from"),
                open.attribute("version"),
                open.attribute("xml:lang"));
    }

    /** Reads an XML declaration, if there is one, and the start tag of a stream. */
    static Parsed parse(XmlScanner scanner, byte[] in, int from, int to) throws XmlException {
        checkEncoding(in, from, to);
        int at = skipDeclaration(in, from, to);
        while (at < to && StreamReader.isSpace(in[at])) {
            at++;
        }
        if (at < to && in[at] != '<') {
            throw new XmlException(
                    Fault.NOT_WELL_FORMED, "this is a port for XMPP: a stream must begin with <stream:stream>");
        }
        Reader reader = new Reader();
        int end = scanner.scanStreamTag(in, at, to, reader);
        byte[] name = Arrays.copyOfRange(in, at + 1, reader.nameEnd);
        StreamHeader header = new StreamHeader(
                reader.name, reader.namespace, reader.content, reader.to, reader.from, reader.version, reader.language);
        return new Parsed(header, name, end);
    }

    /** RFC 6120 §11.6: UTF-8 only, and no byte order mark. */
    private static void checkEncoding(byte[] in, int from, int to) throws XmlException {
        // By the first byte alone, but for little endian: however the bytes were split, the answer is the same.
        boolean marked = in[from] == 0 || in[from] == (byte) 0xFE || in[from] == (byte) 0xFF;
        if (marked || (in[from] == '<' && from + 1 < to && in[from + 1] == 0)) {
            throw new XmlException(Fault.UNSUPPORTED_ENCODING, "a stream must be in UTF-8");
        }
    }

    private static int skipDeclaration(byte[] in, int from, int to) throws XmlException {
        int there = Math.min(DECLARATION_BEGINS.length, to - from);
        if (!Arrays.equals(in, from, from + there, DECLARATION_BEGINS, 0, there) || there < 2) {
            return from;
        }
        int end = from + there;
        while (end < to && in[end - 1] != '>') {
            end++;
        }
        if (in[end - 1] != '>') {
            // Until it ends it may be good; the scanner says so of anything that ends early.
            return to;
        }
        Matcher matcher = DECLARATION.matcher(new String(in, from, end - from, StandardCharsets.ISO_8859_1));
        if (!matcher.matches()) {
            throw new XmlException(Fault.NOT_WELL_FORMED, "the XML declaration is malformed");
        }
        String version = either(matcher, 1);
        if (!"1.0".equals(version)) {
            throw new XmlException(Fault.NOT_WELL_FORMED, "a stream must be in XML 1.0");
        }
        String encoding = either(matcher, 3);
        if (encoding != null && !encoding.toLowerCase(Locale.ROOT).equals("utf-8")) {
            throw new XmlException(Fault.UNSUPPORTED_ENCODING, "a stream must be in UTF-8");
        }
        return end;
    }

    private static @Nullable String either(Matcher matcher, int group) {
        return matcher.group(group) != null ? matcher.group(group) : matcher.group(group + 1);
    }

    private static final class Reader extends XmlScanner.Sink {
        private String name = "";
        private String namespace = "";
        private String content = "";
        private @Nullable String to;
        private @Nullable String from;
        private @Nullable String version;
        private @Nullable String language;
        private int nameEnd;

        @Override
        protected void start(XmlScanner scanner, int depth, String name, String namespace, int from) {
            this.name = name;
            this.namespace = namespace;
            nameEnd = scanner.tagNameEnd();
            for (int i = 0; i < scanner.attributeCount(); i++) {
                String prefix = scanner.attributePrefix(i);
                String attribute = scanner.attributeName(i);
                if (prefix.equals("xmlns") && attribute.isEmpty()) {
                    content = scanner.attributeValue(i);
                } else if (prefix.equals("xml") && attribute.equals("lang")) {
                    language = scanner.attributeValue(i);
                } else if (prefix.isEmpty()) {
                    switch (attribute) {
                        case "to" -> to = scanner.attributeValue(i);
                        case "from" -> this.from = scanner.attributeValue(i);
                        case "version" -> version = scanner.attributeValue(i);
                        default -> {}
                    }
                }
            }
        }
    }
}
