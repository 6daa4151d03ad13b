package dev.beckon.service.stream;

import dev.beckon.service.route.Jid;
import dev.beckon.service.route.Stanza;
import dev.beckon.service.route.StreamError;
import dev.beckon.service.xml.Element;
import dev.beckon.service.xml.Namespaces;
import dev.beckon.service.xml.XmlScanner;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** RFC 6120: a stream is one document, and what stands in it is in the namespaces that its start tag declares. */
final class TcpFraming implements Framing {
    private final boolean secured;

    TcpFraming(boolean secured) {
        this.secured = secured;
    }

    @Override
    public boolean isSecured() {
        return secured;
    }

    @Override
    public StreamReader reader(XmlScanner scanner, int limit) {
        return new StreamReader(scanner, limit);
    }

    @Override
    public byte[] opening(String domain, String id, @Nullable Jid to) {
        // Bare addresses hold nothing that needs escaping (RFC 7622 §3.3.1).
        return bytes("<?xml version='1.0'?><stream:stream xmlns='" + Namespaces.CLIENT + "' xmlns:stream='"
                + Namespaces.STREAMS + "' id='" + id + "' from='" + domain + "'"
                + (to == null ? "" : " to='" + to + "'")
                + " version='1.0' xml:lang='" + StreamHeader.LANGUAGE + "'>");
    }

    @Override
    public byte[] features(String content) {
        return bytes("<stream:features>" + content + "</stream:features>");
    }

    @Override
    public byte[] stanza(Stanza stanza) {
        return stanza.bytes();
    }

    @Override
    public byte[] element(String xml) {
        return bytes(xml);
    }

    @Override
    public byte[] element(Element element) {
        return element.toBytes();
    }

    @Override
    public byte[] end(@Nullable StreamError error) {
        return bytes(
                (error == null ? "" : "<stream:error>" + error.content() + "</stream:error>") + "</stream:stream>");
    }

    private static byte[] bytes(String xml) {
        return xml.getBytes(StandardCharsets.UTF_8);
    }
}
