package dev.beckon.xmpp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An XML element as XMPP uses it: no prefixes, no mixed content, no comments.
 *
 * @param namespace empty where it has none
 * @param attributes those without a prefix
 * @param text the characters directly in it
 */
record Node(String name, String namespace, Map<String, String> attributes, List<Node> children, String text) {
    Node {
        attributes = Map.copyOf(attributes);
        children = List.copyOf(children);
    }

    /** An empty element. */
    static Node of(String name, String namespace) {
        return new Node(name, namespace, Map.of(), List.of(), "");
    }

    /** This with an attribute; without one where the value is null. */
    Node with(String attribute, @Nullable String value) {
        if (value == null) {
            return this;
        }
        Map<String, String> more = new LinkedHashMap<>(attributes);
        more.put(attribute, value);
        return new Node(name, namespace, more, children, text);
    }

    /** This with another child; without one where it is null. */
    Node with(@Nullable Node child) {
        if (child == null) {
            return this;
        }
        List<Node> more = new ArrayList<>(children);
        more.add(child);
        return new Node(name, namespace, attributes, more, text);
    }

    /** This with these characters. */
    Node containing(String characters) {
        return new Node(name, namespace, attributes, children, characters);
    }

    boolean is(String name, String namespace) {
        return this.name.equals(name) && this.namespace.equals(namespace);
    }

    @Nullable
    String attribute(String attribute) {
        return attributes.get(attribute);
    }

    /** The first child of this name. */
    @Nullable
    Node child(String name, String namespace) {
        for (Node child : children) {
            if (child.is(name, namespace)) {
                return child;
            }
        }
        return null;
    }

    /** All children of this name. */
    List<Node> children(String name, String namespace) {
        return children.stream().filter(c -> c.is(name, namespace)).toList();
    }

    /** As it travels inside an element of this namespace. */
    String xml(String outer) {
        StringBuilder out = new StringBuilder(256);
        write(out, outer);
        return out.toString();
    }

    private void write(StringBuilder out, String outer) {
        out.append('<').append(name);
        if (!namespace.equals(outer)) {
            out.append(" xmlns='");
            escape(out, namespace);
            out.append('\'');
        }
        attributes.forEach((attribute, value) -> {
            out.append(' ').append(attribute).append("='");
            escape(out, value);
            out.append('\'');
        });
        if (children.isEmpty() && text.isEmpty()) {
            out.append("/>");
            return;
        }
        out.append('>');
        escape(out, text);
        for (Node child : children) {
            child.write(out, namespace);
        }
        out.append("</").append(name).append('>');
    }

    /** XML 1.0 §2.11, §3.3.3: what a parser would turn into another character travels as a reference. */
    private static void escape(StringBuilder out, String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '\'' -> out.append("&apos;");
                case '"' -> out.append("&quot;");
                case '\r' -> out.append("&#13;");
                case '\n' -> out.append("&#10;");
                case '\t' -> out.append("&#9;");
                default -> out.append(c);
            }
        }
    }
}
