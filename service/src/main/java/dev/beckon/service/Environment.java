package dev.beckon.service;

import java.util.Locale;

/** Which of the two sets of application keys the service takes; a key of one does not work in the other (spec §5). */
public enum Environment {
    TEST,
    PRODUCTION;

    /** As it is written in commands, configuration and on the wire: {@code test}, {@code production}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
