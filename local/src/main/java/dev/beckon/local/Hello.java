package dev.beckon.local;

import org.jspecify.annotations.Nullable;

/**
 * Who connects, as it says itself; that it is the same user has been checked.
 *
 * @param pid its process id, positive
 * @param application GUID of the application it speaks for; null for a window or a command
 * @param launchedFor session ID it found in its environment; null where there was none
 */
public record Hello(
        long pid, @Nullable String application, @Nullable String launchedFor) {}
