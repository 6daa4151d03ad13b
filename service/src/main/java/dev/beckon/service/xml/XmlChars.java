package dev.beckon.service.xml;

/**
 * What XML 1.0 allows where.
 *
 * <p>Names beyond ASCII follow the tables of the fourth edition, not the wider ones of the fifth: clients' parsers (expat, the
 * JDK's) hold to the older ones, and would end their streams over a name that we let through.
 */
final class XmlChars {
    private XmlChars() {}

    /** XML 1.0 §2.2: Char. */
    static boolean isChar(int c) {
        return c >= 0x20 ? c <= 0xD7FF || (c >= 0xE000 && c <= 0xFFFD) || (c >= 0x10000 && c <= 0x10FFFF) : isSpace(c);
    }

    /** XML 1.0 §2.3: S. */
    static boolean isSpace(int c) {
        return c == ' ' || c == '\n' || c == '\t' || c == '\r';
    }

    /** First character of an NCName (Namespaces in XML §3): no colon. */
    static boolean isNameStart(int c) {
        if (c < 0x80) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        }
        return c <= 0xFFFF && com.fasterxml.aalto.util.XmlChars.is10NameStartChar(c);
    }

    /** A later character of an NCName: no colon. */
    static boolean isNamePart(int c) {
        if (c < 0x80) {
            return (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || c == '_'
                    || c == '-'
                    || c == '.';
        }
        return c <= 0xFFFF && com.fasterxml.aalto.util.XmlChars.is10NameChar(c);
    }
}
