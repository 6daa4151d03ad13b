package dev.beckon.service.stream;

import dev.beckon.service.route.Jid;
import dev.beckon.service.route.Stanza;
import dev.beckon.service.route.StreamError;
import dev.beckon.service.xml.Element;
import dev.beckon.service.xml.XmlScanner;
import org.jspecify.annotations.Nullable;

/**
 * How a stream lies on its connection; all else about streams is the same whatever carries them. Without state: one serves all
 * connections of its kind. The arrays that it returns are never changed.
 */
sealed interface Framing permits TcpFraming, WebSocketFraming {
    /** RFC 6120: one long document. */
    Framing TCP = new TcpFraming(false);

    /** The same behind a proxy on this computer, where TLS ends. */
    Framing TCP_BEHIND_PROXY = new TcpFraming(true);

    /** RFC 7395: each element a message of its own. */
    Framing WEB_SOCKET = new WebSocketFraming();

    /** Whether it was seen to before the stream begins that nobody reads along: there is no STARTTLS then (RFC 7395 §3.9). */
    boolean isSecured();

    /** What cuts a connection's input into elements. */
    StreamReader reader(XmlScanner scanner, int limit);

    /** The service's own header (RFC 6120 §4.7); {@code to} is the account that has signed in, if one has. */
    byte[] opening(String domain, String id, @Nullable Jid to);

    /** The stream's features, each of which declares its namespace. */
    byte[] features(String content);

    byte[] stanza(Stanza stanza);

    /** An element that declares its own namespace. */
    byte[] element(String xml);

    byte[] element(Element element);

    /** The end of the stream, with the error that led to it if one did, and of the connection. */
    byte[] end(@Nullable StreamError error);
}
