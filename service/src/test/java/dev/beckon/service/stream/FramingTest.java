package dev.beckon.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.route.Jid;
import dev.beckon.service.route.Stanza;
import dev.beckon.service.route.Stanza.Stamp;
import dev.beckon.service.route.StanzaHead;
import dev.beckon.service.route.StreamError;
import dev.beckon.service.xml.Element;
import dev.beckon.service.xml.XmlException;
import dev.beckon.service.xml.XmlScanner;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xml.sax.InputSource;

/** What is sent over WebSocket, read by another's decoder and another's parser. */
class FramingTest {
    private static final Jid ALICE = Jid.of("alice@example.test/desk");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<message to='bob@example.test'><body>hello</body></message>",
                "<message xmlns='jabber:client' to='bob@example.test'><body>hello</body></message>",
                "<message\n xmlns = \"jabber:client\" ><body>hello</body></message>",
                "<message id='a xmlns=b' xmlns:x='u'><x:xmlns/><body> xmlns='x'</body></message>",
                "<message id=\" xmlns='u'>\" xmlnsx='1'/>",
                "<presence/>",
                "<presence\t></presence >",
                "<c:message xmlns:c='jabber:client'><body>in the stream's namespace</body></c:message>",
                "<c:message xmlns:c='jabber:client' xmlns='u'><body>in u</body></c:message>",
                "<message><body>stream: a &lt; &#233;</body></message>",
                "<message><stream:x stream:a='1'>in the namespace of streams</stream:x></message>",
                "<message xmlns:stream='u'><stream:x/></message>",
                "<iq id='1' type='get'><query xmlns='jabber:iq:roster'/></iq>"
            })
    void aStanzaOverTcpMeansTheSameOverWebSocket(String xml) throws Exception {
        Stanza stanza = stamped(xml);
        byte[] frame = Framing.WEB_SOCKET.stanza(stanza);
        String alone = text(frame);
        assertThat(document(alone)).isEqualTo(XmlScanner.parse(stanza.bytes()));
        assertThat(Framing.WEB_SOCKET.stanza(stanza)).as("made once").isSameAs(frame);
        assertThat(Framing.TCP.stanza(stanza)).isSameAs(stanza.bytes());
        // Another parser has no doubts either.
        var factory = javax.xml.parsers.DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        var root = factory.newDocumentBuilder()
                .parse(new InputSource(new java.io.StringReader(alone)))
                .getDocumentElement();
        assertThat(root.getNamespaceURI()).isEqualTo("jabber:client");
        assertThat(root.getAttribute("from")).isEqualTo("alice@example.test/desk");
    }

    @Test
    void framesOfEveryLengthAreRead() throws Exception {
        for (int length :
                new int[] {0, 1, 60, 61, 62, 63, 64, 65, 66, 67, 1_000, 65_470, 65_471, 65_472, 65_473, 200_000}) {
            String xml = "<presence from='a@b' xmlns='jabber:client'><s>" + "x".repeat(length) + "</s></presence>";
            assertThat(text(Framing.WEB_SOCKET.element(xml))).isEqualTo(xml);
        }
    }

    @Test
    void theServiceOpensEndsAndFailsAStreamInMessages() throws Exception {
        Element open = document(text(Framing.WEB_SOCKET.opening("example.test", "id1", ALICE.bare())));
        assertThat(open.is("open", "urn:ietf:params:xml:ns:xmpp-framing")).isTrue();
        assertThat(open.attributes())
                .containsEntry("from", "example.test")
                .containsEntry("to", "alice@example.test")
                .containsEntry("version", "1.0")
                .containsEntry("id", "id1");
        Element features =
                document(text(Framing.WEB_SOCKET.features("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>")));
        assertThat(features.is("features", "http://etherx.jabber.org/streams")).isTrue();
        assertThat(features.children()).hasSize(1);

        List<WebSocketFrame> end = decoded(Framing.WEB_SOCKET.end(
                StreamError.of(StreamError.Condition.SYSTEM_SHUTDOWN, "the service is stopped")));
        assertThat(end).hasSize(3);
        Element error = document(((TextWebSocketFrame) end.get(0)).text());
        assertThat(error.is("error", "http://etherx.jabber.org/streams")).isTrue();
        assertThat(error.child("system-shutdown", "urn:ietf:params:xml:ns:xmpp-streams"))
                .isNotNull();
        assertThat(document(((TextWebSocketFrame) end.get(1)).text())
                        .is("close", "urn:ietf:params:xml:ns:xmpp-framing"))
                .isTrue();
        assertThat(((CloseWebSocketFrame) end.get(2)).statusCode()).isEqualTo(1001);
        end.forEach(ReferenceCountUtil::release);

        List<WebSocketFrame> orderly = decoded(Framing.WEB_SOCKET.end(null));
        assertThat(orderly).hasSize(2);
        assertThat(((CloseWebSocketFrame) orderly.get(1)).statusCode()).isEqualTo(1000);
        orderly.forEach(ReferenceCountUtil::release);
    }

    private static Stanza stamped(String xml) throws XmlException {
        byte[] in = xml.getBytes(StandardCharsets.UTF_8);
        StanzaHead head = StanzaHead.scan(new XmlScanner(), in, 0, in.length);
        return Stanza.stamped(in, head, Stamp.of(ALICE), null);
    }

    /** As a document of its own, in no context. */
    private static Element document(String xml) throws XmlException {
        byte[] in = xml.getBytes(StandardCharsets.UTF_8);
        StanzaHead head = StanzaHead.scanDocument(new XmlScanner(), in, 0, in.length);
        assertThat(head.end()).isEqualTo(in.length);
        return XmlScanner.parse(in);
    }

    private static String text(byte[] frame) {
        List<WebSocketFrame> frames = decoded(frame);
        assertThat(frames).hasSize(1);
        String text = ((TextWebSocketFrame) frames.get(0)).text();
        frames.get(0).release();
        return text;
    }

    private static List<WebSocketFrame> decoded(byte[] bytes) {
        EmbeddedChannel decoder = new EmbeddedChannel(new WebSocket13FrameDecoder(WebSocketDecoderConfig.newBuilder()
                .expectMaskedFrames(false)
                .maxFramePayloadLength(1 << 20)
                .build()));
        decoder.writeInbound(Unpooled.wrappedBuffer(bytes));
        List<WebSocketFrame> frames = new ArrayList<>();
        for (WebSocketFrame frame = decoder.readInbound(); frame != null; frame = decoder.readInbound()) {
            frames.add(frame);
        }
        decoder.finishAndReleaseAll();
        return frames;
    }
}
