package dev.beckon.service.feature;

import dev.beckon.service.route.Hooks;
import dev.beckon.service.route.Hooks.Target;
import dev.beckon.service.route.Jid;
import dev.beckon.service.route.Stanza;
import dev.beckon.service.xml.Element;
import dev.beckon.service.xml.Namespaces;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;

/** Names each message that an account gets, so that all its devices mean the same one by the same name (XEP-0359). */
final class StanzaIdFeature {
    static final String IDS = "urn:xmpp:sid:0";
    private static final String HINTS = "urn:xmpp:hints";
    private static final Stanza.Payload STANZA_ID = new Stanza.Payload("stanza-id", IDS);
    private static final ThreadLocal<Unpredictable> NAMES = ThreadLocal.withInitial(Unpredictable::new);

    private StanzaIdFeature() {}

    static void install(Hooks hooks) {
        hooks.receipt(StanzaIdFeature::receive);
        hooks.disco().feature(Target.SERVER, IDS);
        hooks.disco().feature(Target.ACCOUNT, IDS);
    }

    private static Stanza receive(Jid account, Stanza message) {
        Stanza own = message.has("stanza-id", IDS) ? withoutForged(account, message) : message;
        if (!isWorthNaming(own)) {
            return own;
        }
        // Bare addresses hold nothing that needs escaping (RFC 7622 §3.3.1).
        String id = "<stanza-id xmlns='" + IDS + "' by='" + account + "' id='"
                + NAMES.get().next() + "'/>";
        return own.with(STANZA_ID, id.getBytes(StandardCharsets.UTF_8));
    }

    /** What is read by a person or asks to be kept is what devices must agree on. */
    private static boolean isWorthNaming(Stanza message) {
        return !message.isError() && (message.has("body", Namespaces.CLIENT) || message.has("store", HINTS));
    }

    /** XEP-0359 §4, rule 2: an id that claims to be of the account goes, also where no other takes its place. */
    private static Stanza withoutForged(Jid account, Stanza message) {
        Element element = message.element();
        Element.Builder kept = Element.of(element.name(), element.namespace());
        element.attributes().forEach(kept::attribute);
        for (Object part : element.content()) {
            if (part instanceof String text) {
                kept.text(text);
            } else if (part instanceof Element child
                    && !(child.is("stanza-id", IDS) && account.equals(Jid.parse(child.attribute("by", ""))))) {
                kept.child(child);
            }
        }
        return Stanza.of(kept);
    }

    /** XEP-0359 §4, rule 1. The system is asked for many at once, since it takes its time each time. */
    private static final class Unpredictable {
        private static final int LENGTH = 12;

        private final SecureRandom random = new SecureRandom();
        private final byte[] drawn = new byte[64 * LENGTH];
        private int at = drawn.length;

        String next() {
            if (at == drawn.length) {
                random.nextBytes(drawn);
                at = 0;
            }
            at += LENGTH;
            return Base64.getUrlEncoder().encodeToString(Arrays.copyOfRange(drawn, at - LENGTH, at));
        }
    }
}
