package dev.beckon.service.stream;

import dev.beckon.service.route.Jid;
import org.jspecify.annotations.Nullable;

/** Finds addresses that came lately again, so that the few a client speaks to are prepared once. Never grows; for one thread. */
final class AddressCache {
    private static final int SLOTS = 2048;

    /** No address is longer (RFC 7622 §3.1), and what is none may be as long as a stanza: it is not kept. */
    private static final int LONGEST = 3 * 1023 + 2;

    private final @Nullable String[] written = new @Nullable String[SLOTS];
    private final @Nullable Jid[] prepared = new @Nullable Jid[SLOTS];

    /** The address, or null if this is none. */
    @Nullable
    Jid find(String text) {
        if (text.length() > LONGEST) {
            return null;
        }
        int hash = text.hashCode();
        int slot = (hash ^ hash >>> 11 ^ hash >>> 22) & (SLOTS - 1);
        if (text.equals(written[slot])) {
            return prepared[slot];
        }
        Jid jid = Jid.parse(text);
        written[slot] = text;
        prepared[slot] = jid;
        return jid;
    }
}
