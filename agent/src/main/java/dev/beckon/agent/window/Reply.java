package dev.beckon.agent.window;

import com.google.gson.JsonElement;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a request is answered with.
 *
 * @param type media type of the body
 * @param headers beside those that every reply has
 */
record Reply(HttpResponseStatus status, String type, byte[] body, Map<String, String> headers) {
    private static final String JSON = "application/json; charset=utf-8";

    /** Done. */
    static Reply json(JsonElement body) {
        return new Reply(HttpResponseStatus.OK, JSON, body.toString().getBytes(StandardCharsets.UTF_8), Map.of());
    }

    /**
     * Not done.
     *
     * @param code the result code's name; null where there is none
     * @param problem what was wrong, for people
     * @param remedy what to do; empty where nothing helps
     */
    static Reply refusal(HttpResponseStatus status, @Nullable String code, String problem, String remedy) {
        return new Reply(
                status,
                JSON,
                Json.object("code", code, "problem", problem, "remedy", remedy)
                        .toString()
                        .getBytes(StandardCharsets.UTF_8),
                Map.of());
    }

    /** Not done, for a reason without a code. */
    static Reply refusal(HttpResponseStatus status, String problem, String remedy) {
        return refusal(status, null, problem, remedy);
    }

    Reply with(String header, String value) {
        return new Reply(status, type, body, Map.of(header, value));
    }
}
