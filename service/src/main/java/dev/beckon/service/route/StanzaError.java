package dev.beckon.service.route;

import dev.beckon.service.xml.Element;
import dev.beckon.service.xml.Namespaces;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Why a stanza was refused (RFC 6120 §8.3).
 *
 * @param condition the defined condition, which brings its usual type
 * @param text a sentence for a person, or null
 * @param detail an application-specific condition (RFC 6120 §8.3.4), or null
 */
public record StanzaError(
        Condition condition,
        @Nullable String text,
        @Nullable Element detail) {
    /** The defined conditions of RFC 6120 §8.3.3, each with the type it usually has. */
    public enum Condition {
        BAD_REQUEST("modify"),
        CONFLICT("cancel"),
        FEATURE_NOT_IMPLEMENTED("cancel"),
        FORBIDDEN("auth"),
        GONE("cancel"),
        INTERNAL_SERVER_ERROR("cancel"),
        ITEM_NOT_FOUND("cancel"),
        JID_MALFORMED("modify"),
        NOT_ACCEPTABLE("modify"),
        NOT_ALLOWED("cancel"),
        NOT_AUTHORIZED("auth"),
        POLICY_VIOLATION("modify"),
        RECIPIENT_UNAVAILABLE("wait"),
        REDIRECT("modify"),
        REGISTRATION_REQUIRED("auth"),
        REMOTE_SERVER_NOT_FOUND("cancel"),
        REMOTE_SERVER_TIMEOUT("wait"),
        RESOURCE_CONSTRAINT("wait"),
        SERVICE_UNAVAILABLE("cancel"),
        SUBSCRIPTION_REQUIRED("auth"),
        UNDEFINED_CONDITION("cancel"),
        UNEXPECTED_REQUEST("wait");

        private final String type;

        Condition(String type) {
            this.type = type;
        }

        /** The condition's name on the wire. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** An error with no more to say than its condition. */
    public static StanzaError of(Condition condition) {
        return new StanzaError(condition, null, null);
    }

    /** An error that says to a person what was wrong and what to do. */
    public static StanzaError of(Condition condition, String text) {
        return new StanzaError(condition, text, null);
    }

    /** The {@code <error/>} child. */
    public Element toElement() {
        // XEP-0191 §3.5: what one sends to a contact one has blocked is refused with type cancel.
        String type = condition == Condition.NOT_ACCEPTABLE && detail != null ? "cancel" : condition.type;
        Element.Builder error = Element.of("error", Namespaces.CLIENT)
                .attribute("type", type)
                .child(Element.of(condition.wireName(), Namespaces.STANZA_ERRORS));
        if (text != null) {
            error.child(Element.of("text", Namespaces.STANZA_ERRORS)
                    .attribute("xml:lang", "en")
                    .text(text));
        }
        return error.child(detail).build();
    }
}
