package dev.beckon.session;

import org.jspecify.annotations.Nullable;

/**
 * An address, prepared (RFC 7622) by whoever made it: equal addresses are equal records.
 *
 * @param bare {@code local@domain}, or a domain
 * @param resource the device, or null for a bare address
 */
public record Jid(String bare, @Nullable String resource) {
    /** The bare address alone. */
    public static Jid bare(String bare) {
        return new Jid(bare, null);
    }

    /** True where this names one device. */
    public boolean isFull() {
        return resource != null;
    }

    @Override
    public String toString() {
        return resource == null ? bare : bare + "/" + resource;
    }
}
