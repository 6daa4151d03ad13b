package dev.beckon.service.store;

import java.util.Locale;

/** Who sees whose presence (RFC 6121 §2.1.2.5), from the point of view of the roster's owner. */
public enum Subscription {
    NONE,
    /** The owner sees the contact. */
    TO,
    /** The contact sees the owner. */
    FROM,
    BOTH;

    /** Whether the owner sees the contact. */
    public boolean to() {
        return this == TO || this == BOTH;
    }

    /** Whether the contact sees the owner. */
    public boolean from() {
        return this == FROM || this == BOTH;
    }

    public Subscription withTo(boolean to) {
        return of(to, from());
    }

    public Subscription withFrom(boolean from) {
        return of(to(), from);
    }

    /** The value of the {@code subscription} attribute. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static Subscription of(boolean to, boolean from) {
        return to ? (from ? BOTH : TO) : (from ? FROM : NONE);
    }
}
