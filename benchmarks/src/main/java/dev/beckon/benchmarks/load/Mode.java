package dev.beckon.benchmarks.load;

import java.util.Arrays;
import java.util.Locale;

/** What can be measured. */
enum Mode {
    CLOSED,
    OPEN,
    SIGN_IN,
    IDLE;

    /** As it is written on the command line. */
    String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Throws IllegalArgumentException if there is none of this name. */
    static Mode of(String wireName) {
        return Arrays.stream(values())
                .filter(mode -> mode.wireName().equals(wireName))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "there is no mode " + wireName + "; there are closed, open, sign-in and idle"));
    }
}
