package dev.beckon.system;

import java.time.Duration;

/** How long tests wait for conditions: long enough for a busy machine, never waited out where things work. */
final class Times {
    /** For anything that takes seconds at worst. */
    static final Duration LONG = Duration.ofSeconds(60);

    private Times() {}
}
