package dev.beckon.service.xml;

import static dev.beckon.service.xml.XmlException.Fault.BAD_NAMESPACE_PREFIX;
import static dev.beckon.service.xml.XmlException.Fault.NOT_WELL_FORMED;
import static dev.beckon.service.xml.XmlException.Fault.POLICY_VIOLATION;
import static dev.beckon.service.xml.XmlException.Fault.RESTRICTED_XML;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Checks one whole element in contiguous bytes, in one pass: UTF-8, well-formedness, namespaces, and what XMPP forbids
 * (RFC 6120 §11.1: comments, processing instructions, DTDs, entities beyond the five). A {@link Sink} is told what is met, in
 * place: nothing is decoded that nobody asks for.
 *
 * <p>It holds no table that grows: names are found again in a small cache of fixed size. Reusable, not thread-safe.
 */
public final class XmlScanner {
    /** No more attributes than this on one element. */
    static final int MAX_ATTRIBUTES = 64;

    /** No more nested elements than this. */
    public static final int MAX_DEPTH = 64;

    /** No longer names than this, in bytes, prefix and local name each: the JDK's parser takes 1,000 characters for both. */
    static final int MAX_NAME = 256;

    /**
     * No more characters than this in the names of namespaces, were each declared wherever it is used: a long one that is declared once
     * and used ten thousand times must not become gigabytes where an element is written anew.
     */
    static final int MAX_NAMESPACES = 128 * 1024;

    /** How much of each one element may have. */
    private record Bounds(int depth, int attributes, int declarations, int namespaces) {
        static final Bounds OF_CLIENTS = new Bounds(MAX_DEPTH, MAX_ATTRIBUTES, 256, MAX_NAMESPACES);

        /**
         * What a client sent within its bounds must not be beyond them once the service has stamped it, wrapped it in a carbon, or
         * written it anew, when each attribute of a foreign namespace has a declaration of its own.
         */
        static final Bounds OF_SERVICE =
                new Bounds(2 * MAX_DEPTH, 4 * MAX_ATTRIBUTES, 2 * MAX_DEPTH * MAX_ATTRIBUTES, 4 * MAX_NAMESPACES);
    }

    private static final int FEW = 16;
    private static final int LONGEST_REFERENCE = 16;
    private static final byte[] PLAIN_TEXT = new byte[256];
    private static final byte[] PLAIN_VALUE = new byte[256];
    private static final byte[] NAME = new byte[256];

    static {
        for (int c = 0x20; c < 0x80; c++) {
            PLAIN_TEXT[c] = (byte) (c == '<' || c == '&' || c == ']' ? 0 : 1);
            PLAIN_VALUE[c] = (byte) (c == '<' || c == '&' || c == '"' || c == '\'' ? 0 : 1);
            NAME[c] = (byte) (XmlChars.isNamePart(c) ? 1 : 0);
        }
        for (int c : new int[] {'\t', '\n', '\r'}) {
            PLAIN_TEXT[c] = 1;
            PLAIN_VALUE[c] = 1;
        }
    }

    private final NameCache names = new NameCache();
    private final NameCache values = new NameCache();

    private byte[] in = new byte[0];
    private int pos;
    private int end;

    private final Bounds bounds;

    // These grow, as far as the bounds let them: few elements are deep or have many attributes.
    private int depth;
    private int[] openFrom = new int[FEW];
    private int[] openNameEnd = new int[FEW];
    private int[] openBindings = new int[FEW];
    private String[] openUri = new String[FEW];
    private int namespaces;

    private final NamespaceScope scope;

    private int attributeCount;
    private String[] attributePrefix = new String[FEW];
    private String[] attributeLocal = new String[FEW];
    private String[] attributeUri = new String[FEW];
    private int[] attributeFrom = new int[FEW];
    private int[] valueFrom = new int[FEW];
    private int[] valueTo = new int[FEW];

    private int tagNameEnd;

    // The prefix and local name that qname() read last.
    private String namePrefix = "";
    private String nameLocal = "";

    /** What a scan meets. Offsets are into the scanned array; text and values are raw until asked for. */
    public abstract static class Sink {
        /** A start tag at {@code from}, depth 0 for the outermost; its attributes can be asked for during this call. */
        protected void start(XmlScanner scanner, int depth, String name, String namespace, int from) {}

        /** The start tag that was just reported ends before {@code to}; {@code empty} if it was {@code <a/>}. */
        protected void startEnd(int depth, int to, boolean empty) {}

        /** Character data in {@code [from, to)}, raw; {@code cdata} if no references are to be resolved in it. */
        protected void text(XmlScanner scanner, int depth, int from, int to, boolean cdata) {}

        /** The element at this depth ends before {@code to}. */
        protected void end(int depth, int to) {}
    }

    private static final ThreadLocal<XmlScanner> OF_SERVICE =
            ThreadLocal.withInitial(() -> new XmlScanner(Bounds.OF_SERVICE));

    /** For what clients send: {@link #MAX_DEPTH} and the other bounds hold. */
    public XmlScanner() {
        this(Bounds.OF_CLIENTS);
    }

    private XmlScanner(Bounds bounds) {
        this.bounds = bounds;
        scope = new NamespaceScope(bounds.declarations);
    }

    /** This thread's, for what the service itself has made, maybe of what a client sent: there is room for what it added. */
    public static XmlScanner ofService() {
        return OF_SERVICE.get();
    }

    /**
     * Parses one element as it stands in a client's stream, checked before or made by the service. Throws if {@code in} is anything but
     * one good element.
     */
    public static Element parse(byte[] in) throws XmlException {
        TreeSink tree = new TreeSink();
        if (ofService().scan(in, 0, in.length, tree) != in.length) {
            throw new XmlException(NOT_WELL_FORMED, "more than one element");
        }
        return tree.root();
    }

    /**
     * Scans the element that begins at {@code from}, in the context of a client's stream (default namespace {@code jabber:client},
     * prefix {@code stream}).
     *
     * @return the offset after its end
     */
    public int scan(byte[] in, int from, int to, Sink sink) throws XmlException {
        begin(in, from, to);
        return scanElement(sink);
    }

    /**
     * Scans the element that begins at {@code from} as a document of its own: it declares whatever namespaces it uses.
     *
     * @return the offset after its end
     */
    public int scanDocument(byte[] in, int from, int to, Sink sink) throws XmlException {
        begin(in, from, to);
        scope.reset();
        return scanElement(sink);
    }

    private int scanElement(Sink sink) throws XmlException {
        try {
            do {
                if (pos >= end) {
                    throw unfinished();
                }
                if (in[pos] == '<') {
                    markup(sink);
                } else {
                    text(sink);
                }
            } while (depth > 0);
            return pos;
        } finally {
            this.in = NOTHING;
        }
    }

    private static final byte[] NOTHING = new byte[0];

    /**
     * Scans a start tag alone: that of a stream. Its own declarations count for it, the stream's context does not.
     *
     * @return the offset after its end
     */
    public int scanStreamTag(byte[] in, int from, int to, Sink sink) throws XmlException {
        begin(in, from, to);
        scope.reset();
        try {
            expect('<', "a stream must begin with <stream:stream>");
            if (at('!') || at('?')) {
                throw restricted("comments, processing instructions and document type declarations");
            }
            if (startTag(sink)) {
                throw malformed("a stream begins with a start tag, not with an empty element");
            }
            return pos;
        } finally {
            this.in = NOTHING;
        }
    }

    private void begin(byte[] in, int from, int to) {
        this.in = in;
        pos = from;
        end = to;
        depth = 0;
        namespaces = 0;
        scope.resetToStream();
    }

    // ---- attributes of the start tag being reported ----

    /** Offset after the name in the start tag: where an attribute can be put in. */
    public int tagNameEnd() {
        return tagNameEnd;
    }

    /** How many attributes the start tag has, namespace declarations included. */
    public int attributeCount() {
        return attributeCount;
    }

    /** Local name of an attribute; of {@code xmlns:p} it is {@code p}. */
    public String attributeName(int index) {
        return attributeLocal[index];
    }

    /** Prefix of an attribute as it was written, empty for none; {@code xmlns} for declarations of prefixes. */
    public String attributePrefix(int index) {
        return attributePrefix[index];
    }

    /** Offset of the attribute's name. */
    public int attributeFrom(int index) {
        return attributeFrom[index];
    }

    /** Offset after the attribute's closing quote. */
    public int attributeTo(int index) {
        return valueTo[index] + 1;
    }

    /** Offset after the opening quote. */
    public int valueFrom(int index) {
        return valueFrom[index];
    }

    /** The value, references resolved and whitespace normalised (XML 1.0 §3.3.3). */
    public String attributeValue(int index) {
        return value(valueFrom[index], valueTo[index]);
    }

    /** The same of a value that was checked and lies in {@code [from, to)}. */
    public static String attributeValue(byte[] in, int from, int to) {
        return isPlainValue(in, from, to)
                ? new String(in, from, to - from, StandardCharsets.UTF_8)
                : Unescape.value(in, from, to);
    }

    private String value(int from, int to) {
        return isPlainValue(in, from, to) ? values.text(in, from, to) : Unescape.value(in, from, to);
    }

    private static boolean isPlainValue(byte[] in, int from, int to) {
        for (int i = from; i < to; i++) {
            if (in[i] == '&' || (in[i] >= 0 && in[i] < ' ')) {
                return false;
            }
        }
        return true;
    }

    /** Namespace of an attribute; empty for one without a prefix. */
    String attributeNamespace(int index) {
        return attributeUri[index];
    }

    byte[] input() {
        return in;
    }

    // ---- markup ----

    private void markup(Sink sink) throws XmlException {
        pos++;
        if (pos >= end) {
            throw unfinished();
        }
        switch (in[pos]) {
            case '/' -> endTag(sink);
            case '!' -> cdata(sink);
            case '?' -> throw restricted("processing instructions");
            default -> startTag(sink);
        }
    }

    /** Reads a start tag after its {@code <}; true if it was an empty element. */
    private boolean startTag(Sink sink) throws XmlException {
        if (depth == openFrom.length) {
            deepen();
        }
        int from = pos - 1;
        int mark = scope.mark();
        qname();
        int nameEnd = pos;
        tagNameEnd = pos;
        String prefix = namePrefix;
        String local = nameLocal;
        attributes();
        boolean empty = at('/');
        if (empty) {
            pos++;
        }
        expect('>', "a start tag must end with >");
        checkAttributeNames();
        if (prefix.equals("xmlns")) {
            throw new XmlException(BAD_NAMESPACE_PREFIX, "the prefix xmlns names no elements");
        }
        String uri = scope.uriOf(prefix);
        if (depth == 0 || !uri.equals(openUri[depth - 1])) {
            countNamespace(uri);
        }
        sink.start(this, depth, local, uri, from);
        sink.startEnd(depth, pos, empty);
        if (empty) {
            sink.end(depth, pos);
            scope.leave(mark);
        } else {
            openUri[depth] = uri;
            openFrom[depth] = from + 1;
            openNameEnd[depth] = nameEnd;
            openBindings[depth++] = mark;
        }
        return empty;
    }

    private void attributes() throws XmlException {
        attributeCount = 0;
        while (true) {
            boolean spaced = skipSpace();
            if (pos >= end) {
                throw unfinished();
            }
            if (in[pos] == '>' || in[pos] == '/') {
                return;
            }
            if (!spaced) {
                throw malformed("attributes must be separated by white space");
            }
            if (attributeCount == attributeFrom.length) {
                widen();
            }
            attribute(attributeCount++);
        }
    }

    private void deepen() throws XmlException {
        if (depth == bounds.depth) {
            throw new XmlException(POLICY_VIOLATION, "elements are nested deeper than " + bounds.depth);
        }
        int larger = Math.min(bounds.depth, 2 * depth);
        openFrom = Arrays.copyOf(openFrom, larger);
        openNameEnd = Arrays.copyOf(openNameEnd, larger);
        openBindings = Arrays.copyOf(openBindings, larger);
        openUri = Arrays.copyOf(openUri, larger);
    }

    private void widen() throws XmlException {
        if (attributeCount == bounds.attributes) {
            throw new XmlException(POLICY_VIOLATION, "an element has more than " + bounds.attributes + " attributes");
        }
        int larger = Math.min(bounds.attributes, 2 * attributeCount);
        attributePrefix = Arrays.copyOf(attributePrefix, larger);
        attributeLocal = Arrays.copyOf(attributeLocal, larger);
        attributeUri = Arrays.copyOf(attributeUri, larger);
        attributeFrom = Arrays.copyOf(attributeFrom, larger);
        valueFrom = Arrays.copyOf(valueFrom, larger);
        valueTo = Arrays.copyOf(valueTo, larger);
    }

    private void attribute(int index) throws XmlException {
        attributeFrom[index] = pos;
        qname();
        String prefix = namePrefix;
        String local = nameLocal;
        if (prefix.isEmpty() && local.equals("xmlns")) {
            prefix = "xmlns";
            local = "";
        }
        attributePrefix[index] = prefix;
        attributeLocal[index] = local;
        skipSpace();
        expect('=', "an attribute needs a value");
        skipSpace();
        if (pos >= end) {
            throw unfinished();
        }
        if (!at('\'') && !at('"')) {
            throw malformed("an attribute's value must be quoted");
        }
        byte quote = in[pos++];
        valueFrom[index] = pos;
        while (true) {
            while (pos < end && PLAIN_VALUE[in[pos] & 0xFF] != 0) {
                pos++;
            }
            if (pos >= end) {
                throw unfinished();
            }
            byte c = in[pos];
            if (c == quote) {
                break;
            }
            if (c == '&') {
                reference();
            } else if (c < 0) {
                character();
            } else if (c == '\'' || c == '"') {
                pos++;
            } else {
                throw malformed(c == '<' ? "an attribute's value must not hold <" : "a control character");
            }
        }
        valueTo[index] = pos++;
        if (prefix.equals("xmlns")) {
            scope.declare(local, value(valueFrom[index], valueTo[index]));
        }
    }

    /** XML 1.0 §3.1 and Namespaces in XML 1.0 §6.3: no attribute twice, neither by its name nor by what its prefix stands for. */
    private void checkAttributeNames() throws XmlException {
        for (int i = 0; i < attributeCount; i++) {
            String prefix = attributePrefix[i];
            // Looked up once: all pairs are compared below, and a stanza may hold thousands of them.
            String uri = "";
            if (!prefix.isEmpty()) {
                uri = prefix.equals("xmlns") ? Namespaces.XMLNS : scope.uriOf(prefix);
                countNamespace(prefix.equals("xmlns") ? "" : uri);
            }
            attributeUri[i] = uri;
            String local = attributeLocal[i];
            for (int j = 0; j < i; j++) {
                if (local.equals(attributeLocal[j]) && uri.equals(attributeUri[j])) {
                    throw malformed("an attribute stands twice on one element");
                }
            }
        }
    }

    private void countNamespace(String uri) throws XmlException {
        namespaces += uri.length();
        if (namespaces > bounds.namespaces) {
            throw new XmlException(POLICY_VIOLATION, "namespaces with long names are used too often");
        }
    }

    private void endTag(Sink sink) throws XmlException {
        if (depth == 0) {
            throw malformed("an end tag without a start tag");
        }
        int from = openFrom[depth - 1];
        int length = openNameEnd[depth - 1] - from;
        pos++;
        literal(in, from, length, "an end tag does not match its start tag");
        skipSpace();
        expect('>', "an end tag does not match its start tag");
        sink.end(--depth, pos);
        scope.leave(openBindings[depth]);
    }

    private void cdata(Sink sink) throws XmlException {
        // RFC 6120 §11.1: of what begins with <! only CDATA sections may be sent.
        if (depth == 0) {
            throw restricted("comments and document type declarations");
        }
        for (int i = 0; i < CDATA.length; i++, pos++) {
            if (pos >= end) {
                throw unfinished();
            }
            if (in[pos] != CDATA[i]) {
                throw restricted("comments and document type declarations");
            }
        }
        int from = pos;
        while (true) {
            if (pos >= end) {
                throw unfinished();
            }
            byte c = in[pos];
            if (c == ']' && end - pos < 3) {
                throw unfinished();
            }
            if (c == ']' && in[pos + 1] == ']' && in[pos + 2] == '>') {
                break;
            }
            if (c < ' ') {
                character();
            } else {
                pos++;
            }
        }
        if (pos > from) {
            sink.text(this, depth - 1, from, pos, true);
        }
        pos += 3;
    }

    private static final byte[] CDATA = "![CDATA[".getBytes(StandardCharsets.US_ASCII);

    // ---- text, names, characters ----

    private void text(Sink sink) throws XmlException {
        if (depth == 0) {
            throw malformed("character data outside an element");
        }
        int from = pos;
        while (true) {
            while (pos < end && PLAIN_TEXT[in[pos] & 0xFF] != 0) {
                pos++;
            }
            if (pos >= end) {
                throw unfinished();
            }
            byte c = in[pos];
            if (c == '<') {
                break;
            }
            if (c == '&') {
                reference();
            } else if (c == ']') {
                // XML 1.0 §2.4: ]]> must not stand in text.
                if (end - pos > 2 && in[pos + 1] == ']' && in[pos + 2] == '>') {
                    throw malformed("]]> in character data");
                }
                pos++; // a prefix that ends here is unfinished anyway
            } else {
                character();
            }
        }
        sink.text(this, depth - 1, from, pos, false);
    }

    /** One character that is not plain ASCII. */
    private void character() throws XmlException {
        long decoded = decoded();
        if (!XmlChars.isChar((int) decoded)) {
            throw malformed("a character that XML does not allow");
        }
        pos += (int) (decoded >>> 32);
    }

    private long decoded() throws XmlException {
        long decoded = Utf8.decode(in, pos, end);
        if (decoded == Utf8.TRUNCATED) {
            throw unfinished();
        }
        if (decoded < 0) {
            throw malformed("bytes that are not UTF-8");
        }
        return decoded;
    }

    /** XML 1.0 §4.1, without entities but the five (RFC 6120 §11.1). */
    private void reference() throws XmlException {
        int semicolon = pos + 1;
        // It ends at the first byte that cannot be in it: what comes behind must not matter.
        while (semicolon < end && semicolon - pos < LONGEST_REFERENCE && isInReference(in[semicolon])) {
            semicolon++;
        }
        if (semicolon >= end) {
            throw unfinished();
        }
        if (in[semicolon] != ';') {
            throw malformed("a reference without an end");
        }
        int c = Unescape.reference(in, pos + 1, semicolon);
        if (c == Unescape.UNKNOWN_ENTITY) {
            throw restricted("entities other than amp, lt, gt, apos and quot");
        }
        if (c < 0 || !XmlChars.isChar(c)) {
            throw malformed("a reference to a character that XML does not allow");
        }
        pos = semicolon + 1;
    }

    private static boolean isInReference(byte c) {
        return c == '#' || (c >= 0 && NAME[c] != 0);
    }

    private void qname() throws XmlException {
        int from = pos;
        ncname();
        namePrefix = "";
        if (at(':')) {
            namePrefix = names.text(in, from, pos);
            pos++;
            from = pos;
            ncname();
        }
        nameLocal = names.text(in, from, pos);
    }

    private void ncname() throws XmlException {
        if (pos >= end) {
            throw unfinished();
        }
        int from = pos;
        int bound = Math.min(end, from + MAX_NAME + 1);
        boolean first = true;
        while (pos < bound) {
            byte c = in[pos];
            if (c >= 0) {
                if (NAME[c] == 0 || (first && !XmlChars.isNameStart(c))) {
                    break;
                }
                pos++;
            } else {
                long decoded = decoded();
                if (first ? !XmlChars.isNameStart((int) decoded) : !XmlChars.isNamePart((int) decoded)) {
                    break;
                }
                pos += (int) (decoded >>> 32);
            }
            first = false;
        }
        if (first) {
            throw malformed("a name was expected");
        }
        if (pos - from > MAX_NAME) {
            throw new XmlException(POLICY_VIOLATION, "a name is longer than " + MAX_NAME + " bytes");
        }
    }

    private boolean skipSpace() {
        int from = pos;
        while (pos < end && XmlChars.isSpace(in[pos])) {
            pos++;
        }
        return pos > from;
    }

    private boolean at(char c) {
        return pos < end && in[pos] == c;
    }

    private void expect(char c, String otherwise) throws XmlException {
        if (pos >= end) {
            throw unfinished();
        }
        if (in[pos] != c) {
            throw malformed(otherwise);
        }
        pos++;
    }

    private void literal(byte[] expected, int from, int length, String otherwise) throws XmlException {
        int there = Math.min(length, end - pos);
        if (!Arrays.equals(in, pos, pos + there, expected, from, from + there)) {
            throw malformed(otherwise);
        }
        if (there < length) {
            throw unfinished();
        }
        pos += length;
    }

    private static XmlException malformed(String what) {
        return new XmlException(NOT_WELL_FORMED, what);
    }

    private static XmlException unfinished() {
        return XmlException.unfinished();
    }

    private static XmlException restricted(String what) {
        return new XmlException(RESTRICTED_XML, what + " must not be sent");
    }
}
