package dev.beckon.service.stream;

import dev.beckon.service.Limits;
import dev.beckon.service.RateLimit;
import dev.beckon.service.route.Switchboard;
import dev.beckon.service.store.Accounts;
import io.netty.handler.ssl.SslContext;
import java.security.SecureRandom;
import java.util.Base64;

/** What all streams of a service share. */
record Context(
        String domain,
        Limits limits,
        Switchboard switchboard,
        Accounts accounts,
        SslContext tls,
        SecureRandom random,
        Backlog backlog,
        RateLimit failedSignIns) {
    /** Text that cannot be guessed: letters, digits, - and _. */
    String unguessable(int bytes) {
        byte[] raw = new byte[bytes];
        random.nextBytes(raw);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(raw);
    }
}
