package dev.beckon.service;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * XMPP over WebSocket, and what operators ask over HTTP: the settings under {@code http}, whose presets are in {@code beckon.conf}.
 *
 * @param port for WebSocket; 0 for any free one, -1 for none
 * @param bind address to listen on
 * @param tls whether it is https and wss
 * @param origins of web pages that may connect besides those of the domain, as browsers write them; {@code *} for all
 * @param webSocketUrl what clients are told to connect to; null: what follows from domain and port
 * @param proxies whose word is taken for who connects
 * @param adminPort for health and metrics; 0 for any free one, -1 for none
 * @param adminBind address to listen on for them
 */
public record HttpSettings(
        int port,
        String bind,
        boolean tls,
        Set<String> origins,
        @Nullable URI webSocketUrl,
        Set<InetAddress> proxies,
        int adminPort,
        String adminBind) {

    /** Throws IllegalArgumentException, naming the setting, if one makes no sense. */
    static HttpSettings of(Settings settings) {
        String bind = settings.text(settings.text("http.bind").isBlank() ? "bind" : "http.bind");
        int port = settings.port("http.port");
        boolean tls = settings.flag("http.tls");
        if (port >= 0 && !tls && !ServiceConfig.isOnlyHere(bind)) {
            throw settings.wrong(
                    "http.tls",
                    "all would cross the network in plain: let http.bind be 127.0.0.1 or ::1, where only a proxy on this computer"
                            + " reaches the service, or let the service do TLS");
        }
        return new HttpSettings(
                port,
                bind,
                tls,
                origins(settings),
                url(settings),
                proxies(settings),
                settings.port("http.admin-port"),
                settings.text("http.admin-bind"));
    }

    /** RFC 6454 §6.2: scheme, host, and port where it is not the usual one; nothing behind. */
    private static Set<String> origins(Settings settings) {
        List<String> origins = settings.texts("http.origins");
        for (String origin : origins) {
            if (!origin.matches("\\*|null|[a-z][a-z0-9+.-]*://[^/?#\\s]+")) {
                throw settings.wrong("http.origins", "each must be as https://chat.example.org, with nothing behind");
            }
        }
        return Set.copyOf(
                origins.stream().map(each -> each.toLowerCase(Locale.ROOT)).toList());
    }

    private static @Nullable URI url(Settings settings) {
        String text = settings.text("http.websocket-url");
        if (text.isEmpty()) {
            return null;
        }
        try {
            URI url = new URI(text);
            if (url.getHost() != null && ("wss".equals(url.getScheme()) || "ws".equals(url.getScheme()))) {
                return url;
            }
        } catch (URISyntaxException e) {
            // Said below.
        }
        throw settings.wrong("http.websocket-url", "it must be as wss://example.org/xmpp-websocket");
    }

    private static Set<InetAddress> proxies(Settings settings) {
        Set<InetAddress> proxies = new HashSet<>();
        for (String proxy : settings.texts("http.proxies")) {
            InetAddress address = NetUtil.createInetAddressFromIpAddressString(proxy);
            if (address == null) {
                throw settings.wrong("http.proxies", "each must be an IP address");
            }
            proxies.add(address);
        }
        return Set.copyOf(proxies);
    }
}
