package dev.beckon.service.store;

import dev.beckon.service.Environment;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An ID/key pair that was issued to the developer of an application.
 *
 * @param app the application ID
 * @param secret the key, text as it was handed out
 * @param guids the GUIDs (upper case, in braces) the ID was issued for
 * @param note what the operator wrote about it, or null
 * @param revoked when it was, or null while it holds
 */
public record LockKey(
        String app,
        Environment environment,
        String secret,
        List<String> guids,
        @Nullable String note,
        Instant created,
        @Nullable Instant revoked) {

    public LockKey {
        guids = List.copyOf(guids);
    }

    /** Leaves the key out: this may end up in a log. */
    @Override
    public String toString() {
        return "LockKey[" + app + ", " + environment.wireName() + (revoked == null ? "" : ", revoked") + "]";
    }
}
