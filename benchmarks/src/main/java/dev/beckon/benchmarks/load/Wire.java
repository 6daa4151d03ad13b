package dev.beckon.benchmarks.load;

import java.nio.charset.StandardCharsets;

/** Where elements end in bytes from a server: as much XML as that takes. What a server sends is taken to be well-formed. */
final class Wire {
    private Wire() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] in, int from, int to) {
        return new String(in, from, to - from, StandardCharsets.UTF_8);
    }

    /** Offset after the element whose {@code <} is at {@code from}, or -1 if it goes on behind {@code to}. */
    static int elementEnd(byte[] in, int from, int to) {
        int depth = 0;
        int at = from;
        while (at < to) {
            if (in[at] != '<') {
                at++;
                continue;
            }
            if (startsWith(in, at, to, CDATA)) {
                at = find(in, at, to, CDATA_END);
                if (at < 0) {
                    return -1;
                }
                continue;
            }
            int end = tagEnd(in, at, to);
            if (end < 0) {
                return -1;
            }
            if (in[at + 1] == '/') {
                depth--;
            } else if (in[end - 2] != '/') {
                depth++;
            }
            if (depth == 0) {
                return end;
            }
            at = end;
        }
        return -1;
    }

    private static final byte[] CDATA = bytes("<![CDATA[");
    private static final byte[] CDATA_END = bytes("]]>");

    /** Offset after the {@code >} that ends the tag at {@code from}, quotes respected; -1 if it goes on behind {@code to}. */
    static int tagEnd(byte[] in, int from, int to) {
        int quote = 0;
        for (int i = from; i < to; i++) {
            byte c = in[i];
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '>') {
                return i + 1;
            } else if (c == '\'' || c == '"') {
                quote = c;
            }
        }
        return -1;
    }

    static boolean startsWith(byte[] in, int from, int to, byte[] start) {
        return to - from >= start.length
                && java.util.Arrays.equals(in, from, from + start.length, start, 0, start.length);
    }

    /** Where {@code wanted} first stands, or -1. */
    static int find(byte[] in, int from, int to, byte[] wanted) {
        for (int i = from; i <= to - wanted.length; i++) {
            if (startsWith(in, i, to, wanted)) {
                return i;
            }
        }
        return -1;
    }
}
