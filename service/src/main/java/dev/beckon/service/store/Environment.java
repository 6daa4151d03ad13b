package dev.beckon.service.store;

import java.util.Locale;

/** The two sets of lock keys; a key of one opens nothing in the other. */
public enum Environment {
    TEST,
    PRODUCTION;

    /** As it is written in commands, configuration and on the wire: {@code test}, {@code production}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
