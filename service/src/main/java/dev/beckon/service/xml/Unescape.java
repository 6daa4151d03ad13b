package dev.beckon.service.xml;

import java.nio.charset.StandardCharsets;

/** From raw bytes that were checked to the text they stand for. */
final class Unescape {
    /** A named reference that is none of the five. */
    static final int UNKNOWN_ENTITY = -2;

    private Unescape() {}

    /** The character that the reference between {@code &} and {@code ;} stands for; negative if none. */
    static int reference(byte[] in, int from, int to) {
        if (from < to && in[from] == '#') {
            return number(in, from + 1, to);
        }
        return switch (new String(in, from, to - from, StandardCharsets.ISO_8859_1)) {
            case "lt" -> '<';
            case "gt" -> '>';
            case "amp" -> '&';
            case "apos" -> '\'';
            case "quot" -> '"';
            default -> UNKNOWN_ENTITY;
        };
    }

    private static int number(byte[] in, int from, int to) {
        boolean hex = from < to && in[from] == 'x';
        int start = hex ? from + 1 : from;
        int radix = hex ? 16 : 10;
        int c = 0;
        for (int i = start; i < to; i++) {
            int digit = in[i] < 0 ? -1 : Character.digit(in[i], radix);
            if (digit < 0) {
                return -1;
            }
            c = c * radix + digit;
            if (c > 0x10FFFF) {
                return -1;
            }
        }
        return start == to ? -1 : c;
    }

    /** An attribute's value: white space becomes spaces (XML 1.0 §3.3.3), CR LF counting as one (§2.11). */
    static String value(byte[] in, int from, int to) {
        return unescape(in, from, to, true);
    }

    /** Text: line ends become LF (XML 1.0 §2.11). */
    static String text(byte[] in, int from, int to) {
        return unescape(in, from, to, false);
    }

    /** The content of a CDATA section: line ends become LF, nothing else changes. */
    static String cdata(byte[] in, int from, int to) {
        String raw = new String(in, from, to - from, StandardCharsets.UTF_8);
        return raw.indexOf('\r') < 0 ? raw : raw.replace("\r\n", "\n").replace('\r', '\n');
    }

    private static String unescape(byte[] in, int from, int to, boolean spaces) {
        String raw = new String(in, from, to - from, StandardCharsets.UTF_8);
        StringBuilder out = new StringBuilder(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '&') {
                int semicolon = raw.indexOf(';', i);
                byte[] name = raw.substring(i + 1, semicolon).getBytes(StandardCharsets.ISO_8859_1);
                out.appendCodePoint(reference(name, 0, name.length));
                i = semicolon;
            } else if (c == '\r') {
                if (i + 1 < raw.length() && raw.charAt(i + 1) == '\n') {
                    i++;
                }
                out.append(spaces ? ' ' : '\n');
            } else {
                out.append(spaces && (c == '\n' || c == '\t') ? ' ' : c);
            }
        }
        return out.toString();
    }
}
