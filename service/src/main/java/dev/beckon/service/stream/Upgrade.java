package dev.beckon.service.stream;

import dev.beckon.service.HttpSettings;
import dev.beckon.service.http.Answer;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Whether a request for a WebSocket is granted (RFC 6455 §4.2, RFC 7395 §3.1), and how. */
final class Upgrade {
    private static final String VERSION = "13";
    private static final String PROTOCOL = "xmpp";
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int KEY_BYTES = 16;

    private final String domain;
    private final HttpSettings settings;

    Upgrade(String domain, HttpSettings settings) {
        this.domain = domain;
        this.settings = settings;
    }

    /** What refuses the request; null if nothing does. */
    @Nullable
    Answer refusal(HttpRequest request) {
        HttpHeaders headers = request.headers();
        if (!request.method().equals(HttpMethod.GET)) {
            return Answer.refusal(HttpResponseStatus.METHOD_NOT_ALLOWED, "a WebSocket is asked for with GET")
                    .with("allow", "GET");
        }
        if (!listed(headers, "upgrade", "websocket") || !listed(headers, "connection", "upgrade")) {
            return Answer.refusal(HttpResponseStatus.UPGRADE_REQUIRED, "this is a WebSocket for XMPP (RFC 7395)")
                    .with("upgrade", "websocket");
        }
        if (!VERSION.equals(headers.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))) {
            return Answer.refusal(HttpResponseStatus.UPGRADE_REQUIRED, "only version 13 of WebSocket is spoken here")
                    .with("sec-websocket-version", VERSION);
        }
        if (!isKey(headers.get(HttpHeaderNames.SEC_WEBSOCKET_KEY))) {
            return Answer.refusal(HttpResponseStatus.BAD_REQUEST, "Sec-WebSocket-Key must be 16 bytes in base64");
        }
        // RFC 7395 §3.1
        if (!listed(headers, "sec-websocket-protocol", PROTOCOL)) {
            return Answer.refusal(
                    HttpResponseStatus.BAD_REQUEST, "ask for the subprotocol: Sec-WebSocket-Protocol: xmpp");
        }
        if (!headers.getAll(HttpHeaderNames.ORIGIN).stream().allMatch(this::isAllowed)) {
            return Answer.refusal(
                    HttpResponseStatus.FORBIDDEN,
                    "pages of this origin may not connect; the operator can allow it: http.origins");
        }
        return null;
    }

    /**
     * RFC 6455 §10.2: a browser says which page wants to connect. A page elsewhere gains no user's account by it, since nobody is signed
     * in by being connected; but it would have its visitors guess passwords, or reach what only they can reach. The page's host is held
     * against what is configured, not against the {@code Host} header, which a page can have its own name in.
     */
    private boolean isAllowed(String origin) {
        String written = origin.toLowerCase(Locale.ROOT);
        return settings.origins().contains("*")
                || settings.origins().contains(written)
                || written.equals("https://" + domain)
                || written.matches("https://\\Q" + domain + "\\E:[0-9]{1,5}");
    }

    private static boolean isKey(@Nullable String key) {
        try {
            return key != null && Base64.getDecoder().decode(key).length == KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean listed(HttpHeaders headers, String name, String wanted) {
        return headers.getAll(name).stream()
                .flatMap(value -> Stream.of(value.split(",", 64)))
                .anyMatch(value -> value.strip().equalsIgnoreCase(wanted));
    }

    /** RFC 6455 §4.2.2. No extension is agreed on: compression would cost memory for each client, and leak what it hides. */
    static HttpResponse agreement(HttpRequest request) {
        HttpResponse agreement =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS);
        agreement
                .headers()
                .set(HttpHeaderNames.UPGRADE, "websocket")
                .set(HttpHeaderNames.CONNECTION, "Upgrade")
                .set(
                        HttpHeaderNames.SEC_WEBSOCKET_ACCEPT,
                        accepted(request.headers().get("sec-websocket-key", "")))
                .set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, PROTOCOL);
        return agreement;
    }

    private static String accepted(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
