package dev.beckon.session;

import org.jspecify.annotations.Nullable;

/**
 * Why something ends, as it crosses the wire.
 *
 * @param reason the Jingle reason; null where the stanza had none
 * @param code the number in {@code <result code>}; null where the stanza had none
 * @param data the application data; null where there was none
 * @param tieBreak true where the reason carries JMI's {@code <tie-break/>}
 */
public record Ending(
        @Nullable Reason reason,
        @Nullable Integer code,
        @Nullable String data,
        boolean tieBreak) {}
