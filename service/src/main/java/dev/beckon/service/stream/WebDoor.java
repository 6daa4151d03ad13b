package dev.beckon.service.stream;

import dev.beckon.service.http.Answer;
import dev.beckon.service.http.HttpDoor;
import dev.beckon.service.xml.Element;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The HTTP port's way in: WebSockets for XMPP (RFC 7395), and how clients find them (XEP-0156). Of one connection. */
final class WebDoor extends HttpDoor {
    /** Where others have it. */
    static final String PATH = "/xmpp-websocket";

    private static final String HOST_META = "/.well-known/host-meta";
    private static final String XRD = "http://docs.oasis-open.org/ns/xri/xrd-1.0";
    private static final String LINK = "urn:xmpp:alt-connections:websocket";

    /** Makes a stream of what has become a WebSocket; null if there is no room for it. */
    @FunctionalInterface
    interface Opening {
        /** {@code forwarded} is for whom a proxy has connected, if one did. */
        @Nullable
        ClientStream open(@Nullable InetAddress forwarded);
    }

    private final Upgrade upgrade;
    private final URI url;
    private final boolean isProxied;
    private final Opening opening;

    /** {@code isProxied}: the connection comes from a proxy whose word is taken. */
    WebDoor(Duration patience, Upgrade upgrade, URI url, boolean isProxied, Opening opening) {
        super(patience);
        this.upgrade = upgrade;
        this.url = url;
        this.isProxied = isProxied;
        this.opening = opening;
    }

    @Override
    protected void request(ChannelHandlerContext ctx, HttpRequest request) {
        switch (path(request)) {
            case PATH -> webSocket(ctx, request);
            case HOST_META -> hostMeta(ctx, request, "application/xrd+xml; charset=utf-8", xrd());
            case HOST_META + ".json" -> hostMeta(ctx, request, "application/json", json());
            default ->
                answer(
                        ctx,
                        Answer.refusal(
                                HttpResponseStatus.NOT_FOUND, "there is " + PATH + " and " + HOST_META + " here"));
        }
    }

    private void webSocket(ChannelHandlerContext ctx, HttpRequest request) {
        Answer refusal = upgrade.refusal(request);
        if (refusal != null) {
            answer(ctx, refusal);
            return;
        }
        ClientStream stream = opening.open(isProxied ? forwarded(request) : null);
        if (stream == null) {
            answer(
                    ctx,
                    Answer.refusal(HttpResponseStatus.SERVICE_UNAVAILABLE, "too many connections, try again later"));
            return;
        }
        become(ctx, Upgrade.agreement(request), "stream", stream);
    }

    /** The last address is the one that the proxy itself has seen; what stands before it, anybody may have written. */
    private static @Nullable InetAddress forwarded(HttpRequest request) {
        List<String> said = request.headers().getAll("x-forwarded-for");
        if (said.isEmpty()) {
            return null;
        }
        String last = said.get(said.size() - 1);
        return NetUtil.createInetAddressFromIpAddressString(
                last.substring(last.lastIndexOf(',') + 1).strip());
    }

    private void hostMeta(ChannelHandlerContext ctx, HttpRequest request, String type, String body) {
        Answer refusal = unlessRead(request);
        // XEP-0156 §3: web pages of any origin must be able to read it.
        answer(ctx, (refusal != null ? refusal : Answer.ok(type, body)).with("access-control-allow-origin", "*"));
    }

    private String xrd() {
        return "<?xml version='1.0' encoding='utf-8'?>\n"
                + Element.of("XRD", XRD)
                        .child(Element.of("Link", XRD).attribute("rel", LINK).attribute("href", url))
                        .build()
                        .toXml("")
                + "\n";
    }

    /** An address holds nothing that JSON escapes (RFC 3986 §2). */
    private String json() {
        return "{\"links\":[{\"rel\":\"" + LINK + "\",\"href\":\"" + url.toASCIIString() + "\"}]}\n";
    }
}
