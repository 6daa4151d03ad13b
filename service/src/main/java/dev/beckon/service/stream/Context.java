package dev.beckon.service.stream;

import dev.beckon.service.Limits;
import dev.beckon.service.route.Switchboard;
import dev.beckon.service.store.Accounts;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.function.Supplier;

/**
 * What all streams of a service share. Limits and {@code tls} are asked for anew each time: they may be changed while the service runs.
 */
record Context(
        String domain,
        Supplier<Limits> current,
        Switchboard switchboard,
        ResumableSessions resumable,
        Accounts accounts,
        Supplier<Tls> tls,
        SecureRandom random,
        Backlog backlog,
        Guesses guesses,
        Meters meters,
        AccountPace accountPace) {
    Limits limits() {
        return current.get();
    }

    /** Text that cannot be guessed: letters, digits, - and _. */
    String unguessable(int bytes) {
        byte[] raw = new byte[bytes];
        random.nextBytes(raw);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(raw);
    }
}
