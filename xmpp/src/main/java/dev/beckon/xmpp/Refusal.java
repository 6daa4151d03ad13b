package dev.beckon.xmpp;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Stanza errors (RFC 6120 §8.3). */
final class Refusal {
    // RFC 6120 §8.3.3: the type that goes with each condition.
    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("bad-request", "modify"),
            Map.entry("conflict", "cancel"),
            Map.entry("feature-not-implemented", "cancel"),
            Map.entry("forbidden", "auth"),
            Map.entry("gone", "cancel"),
            Map.entry("internal-server-error", "cancel"),
            Map.entry("item-not-found", "cancel"),
            Map.entry("jid-malformed", "modify"),
            Map.entry("not-acceptable", "modify"),
            Map.entry("not-allowed", "cancel"),
            Map.entry("not-authorized", "auth"),
            Map.entry("policy-violation", "modify"),
            Map.entry("recipient-unavailable", "wait"),
            Map.entry("resource-constraint", "wait"),
            Map.entry("service-unavailable", "cancel"),
            Map.entry("subscription-required", "auth"),
            Map.entry("undefined-condition", "cancel"),
            Map.entry("unexpected-request", "wait"));

    private Refusal() {}

    /** An error element; a condition RFC 6120 does not know is written as undefined-condition. */
    static Node error(String condition, String text, @Nullable Node specific) {
        String known = TYPES.containsKey(condition) ? condition : "undefined-condition";
        Node error =
                Node.of("error", Names.CLIENT).with("type", TYPES.get(known)).with(Node.of(known, Names.STANZAS));
        if (!text.isEmpty()) {
            error = error.with(Node.of("text", Names.STANZAS).containing(text));
        }
        return error.with(specific);
    }

    /** The condition a stanza of type error bears. */
    static String condition(Node stanza) {
        Node error = stanza.child("error", Names.CLIENT);
        if (error != null) {
            for (Node child : error.children()) {
                if (child.namespace().equals(Names.STANZAS) && !child.name().equals("text")) {
                    return child.name();
                }
            }
        }
        return "undefined-condition";
    }

    /** What an error says to people, at most 200 characters; empty where nothing. */
    static String text(Node stanza) {
        Node error = stanza.child("error", Names.CLIENT);
        Node text = error == null ? null : error.child("text", Names.STANZAS);
        if (text == null) {
            return "";
        }
        return text.text().codePointCount(0, text.text().length()) > 200 ? "" : text.text();
    }
}
