package dev.beckon.agent.window;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.codec.http.cookie.Cookie;
import io.netty.handler.codec.http.cookie.ServerCookieDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.Iterator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who may come in. The port is open to every program of every user of this computer, and to every web page in the user's browsers, so
 * that:
 *
 * <ul>
 *   <li>only who was handed a token, by a file or an answer that the user alone may read, is let in, once and within {@link #TOKEN_LIFE};
 *   <li>being in is to have a cookie, which no page of another site is sent with ({@code SameSite=Strict}), and a key, which no page of
 *       another origin can read or send: cookies alone are shared by all ports of a host;
 *   <li>a request must be for this address and port by name (a name of somebody else's that leads here is refused), and one that
 *       changes anything must come from a page of this origin.
 * </ul>
 *
 * <p>Thread: any.
 */
final class Gate {
    static final Duration TOKEN_LIFE = Duration.ofSeconds(60);
    static final int LONGEST_LINE = 4096;
    static final int LONGEST_HEAD = 8192;
    static final int LONGEST_BODY = 64 * 1024;
    static final String KEY_HEADER = "x-beckon-key";
    static final String ENTER = "/enter";
    static final String OPEN = "/open";
    static final String API = "/api/";
    /** More doors at once than these nobody opens; the oldest is shut again. */
    private static final int MOST_TOKENS = 16;

    private static final String LOCKED = "run: beckon open";

    private final SecureRandom random = new SecureRandom();
    private final InstantSource clock;
    private final String cookie = secret();
    private final String key = secret();
    private final String owner = secret();
    private final Deque<Token> tokens = new ArrayDeque<>();
    private volatile int port;

    private record Token(String text, Instant until) {}

    Gate(InstantSource clock) {
        this.clock = clock;
    }

    /** Says where requests are for; before it, all are refused. */
    void at(int number) {
        port = number;
    }

    int port() {
        return port;
    }

    /** Where the page is, {@code http://127.0.0.1:PORT}. */
    String origin() {
        return "http://" + authority();
    }

    private String authority() {
        return "127.0.0.1:" + port;
    }

    private String secret() {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    // ---- entering

    /** Lets somebody in who comes with this soon: for the user alone. */
    synchronized String token() {
        Instant now = clock.instant();
        tokens.removeIf(token -> !token.until.isAfter(now));
        if (tokens.size() == MOST_TOKENS) {
            tokens.removeFirst();
        }
        Token token = new Token(secret(), now.plus(TOKEN_LIFE));
        tokens.addLast(token);
        return token.text;
    }

    /** Whether it is a token that was not used and is not too old; it is used then. */
    synchronized boolean redeem(@Nullable String text) {
        boolean good = false;
        for (Iterator<Token> all = tokens.iterator(); all.hasNext(); ) {
            Token token = all.next();
            boolean same = same(token.text, text);
            boolean old = !token.until.isAfter(clock.instant());
            if (same || old) {
                all.remove();
            }
            good |= same && !old;
        }
        return good;
    }

    /** What who is let in gets, for the response's {@code Set-Cookie}. */
    String cookie() {
        return cookieName() + "=" + cookie + "; Path=/; HttpOnly; SameSite=Strict";
    }

    /** Ports share cookies: with its number, two windows in one browser do not take each other's. */
    private String cookieName() {
        return "beckon-" + port;
    }

    /** The other half. */
    String key() {
        return key;
    }

    /** What {@code beckon open} shows instead, from a file that the user alone may read. */
    String ownerKey() {
        return owner;
    }

    // ---- every request

    /** The path that is asked for, without what follows a question mark. */
    static String path(HttpRequest head) {
        String uri = head.uri();
        int end = uri.indexOf('?');
        return end < 0 ? uri : uri.substring(0, end);
    }

    /** Null where a request may go on; its head is all that is looked at. */
    @Nullable
    Reply refusal(HttpRequest head) {
        Reply refusal = malformed(head);
        if (refusal == null) {
            refusal = elsewhere(head);
        }
        if (refusal != null) {
            return refusal;
        }
        String path = path(head);
        if (path.equals(OPEN)) {
            return notTheOwner(head);
        }
        boolean api = path.startsWith(API);
        if (head.method().equals(HttpMethod.POST)) {
            refusal = api ? foreign(head) : notAllowed("GET");
        } else if (!head.method().equals(HttpMethod.GET)) {
            refusal = notAllowed(api ? "GET, POST" : "GET");
        }
        return refusal == null && api ? locked(head) : refusal;
    }

    private static @Nullable Reply malformed(HttpRequest head) {
        if (head.decoderResult().isFailure()) {
            Throwable cause = head.decoderResult().cause();
            if (cause instanceof TooLongHttpLineException) {
                return Reply.refusal(
                        HttpResponseStatus.REQUEST_URI_TOO_LONG,
                        "the request line has over " + LONGEST_LINE + " bytes",
                        "");
            }
            return cause instanceof TooLongHttpHeaderException
                    ? Reply.refusal(
                            HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                            "the headers have over " + LONGEST_HEAD + " bytes",
                            "")
                    : Reply.refusal(HttpResponseStatus.BAD_REQUEST, "this is no HTTP/1.1 request", "");
        }
        if (!head.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
            return Reply.refusal(HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED, "HTTP/1.1 is spoken here", "");
        }
        if (head.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            return Reply.refusal(HttpResponseStatus.LENGTH_REQUIRED, "a body comes with its length here", "");
        }
        long length = length(head);
        if (length < 0) {
            return Reply.refusal(HttpResponseStatus.BAD_REQUEST, "the content length is no number", "");
        }
        boolean mayHave = head.method().equals(HttpMethod.POST);
        return length > (mayHave ? LONGEST_BODY : 0)
                ? Reply.refusal(
                        HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
                        mayHave ? "the request has over " + LONGEST_BODY + " bytes" : "this request has no body",
                        "send less at once")
                : null;
    }

    /** How long the body is said to be; -1 where that cannot be understood. */
    static long length(HttpRequest head) {
        var lengths = head.headers().getAll(HttpHeaderNames.CONTENT_LENGTH);
        if (lengths.isEmpty()) {
            return 0;
        }
        return lengths.size() == 1 && lengths.get(0).matches("[0-9]{1,12}") ? Long.parseLong(lengths.get(0)) : -1;
    }

    /** A name that was made to lead here (DNS rebinding) is not ours. */
    private @Nullable Reply elsewhere(HttpRequest head) {
        var hosts = head.headers().getAll(HttpHeaderNames.HOST);
        if (hosts.size() != 1 || port == 0 || !hosts.get(0).equals(authority())) {
            return Reply.refusal(
                    HttpResponseStatus.MISDIRECTED_REQUEST, "this is not the host that was asked for", LOCKED);
        }
        String site = head.headers().get("sec-fetch-site", "none");
        String path = path(head);
        // What the user was handed may be opened from anywhere; from elsewhere on this computer, pages may be linked
        // to.
        boolean mayCome = path.equals(ENTER)
                || site.equals("same-origin")
                || site.equals("none")
                || (site.equals("same-site") && !path.startsWith(API));
        return mayCome
                ? null
                : Reply.refusal(HttpResponseStatus.FORBIDDEN, "another site may not ask for this", LOCKED);
    }

    private static Reply notAllowed(String allowed) {
        return Reply.refusal(HttpResponseStatus.METHOD_NOT_ALLOWED, "only " + allowed + " is understood here", "")
                .with("allow", allowed);
    }

    /** What changes anything comes from a page of this origin, as JSON, which no form of another site can send. */
    private @Nullable Reply foreign(HttpRequest head) {
        var origins = head.headers().getAll(HttpHeaderNames.ORIGIN);
        if (origins.size() != 1 || !origins.get(0).equals(origin())) {
            return Reply.refusal(HttpResponseStatus.FORBIDDEN, "another site may not do this", LOCKED);
        }
        String type = head.headers().get(HttpHeaderNames.CONTENT_TYPE, "").toLowerCase(Locale.ROOT);
        int end = type.indexOf(';');
        return (end < 0 ? type : type.substring(0, end)).strip().equals("application/json")
                ? null
                : Reply.refusal(HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE, "this is no application/json", "send JSON");
    }

    private @Nullable Reply locked(HttpRequest head) {
        boolean hasKey = same(key, head.headers().get(KEY_HEADER));
        return hasKey && hasCookie(head.headers())
                ? null
                : Reply.refusal(HttpResponseStatus.UNAUTHORIZED, "this page is locked", LOCKED);
    }

    /** Among all of the name: somebody else's port may have set another, which must not lock the user out. */
    private boolean hasCookie(HttpHeaders headers) {
        boolean has = false;
        for (String line : headers.getAll(HttpHeaderNames.COOKIE)) {
            for (Cookie each : ServerCookieDecoder.STRICT.decodeAll(line)) {
                has |= each.name().equals(cookieName()) && same(cookie, each.value());
            }
        }
        return has;
    }

    /** A program of the user's asks, never a page. */
    private @Nullable Reply notTheOwner(HttpRequest head) {
        if (!head.method().equals(HttpMethod.POST)) {
            return notAllowed("POST");
        }
        boolean page = head.headers().contains(HttpHeaderNames.ORIGIN)
                || head.headers().contains("sec-fetch-site");
        String bearer = head.headers().get(HttpHeaderNames.AUTHORIZATION, "");
        return !page && same("Bearer " + owner, bearer)
                ? null
                : Reply.refusal(HttpResponseStatus.UNAUTHORIZED, "this is for the user's own programs", LOCKED);
    }

    /** Takes as long wherever they differ. */
    private static boolean same(String secret, @Nullable String given) {
        return MessageDigest.isEqual(
                secret.getBytes(StandardCharsets.UTF_8), (given == null ? "" : given).getBytes(StandardCharsets.UTF_8));
    }
}
