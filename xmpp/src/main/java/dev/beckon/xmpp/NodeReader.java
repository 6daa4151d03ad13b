package dev.beckon.xmpp;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jivesoftware.smack.xml.XmlPullParser;
import org.jivesoftware.smack.xml.XmlPullParserException;
import org.jspecify.annotations.Nullable;

/** Reads one element from a stream, whatever it holds, within bounds and without recursion. */
final class NodeReader {
    /** Deeper than anything a client is sent. */
    static final int MAX_DEPTH = 32;
    /** More elements than any stanza for us has but the roster, whose size is the user's own. */
    static final int MAX_ELEMENTS = 50_000;

    private NodeReader() {}

    /**
     * The element the parser stands at; the parser then stands at its end. Without its content where that is nested too
     * deeply or has too many elements.
     */
    static Read read(XmlPullParser parser) throws XmlPullParserException, IOException {
        int outer = parser.getDepth();
        Deque<Open> stack = new ArrayDeque<>();
        Open root = new Open(parser);
        stack.push(root);
        int elements = 1;
        boolean whole = true;
        while (true) {
            switch (parser.next()) {
                case START_ELEMENT -> {
                    if (whole && stack.size() < MAX_DEPTH && ++elements <= MAX_ELEMENTS) {
                        stack.push(new Open(parser));
                    } else {
                        whole = false;
                    }
                }
                case TEXT_CHARACTERS -> {
                    if (whole) {
                        stack.element().text.append(parser.getText());
                    }
                }
                case END_ELEMENT -> {
                    if (parser.getDepth() == outer) {
                        return new Read(whole ? root.close() : root.closeEmpty(), whole);
                    }
                    if (whole) {
                        Node closed = stack.pop().close();
                        stack.element().children.add(closed);
                    }
                }
                case END_DOCUMENT -> throw new IOException("the stream ended inside <" + root.name + ">");
                default -> {}
            }
        }
    }

    /** An element, and whether that is all of it. */
    record Read(Node node, boolean whole) {}

    private static final class Open {
        final String name;
        final String namespace;
        final Map<String, String> attributes = new HashMap<>();
        final List<Node> children = new ArrayList<>();
        final StringBuilder text = new StringBuilder();

        Open(XmlPullParser parser) {
            name = parser.getName();
            @Nullable String declared = parser.getNamespace();
            namespace = declared == null ? "" : declared;
            for (int i = 0; i < parser.getAttributeCount(); i++) {
                @Nullable String prefix = parser.getAttributePrefix(i);
                if (prefix == null || prefix.isEmpty()) {
                    attributes.put(parser.getAttributeName(i), parser.getAttributeValue(i));
                }
            }
        }

        Node close() {
            return new Node(name, namespace, attributes, children, text.toString());
        }

        Node closeEmpty() {
            return new Node(name, namespace, attributes, List.of(), "");
        }
    }
}
