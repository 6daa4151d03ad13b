package dev.beckon.service.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a request is answered with.
 *
 * @param type the body's media type
 * @param headers more headers
 */
public record Answer(HttpResponseStatus status, String type, String body, Map<String, String> headers) {
    public static Answer ok(String type, String body) {
        return new Answer(HttpResponseStatus.OK, type, body, Map.of());
    }

    /** Says what was wrong and what to do. */
    public static Answer refusal(HttpResponseStatus status, String text) {
        return new Answer(status, "text/plain; charset=utf-8", text + "\n", Map.of());
    }

    /** With one more header. */
    public Answer with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Answer(status, type, body, more);
    }

    byte[] bytes() {
        return body.getBytes(StandardCharsets.UTF_8);
    }
}
