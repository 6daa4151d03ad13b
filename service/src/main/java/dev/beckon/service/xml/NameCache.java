package dev.beckon.service.xml;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Finds strings that came lately again, so that the few names XMPP lives on are not made anew for each stanza. Never grows. */
final class NameCache {
    private static final int SLOTS = 512;
    private static final int LONGEST = 64;

    private final @Nullable String[] slots = new @Nullable String[SLOTS];

    /** The UTF-8 text in {@code [from, to)}. */
    String text(byte[] in, int from, int to) {
        int length = to - from;
        if (length == 0) {
            return "";
        }
        if (length > LONGEST) {
            return new String(in, from, length, StandardCharsets.UTF_8);
        }
        int hash = length;
        for (int i = from; i < to; i++) {
            hash = hash * 31 + in[i];
        }
        // Each has two places, so that two that come in turns do not drive each other out.
        int slot = (hash ^ hash >>> 9 ^ hash >>> 18) & (SLOTS - 1);
        String cached = slots[slot];
        if (cached != null && same(cached, in, from, length)) {
            return cached;
        }
        int second = slot ^ 1;
        String text = slots[second];
        if (text == null || !same(text, in, from, length)) {
            text = new String(in, from, length, StandardCharsets.UTF_8);
        }
        slots[second] = cached;
        slots[slot] = text;
        return text;
    }

    /** ASCII only: what is not never matches, and is made anew. */
    private static boolean same(String text, byte[] in, int from, int length) {
        if (text.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (text.charAt(i) != in[from + i]) {
                return false;
            }
        }
        return true;
    }
}
