package dev.beckon.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.xml.XmlException;
import dev.beckon.service.xml.XmlScanner;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** RFC 6455 and RFC 7395 from the receiving side; the frames are another's: Netty's. */
class WebSocketReaderTest {
    private static final int LIMIT = 4_000;
    private static final String OPEN =
            "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='example.test' version='1.0' xml:lang='de'/>";
    private static final String CLOSE = "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>";
    private static final String MESSAGE =
            "<message xmlns='jabber:client' to='b@c'><body>\u00e9\u4e2d\ud83d\ude00</body></message>";

    @Test
    void anySplitMeansTheSame() {
        byte[] whole = frames(
                text(OPEN),
                ping("are you there"),
                text(MESSAGE),
                new TextWebSocketFrame(false, 0, "<presence xml"),
                ping("between"),
                new ContinuationWebSocketFrame(false, 0, ""),
                new PongWebSocketFrame(),
                new ContinuationWebSocketFrame(true, 0, "ns='jabber:client'/>"),
                text("<message xmlns='jabber:client'><body>" + "x".repeat(300) + "</body></message>\n"),
                text(CLOSE),
                new CloseWebSocketFrame(1000, "done"));
        List<String> expected = List.of(
                "HEADER example.test de",
                "PING are you there",
                "ELEMENT " + MESSAGE,
                "PING between",
                "ELEMENT <presence xmlns='jabber:client'/>",
                "ELEMENT <message xmlns='jabber:client'><body>" + "x".repeat(300) + "</body></message>",
                "END",
                "CLOSED 3e8");
        assertThat(outcome(List.of(whole))).isEqualTo(expected);
        for (int at = 1; at < whole.length; at++) {
            assertThat(outcome(List.of(Arrays.copyOfRange(whole, 0, at), Arrays.copyOfRange(whole, at, whole.length))))
                    .as("split at %d", at)
                    .isEqualTo(expected);
        }
        List<byte[]> single = new ArrayList<>();
        for (byte b : whole) {
            single.add(new byte[] {b});
        }
        assertThat(outcome(single)).as("byte by byte").isEqualTo(expected);
    }

    @Test
    void anyDamageMeansTheSameInAnySplitAndNeverThrowsAnythingElse() {
        long seed = Long.getLong("beckon.seed", System.nanoTime());
        System.out.println("WebSocketReaderTest seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < Integer.getInteger("beckon.rounds", 5_000); round++) {
            byte[] whole = frames(text(OPEN), text(MESSAGE), ping("p"), text(MESSAGE), text(CLOSE));
            for (int i = random.nextInt(4); i >= 0; i--) {
                whole[random.nextInt(whole.length)] = (byte) random.nextInt(256);
            }
            List<byte[]> pieces = new ArrayList<>();
            for (int from = 0; from < whole.length; ) {
                int to = Math.min(whole.length, from + 1 + random.nextInt(40));
                pieces.add(Arrays.copyOfRange(whole, from, to));
                from = to;
            }
            assertThat(outcome(pieces)).as("seed %d round %d", seed, round).isEqualTo(outcome(List.of(whole.clone())));
        }
    }

    @Test
    void whatIsTooLongIsRefusedBeforeItComes() {
        String fits = "<a xmlns='u'>" + "x".repeat(LIMIT - 17) + "</a>";
        assertThat(fits).hasSize(LIMIT);
        assertThat(outcome(List.of(frames(text(OPEN), text(fits))))).last().isEqualTo("ELEMENT " + fits);
        byte[] announced = {(byte) 0x81, (byte) 0xFE, (byte) (LIMIT + 1 >> 8), (byte) (LIMIT + 1)};
        assertThat(outcome(List.of(announced))).containsExactly("POLICY_VIOLATION");
        byte[] huge = {(byte) 0x81, (byte) 0xFF, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0};
        assertThat(outcome(List.of(huge))).containsExactly("POLICY_VIOLATION");
        WebSocketFrame[] parts = new WebSocketFrame[41];
        parts[0] = new TextWebSocketFrame(false, 0, "<a xmlns='u'>");
        for (int i = 1; i < parts.length; i++) {
            parts[i] = new ContinuationWebSocketFrame(false, 0, "x".repeat(100));
        }
        assertThat(outcome(List.of(frames(parts)))).containsExactly("POLICY_VIOLATION");
    }

    @Test
    void whatIsNoFrameOfAClientIsRefused() {
        assertThat(outcome(List.of(new byte[] {(byte) 0x81, 3, '<', 'a', '>'})))
                .as("not masked")
                .containsExactly("BAD_FORMAT");
        assertThat(outcome(List.of(new byte[] {(byte) 0xC1, (byte) 0x80})))
                .as("compressed")
                .containsExactly("BAD_FORMAT");
        assertThat(outcome(List.of(new byte[] {(byte) 0x83, (byte) 0x80})))
                .as("unknown")
                .containsExactly("BAD_FORMAT");
        assertThat(outcome(List.of(new byte[] {(byte) 0x81, (byte) 0xFE, 0, 3})))
                .as("padded")
                .containsExactly("BAD_FORMAT");
        assertThat(outcome(List.of(new byte[] {(byte) 0x89, (byte) 0xFE, 0, (byte) 200})))
                .as("long ping")
                .containsExactly("BAD_FORMAT");
        assertThat(outcome(List.of(new byte[] {0x09, (byte) 0x80})))
                .as("ping in parts")
                .containsExactly("BAD_FORMAT");
        assertThat(outcome(List.of(new byte[] {(byte) 0x88, (byte) 0x81, 0, 0, 0, 0, 0})))
                .as("half a status")
                .containsExactly("BAD_FORMAT");
        assertThat(outcome(List.of(frames(new ContinuationWebSocketFrame(true, 0, "x")))))
                .containsExactly("BAD_FORMAT");
        assertThat(outcome(List.of(frames(new TextWebSocketFrame(false, 0, "<a"), text("/>")))))
                .containsExactly("BAD_FORMAT");
        assertThat(outcome(List.of(frames(
                        new BinaryWebSocketFrame(Unpooled.wrappedBuffer(OPEN.getBytes(StandardCharsets.UTF_8)))))))
                .containsExactly("UNSUPPORTED_ENCODING");
    }

    @Test
    void aMessageIsOneElementThatStandsForItself() {
        assertThat(refused(MESSAGE)).as("before <open/>").isEqualTo("BAD_FORMAT");
        assertThat(refused("<stream:stream xmlns:stream='http://etherx.jabber.org/streams' to='example.test'>"))
                .isEqualTo("NOT_WELL_FORMED");
        assertThat(refused(OPEN, OPEN)).isEqualTo("BAD_FORMAT");
        assertThat(refused(OPEN, "")).isEqualTo("BAD_FORMAT");
        assertThat(refused(OPEN, " ")).isEqualTo("BAD_FORMAT");
        assertThat(refused(OPEN, " " + MESSAGE)).isEqualTo("BAD_FORMAT");
        assertThat(refused(OPEN, "<?xml version='1.0'?>" + MESSAGE)).isEqualTo("RESTRICTED_XML");
        assertThat(refused(OPEN, MESSAGE + MESSAGE)).isEqualTo("BAD_FORMAT");
        assertThat(refused(OPEN, "<message xmlns='jabber:client'>")).isEqualTo("NOT_WELL_FORMED");
        assertThat(refused(OPEN, "<message to='b@c'/>")).isEqualTo("INVALID_NAMESPACE");
        assertThat(refused(OPEN, "<message xmlns='jabber:client'><stream:x/></message>"))
                .isEqualTo("BAD_NAMESPACE_PREFIX");
        assertThat(refused(OPEN, "<reset xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>"))
                .isEqualTo("BAD_FORMAT");
        assertThat(outcome(List.of(
                        new byte[] {(byte) 0x81, (byte) 0x85, 0, 0, 0, 0, '<', 'a', '>', (byte) 0xC0, (byte) 0x80})))
                .as("overlong UTF-8")
                .containsExactly("NOT_WELL_FORMED");
    }

    @Test
    void nothingIsHeldWhileIdle() throws XmlException {
        WebSocketReader reader = new WebSocketReader(new XmlScanner(), LIMIT);
        byte[] frame = frames(text(OPEN));
        reader.offer(frame, 0, frame.length);
        assertThat(reader.next()).isEqualTo(StreamReader.Event.HEADER);
        assertThat(reader.next()).isEqualTo(StreamReader.Event.NONE);
        reader.keep();
        assertThat(reader.isEmpty()).isTrue();
        assertThat(reader.bytes()).isEmpty();
        byte[] half = frames(new TextWebSocketFrame(false, 0, "<a"));
        reader.offer(half, 0, half.length);
        assertThat(reader.next()).isEqualTo(StreamReader.Event.NONE);
        reader.keep();
        assertThat(reader.isEmpty()).as("a message that goes on").isFalse();
    }

    private static String refused(String... messages) {
        List<String> outcome = outcome(List.of(
                frames(Arrays.stream(messages).map(WebSocketReaderTest::text).toArray(WebSocketFrame[]::new))));
        assertThat(outcome).hasSize(messages.length);
        return outcome.get(outcome.size() - 1);
    }

    private static TextWebSocketFrame text(String text) {
        return new TextWebSocketFrame(text);
    }

    private static PingWebSocketFrame ping(String text) {
        return new PingWebSocketFrame(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    }

    private static byte[] frames(WebSocketFrame... frames) {
        EmbeddedChannel encoder = new EmbeddedChannel(new WebSocket13FrameEncoder(true));
        encoder.writeOutbound((Object[]) frames);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (ByteBuf out = encoder.readOutbound(); out != null; out = encoder.readOutbound()) {
            byte[] bytes = new byte[out.readableBytes()];
            out.readBytes(bytes);
            all.writeBytes(bytes);
            out.release();
        }
        encoder.finishAndReleaseAll();
        return all.toByteArray();
    }

    private static List<String> outcome(List<byte[]> pieces) {
        WebSocketReader reader = new WebSocketReader(new XmlScanner(), LIMIT);
        List<String> outcome = new ArrayList<>();
        try {
            for (byte[] piece : pieces) {
                byte[] offered = piece.clone();
                reader.offer(offered, 0, offered.length);
                for (StreamReader.Event event = reader.next();
                        event != StreamReader.Event.NONE;
                        event = reader.next()) {
                    outcome.add(event + said(event, reader));
                }
                reader.keep();
                // The network's buffer is used again.
                Arrays.fill(offered, (byte) '?');
            }
        } catch (XmlException e) {
            outcome.add(e.fault().name());
        }
        return outcome;
    }

    private static String said(StreamReader.Event event, WebSocketReader reader) {
        byte[] bytes = reader.bytes();
        return switch (event) {
            case HEADER -> " " + reader.header().to() + " " + reader.header().language();
            case ELEMENT ->
                " "
                        + new String(
                                bytes,
                                reader.head().start(),
                                reader.head().end() - reader.head().start(),
                                StandardCharsets.UTF_8);
            case PING -> " " + new String(bytes, StandardCharsets.UTF_8);
            case CLOSED -> " " + Integer.toHexString((bytes[0] & 0xFF) << 8 | (bytes[1] & 0xFF));
            default -> "";
        };
    }
}
