package dev.beckon.session;

import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of a connection to the engine, as it says itself: same user, so believed.
 *
 * @param pid its process id
 * @param application GUID of the application it speaks for; null for a window or command. A connection also speaks for
 *     what its process was launched for and what it sets on a session it made; registering an application does not make
 *     it one, since installers and windows register too
 * @param launchedFor session ID it found in its environment; null where there was none
 */
public record Client(
        long pid, @Nullable String application, @Nullable String launchedFor) {}
