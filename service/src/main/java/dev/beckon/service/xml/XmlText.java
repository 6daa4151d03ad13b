package dev.beckon.service.xml;

import java.util.Map;

/** Writes elements: escaping, namespaces, and the refusal of text that XML 1.0 cannot carry. */
final class XmlText {
    private XmlText() {}

    /** {@code defaultNamespace} is what a name without a prefix stands for where the element is put. */
    static void write(Element element, String defaultNamespace, StringBuilder out) {
        // Namespaces in XML 1.0 §3: the namespace of xml has that prefix always, and can be bound to no other, nor be
        // the default.
        boolean reserved = element.namespace().equals(Namespaces.XML);
        String name = reserved ? "xml:" + element.name() : element.name();
        String inside = reserved ? defaultNamespace : element.namespace();
        out.append('<').append(name);
        if (!inside.equals(defaultNamespace)) {
            out.append(" xmlns='");
            escape(inside, out, true);
            out.append('\'');
        }
        int foreign = 0;
        for (Map.Entry<String, String> attribute : element.attributes().entrySet()) {
            foreign = writeName(attribute.getKey(), foreign, out);
            out.append("='");
            escape(attribute.getValue(), out, true);
            out.append('\'');
        }
        if (element.content().isEmpty()) {
            out.append("/>");
            return;
        }
        out.append('>');
        for (Object part : element.content()) {
            if (part instanceof Element child) {
                write(child, inside, out);
            } else {
                escape((String) part, out, false);
            }
        }
        out.append("</").append(name).append('>');
    }

    private static int writeName(String name, int foreign, StringBuilder out) {
        if (!name.startsWith("{")) {
            out.append(' ').append(name);
            return foreign;
        }
        // A namespace may hold a brace, a local name may not.
        int end = name.lastIndexOf('}');
        String namespace = name.substring(1, end);
        String local = name.substring(end + 1);
        if (namespace.equals(Namespaces.XML)) {
            out.append(" xml:").append(local);
            return foreign;
        }
        out.append(" xmlns:n").append(foreign).append("='");
        escape(namespace, out, true);
        out.append("' n").append(foreign).append(':').append(local);
        return foreign + 1;
    }

    static void escape(String text, StringBuilder out, boolean inAttribute) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '<' -> out.append("&lt;");
                // XML 1.0 §2.4: ]]> must not stand in text, of which another part may lie before this one.
                case '>' -> out.append(inAttribute || i == 0 || text.charAt(i - 1) == ']' ? "&gt;" : ">");
                case '&' -> out.append("&amp;");
                // Attributes are written between apostrophes. Nothing grows by escaping what need not be.
                case '\'' -> out.append(inAttribute ? "&apos;" : "'");
                // A parser turns a bare CR into LF everywhere, TAB and LF into spaces in attributes (XML 1.0 §2.11,
                // §3.3.3).
                case '\r' -> out.append("&#13;");
                case '\n' -> out.append(inAttribute ? "&#10;" : "\n");
                case '\t' -> out.append(inAttribute ? "&#9;" : "\t");
                default -> out.append(c);
            }
        }
    }

    static String requireText(String text) {
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            if (!XmlChars.isChar(c)) {
                throw new IllegalArgumentException("XML cannot carry the character U+" + Integer.toHexString(c));
            }
            i += Character.charCount(c);
        }
        return text;
    }

    static String requireName(String name) {
        boolean good = !name.isEmpty() && XmlChars.isNameStart(name.codePointAt(0)) && name.indexOf(':') < 0;
        for (int i = 0; good && i < name.length(); ) {
            int c = name.codePointAt(i);
            good = XmlChars.isNamePart(c);
            i += Character.charCount(c);
        }
        if (!good) {
            throw new IllegalArgumentException("no XML name: " + name);
        }
        return name;
    }

    static String requireAttributeName(String name) {
        if (name.equals("xml:lang") || name.equals("xml:space")) {
            return name;
        }
        if (name.startsWith("{") && name.lastIndexOf('}') > 0) {
            requireText(name.substring(1, name.lastIndexOf('}')));
            requireName(name.substring(name.lastIndexOf('}') + 1));
            return name;
        }
        return requireName(name);
    }
}
