package dev.beckon.service.xml;

import java.util.Map;

/** Writes elements: escaping, namespaces, and the refusal of text that XML 1.0 cannot carry. */
final class XmlText {
    private XmlText() {}

    static void write(Element element, String parentNamespace, StringBuilder out) {
        out.append('<').append(element.name());
        if (!element.namespace().equals(parentNamespace)) {
            out.append(" xmlns='");
            escape(element.namespace(), out, true);
            out.append('\'');
        }
        int foreign = 0;
        for (Map.Entry<String, String> attribute : element.attributes().entrySet()) {
            String name = attribute.getKey();
            if (name.startsWith("{")) {
                // A namespace may hold a brace, a local name may not.
                int end = name.lastIndexOf('}');
                String prefix = "n" + foreign++;
                out.append(" xmlns:").append(prefix).append("='");
                escape(name.substring(1, end), out, true);
                out.append("' ").append(prefix).append(':').append(name, end + 1, name.length());
            } else {
                out.append(' ').append(name);
            }
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
                write(child, element.namespace(), out);
            } else {
                escape((String) part, out, false);
            }
        }
        out.append("</").append(element.name()).append('>');
    }

    static void escape(String text, StringBuilder out, boolean inAttribute) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '\'' -> out.append("&apos;");
                case '"' -> out.append("&quot;");
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
