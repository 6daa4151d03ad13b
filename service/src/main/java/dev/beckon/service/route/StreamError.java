package dev.beckon.service.route;

import dev.beckon.service.xml.Element;
import dev.beckon.service.xml.Namespaces;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Why a stream is ended (RFC 6120 §4.9). A stream error is never recovered from.
 *
 * @param condition the defined condition
 * @param text a sentence for a person, or null
 * @param detail an application-specific condition (RFC 6120 §4.9.4), or null
 */
public record StreamError(
        Condition condition,
        @Nullable String text,
        @Nullable Element detail) {
    /** The defined conditions of RFC 6120 §4.9.3 that this service uses. */
    public enum Condition {
        BAD_FORMAT,
        BAD_NAMESPACE_PREFIX,
        CONFLICT,
        CONNECTION_TIMEOUT,
        HOST_UNKNOWN,
        IMPROPER_ADDRESSING,
        INTERNAL_SERVER_ERROR,
        INVALID_FROM,
        INVALID_NAMESPACE,
        INVALID_XML,
        NOT_AUTHORIZED,
        NOT_WELL_FORMED,
        POLICY_VIOLATION,
        RESET,
        RESOURCE_CONSTRAINT,
        RESTRICTED_XML,
        SYSTEM_SHUTDOWN,
        UNDEFINED_CONDITION,
        UNSUPPORTED_ENCODING,
        UNSUPPORTED_FEATURE,
        UNSUPPORTED_STANZA_TYPE,
        UNSUPPORTED_VERSION;

        /** The condition's name on the wire. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** An error with no more to say than its condition. */
    public static StreamError of(Condition condition) {
        return new StreamError(condition, null, null);
    }

    /** An error that says to a person what was wrong and what to do. */
    public static StreamError of(Condition condition, String text) {
        return new StreamError(condition, text, null);
    }

    /** The content of {@code <stream:error/>}: the condition, its text and detail. */
    public String content() {
        StringBuilder content = new StringBuilder("<")
                .append(condition.wireName())
                .append(" xmlns='")
                .append(Namespaces.STREAM_ERRORS)
                .append("'/>");
        if (text != null) {
            content.append(Element.of("text", Namespaces.STREAM_ERRORS)
                    .attribute("xml:lang", "en")
                    .text(text)
                    .build()
                    .toXml(Namespaces.CLIENT));
        }
        if (detail != null) {
            content.append(detail.toXml(Namespaces.CLIENT));
        }
        return content.toString();
    }
}
