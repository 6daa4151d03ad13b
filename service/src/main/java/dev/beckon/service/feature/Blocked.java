package dev.beckon.service.feature;

import dev.beckon.service.route.Jid;
import java.util.Set;

/** Whether a blocklist holds an address (XEP-0191 §5, "JID Matching"). */
final class Blocked {
    private Blocked() {}

    static boolean matches(Set<String> blocklist, Jid jid) {
        if (blocklist.isEmpty()) {
            return false;
        }
        return blocklist.contains(jid.toString())
                || blocklist.contains(jid.bare().toString())
                || blocklist.contains(jid.domain())
                || (jid.isFull() && blocklist.contains(jid.domain() + "/" + jid.resource()));
    }

    /** Whether a device of a bare address may be blocked that is not itself. */
    static boolean mayMatchDevices(Set<String> blocklist) {
        for (String each : blocklist) {
            if (each.indexOf('/') >= 0) {
                return true;
            }
        }
        return false;
    }
}
