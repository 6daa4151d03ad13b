package dev.beckon.service.xml;

/** Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF. */
final class Utf8 {
    /** A good beginning of a character that ends too early. */
    static final long TRUNCATED = -2;

    private Utf8() {}

    /** The code point at {@code pos} in the lower half, its length in bytes in the upper; negative if it is none. */
    static long decode(byte[] in, int pos, int end) {
        int first = in[pos] & 0xFF;
        int length;
        int c;
        int least;
        if (first < 0x80) {
            return 1L << 32 | first;
        } else if (first >= 0xC2 && first < 0xE0) {
            length = 2;
            c = first & 0x1F;
            least = 0x80;
        } else if (first >= 0xE0 && first < 0xF0) {
            length = 3;
            c = first & 0x0F;
            least = 0x800;
        } else if (first >= 0xF0 && first < 0xF5) {
            length = 4;
            c = first & 0x07;
            least = 0x10000;
        } else {
            return -1;
        }
        int there = Math.min(length, end - pos);
        for (int i = 1; i < there; i++) {
            int next = in[pos + i];
            if ((next & 0xC0) != 0x80) {
                return -1;
            }
            c = c << 6 | (next & 0x3F);
        }
        if (there < length) {
            return TRUNCATED;
        }
        if (c < least || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) {
            return -1;
        }
        return (long) length << 32 | c;
    }
}
