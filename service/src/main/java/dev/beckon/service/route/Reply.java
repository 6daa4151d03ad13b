package dev.beckon.service.route;

import dev.beckon.service.xml.Element;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** How an iq request is answered. */
public sealed interface Reply {
    /** An iq result with this payload, or empty. */
    record Result(@Nullable Element payload) implements Reply {}

    /** An iq error. */
    record Failure(StanzaError error) implements Reply {}

    /**
     * The answer comes later; until then the sender's next stanzas wait. A stage that fails, or takes longer than 30 s, is answered
     * {@code internal-server-error}.
     */
    record Later(CompletionStage<Reply> reply) implements Reply {}

    /** An empty result. */
    static Reply result() {
        return new Result(null);
    }

    /** A result with this payload. */
    static Reply result(@Nullable Element payload) {
        return new Result(payload);
    }

    /** A result with this payload. */
    static Reply result(Element.Builder payload) {
        return new Result(payload.build());
    }

    /** An error with no more to say than its condition. */
    static Reply error(StanzaError.Condition condition) {
        return new Failure(StanzaError.of(condition));
    }

    /** An error that says to a person what was wrong and what to do. */
    static Reply error(StanzaError.Condition condition, String text) {
        return new Failure(StanzaError.of(condition, text));
    }

    /** An error. */
    static Reply error(StanzaError error) {
        return new Failure(error);
    }

    /** An answer that comes later. */
    static Reply later(CompletionStage<Reply> reply) {
        return new Later(reply);
    }
}
