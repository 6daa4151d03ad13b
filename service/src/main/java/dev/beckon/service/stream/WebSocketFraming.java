package dev.beckon.service.stream;

import dev.beckon.service.route.Jid;
import dev.beckon.service.route.Stanza;
import dev.beckon.service.route.StreamError;
import dev.beckon.service.route.StreamError.Condition;
import dev.beckon.service.xml.Element;
import dev.beckon.service.xml.Namespaces;
import dev.beckon.service.xml.XmlException;
import dev.beckon.service.xml.XmlScanner;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * RFC 7395: each element is a message of its own, a document that declares its namespaces; and RFC 6455 §5, the frames that messages
 * lie in. A service's frames are not masked, so a frame is what it holds with a few bytes before.
 */
final class WebSocketFraming implements Framing {
    static final int CONTINUATION = 0x0;
    static final int TEXT = 0x1;
    static final int BINARY = 0x2;
    static final int CLOSE = 0x8;
    static final int PING = 0x9;
    static final int PONG = 0xA;

    /** No control frame holds more (RFC 6455 §5.5). */
    static final int LONGEST_CONTROL = 125;

    private static final byte[] CLIENT = ascii(" xmlns='" + Namespaces.CLIENT + "'");
    private static final byte[] XMLNS = ascii("xmlns");
    private static final byte[] STREAM_PREFIX = ascii("stream:");
    private static final String STREAM = " xmlns:stream='" + Namespaces.STREAMS + "'>";

    @Override
    public boolean isSecured() {
        return true;
    }

    @Override
    public StreamReader reader(XmlScanner scanner, int limit) {
        return new WebSocketReader(scanner, limit);
    }

    /** RFC 7395 §3.4. */
    @Override
    public byte[] opening(String domain, String id, @Nullable Jid to) {
        return element("<open xmlns='" + Namespaces.FRAMING + "' id='" + id + "' from='" + domain + "'"
                + (to == null ? "" : " to='" + to + "'") + " version='1.0' xml:lang='" + StreamHeader.LANGUAGE + "'/>");
    }

    @Override
    public byte[] features(String content) {
        return element("<stream:features" + STREAM + content + "</stream:features>");
    }

    @Override
    public byte[] element(String xml) {
        byte[] utf8 = xml.getBytes(StandardCharsets.UTF_8);
        byte[] frame = frame(TEXT, utf8.length);
        System.arraycopy(utf8, 0, frame, frame.length - utf8.length, utf8.length);
        return frame;
    }

    @Override
    public byte[] element(Element element) {
        return element(element.toXml(""));
    }

    @Override
    public byte[] stanza(Stanza stanza) {
        return stanza.framed(WebSocketFraming::alone);
    }

    /** RFC 7395 §3.3.3: a stanza declares the namespaces that a stream over TCP would have declared for it. */
    private static byte[] alone(Stanza stanza) {
        byte[] in = stanza.bytes();
        if (holds(in, STREAM_PREFIX)) {
            return rewritten(in);
        }
        int at = stanza.nameEnd();
        byte[] insert = declaresDefault(in, at) ? StreamReader.NOTHING : CLIENT;
        byte[] frame = frame(TEXT, in.length + insert.length);
        int start = frame.length - in.length - insert.length;
        System.arraycopy(in, 0, frame, start, at);
        System.arraycopy(insert, 0, frame, start + at, insert.length);
        System.arraycopy(in, at, frame, start + at + insert.length, in.length - at);
        return frame;
    }

    /** Perhaps the stream's prefix is used, which a client over TCP need not declare: written anew, prefixes go. */
    private static byte[] rewritten(byte[] in) {
        try {
            return Framing.WEB_SOCKET.element(XmlScanner.parse(in));
        } catch (XmlException e) {
            throw new IllegalStateException("a stanza that was checked cannot be read", e);
        }
    }

    private static boolean holds(byte[] in, byte[] sought) {
        for (int i = 0; i <= in.length - sought.length; i++) {
            if (in[i] == sought[0] && Arrays.equals(in, i, i + sought.length, sought, 0, sought.length)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a start tag, which was checked, declares a default namespace; {@code at} is behind its name. */
    private static boolean declaresDefault(byte[] in, int at) {
        for (int i = at; in[i] != '>'; i++) {
            byte c = in[i];
            if (c == '\'' || c == '"') {
                do {
                    i++;
                } while (in[i] != c);
            } else if (Character.isWhitespace(c)
                    && Arrays.equals(in, i + 1, Math.min(in.length, i + 1 + XMLNS.length), XMLNS, 0, XMLNS.length)
                    && isNameEnd(in[i + 1 + XMLNS.length])) {
                return true;
            }
        }
        return false;
    }

    private static boolean isNameEnd(byte c) {
        return c == '=' || Character.isWhitespace(c);
    }

    /** RFC 7395 §3.6, then RFC 6455 §5.5.1. */
    @Override
    public byte[] end(@Nullable StreamError error) {
        ByteArrayOutputStream end = new ByteArrayOutputStream();
        if (error != null) {
            end.writeBytes(element("<stream:error" + STREAM + error.content() + "</stream:error>"));
        }
        end.writeBytes(element("<close xmlns='" + Namespaces.FRAMING + "'/>"));
        int status = error == null ? 1000 : status(error.condition());
        end.writeBytes(close(new byte[] {(byte) (status >> 8), (byte) status}));
        return end.toByteArray();
    }

    /** RFC 6455 §7.4.1. */
    private static int status(Condition condition) {
        return switch (condition) {
            case SYSTEM_SHUTDOWN -> 1001;
            case BAD_FORMAT -> 1002;
            case UNSUPPORTED_ENCODING -> 1003;
            case NOT_WELL_FORMED, INVALID_XML, RESTRICTED_XML, BAD_NAMESPACE_PREFIX, INVALID_NAMESPACE -> 1007;
            case POLICY_VIOLATION -> 1008;
            case INTERNAL_SERVER_ERROR -> 1011;
            default -> 1000;
        };
    }

    /** Answers a ping, which held these bytes (RFC 6455 §5.5.3). */
    static byte[] pong(byte[] ping) {
        return control(PONG, ping, ping.length);
    }

    /** Closes the connection, with the status that {@code payload} begins with if there is one. */
    static byte[] close(byte[] payload) {
        return control(CLOSE, payload, payload.length < 2 ? 0 : 2);
    }

    private static byte[] control(int opcode, byte[] payload, int length) {
        byte[] frame = frame(opcode, length);
        System.arraycopy(payload, 0, frame, frame.length - length, length);
        return frame;
    }

    /** RFC 6455 §5.2: a whole frame, with room for its payload at its end. */
    private static byte[] frame(int opcode, int length) {
        int extended = length <= LONGEST_CONTROL ? 0 : length <= 0xFFFF ? 2 : 8;
        byte[] frame = new byte[2 + extended + length];
        frame[0] = (byte) (0x80 | opcode);
        frame[1] = (byte) (extended == 0 ? length : extended == 2 ? 126 : 127);
        for (int i = 0; i < Math.min(extended, Integer.BYTES); i++) {
            frame[1 + extended - i] = (byte) (length >>> 8 * i);
        }
        return frame;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
