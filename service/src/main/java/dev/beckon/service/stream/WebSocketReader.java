package dev.beckon.service.stream;

import dev.beckon.service.route.StanzaHead;
import dev.beckon.service.xml.Namespaces;
import dev.beckon.service.xml.XmlException;
import dev.beckon.service.xml.XmlException.Fault;
import dev.beckon.service.xml.XmlScanner;
import java.util.Arrays;

/**
 * The same for a WebSocket: takes frames apart (RFC 6455 §5) and reads the element that each message is (RFC 7395 §3.3).
 *
 * <p>A message that came in one frame is read where it lies. One that is too long is refused as soon as a frame announces it; nothing
 * longer is ever held.
 */
final class WebSocketReader extends StreamReader {
    private static final int FINAL = 0x80;
    private static final int RESERVED = 0x70;
    private static final int MASKED = 0x80;
    private static final int MASK_BYTES = 4;

    /** The frames of a message whose last is yet to come; else empty. */
    private byte[] parts = NOTHING;

    private int partsEnd;
    private boolean inMessage;

    /** What {@link #bytes} returns. */
    private byte[] found = NOTHING;

    WebSocketReader(XmlScanner scanner, int limit) {
        super(scanner, limit);
    }

    @Override
    void restart() {
        expectHeader = true;
    }

    @Override
    boolean isEmpty() {
        return super.isEmpty() && !inMessage;
    }

    @Override
    void discard() {
        super.discard();
        endMessage();
    }

    /** The bytes that {@link #head()} refers to, or what a control frame held; valid until the next call. */
    @Override
    byte[] bytes() {
        return found;
    }

    @Override
    void keep() {
        super.keep();
        found = NOTHING;
    }

    @Override
    Event next() throws XmlException {
        while (true) {
            int have = to - from;
            if (have < 2) {
                return Event.NONE;
            }
            int opcode = opcode(window[from] & 0xFF);
            boolean last = (window[from] & FINAL) != 0;
            // RFC 6455 §5.1: a client masks all it sends.
            check((window[from + 1] & MASKED) != 0, "a client's frames are masked");
            int announced = window[from + 1] & 0x7F;
            int extended = announced < 126 ? 0 : announced == 126 ? 2 : 8;
            if (have < 2 + extended) {
                return Event.NONE;
            }
            int length = length(opcode, extended == 0 ? announced : number(from + 2, extended), extended);
            int start = from + 2 + extended + MASK_BYTES;
            if (to - start < length) {
                return Event.NONE;
            }
            unmask(start, length);
            from = start + length;
            Event event = opcode >= WebSocketFraming.CLOSE
                    ? control(opcode, start, start + length)
                    : data(last, start, start + length);
            if (event != Event.NONE) {
                return event;
            }
        }
    }

    private int opcode(int first) throws XmlException {
        // RFC 6455 §5.2: no extension was agreed on.
        check((first & RESERVED) == 0, "a reserved bit of a frame is set");
        int opcode = first & 0x0F;
        switch (opcode) {
            case WebSocketFraming.TEXT -> check(!inMessage, "a message begins within another");
            case WebSocketFraming.CONTINUATION -> check(inMessage, "a frame continues no message");
            // RFC 7395 §3.2
            case WebSocketFraming.BINARY ->
                throw new XmlException(Fault.UNSUPPORTED_ENCODING, "XMPP is sent in text messages, not in binary ones");
            case WebSocketFraming.CLOSE, WebSocketFraming.PING, WebSocketFraming.PONG ->
                check((first & FINAL) != 0, "a control frame must not be fragmented");
            default -> throw new XmlException(Fault.BAD_FORMAT, "a frame has an unknown opcode");
        }
        return opcode;
    }

    private int length(int opcode, long length, int extended) throws XmlException {
        // RFC 6455 §5.2: in as few bytes as will do.
        check(
                extended == 0 || (extended == 2 ? length > 125 : length > 0xFFFF || length < 0),
                "a frame's length is padded");
        if (opcode >= WebSocketFraming.CLOSE) {
            check(extended == 0, "a control frame is longer than 125 bytes");
        } else if (length < 0 || length > limit - partsEnd) {
            throw new XmlException(Fault.POLICY_VIOLATION, "more than " + limit + " bytes in one element");
        }
        return (int) length;
    }

    private long number(int at, int bytes) {
        long number = 0;
        for (int i = at; i < at + bytes; i++) {
            number = number << 8 | (window[i] & 0xFF);
        }
        return number;
    }

    /** RFC 6455 §5.3; once for each frame, since it is then taken. */
    private void unmask(int start, int length) {
        for (int i = 0; i < length; i++) {
            window[start + i] ^= window[start - MASK_BYTES + (i & 3)];
        }
    }

    private Event control(int opcode, int start, int end) throws XmlException {
        if (opcode == WebSocketFraming.PONG) {
            return Event.NONE;
        }
        // RFC 6455 §5.5.1: a status has two bytes.
        check(opcode == WebSocketFraming.PING || end - start != 1, "half a status");
        found = Arrays.copyOfRange(window, start, end);
        return opcode == WebSocketFraming.PING ? Event.PING : Event.CLOSED;
    }

    private Event data(boolean last, int start, int end) throws XmlException {
        if (last && !inMessage) {
            return message(window, start, end);
        }
        if (partsEnd + end - start > parts.length) {
            parts = Arrays.copyOf(parts, Math.min(limit, Math.max(2 * parts.length, partsEnd + end - start)));
        }
        System.arraycopy(window, start, parts, partsEnd, end - start);
        partsEnd += end - start;
        inMessage = true;
        if (!last) {
            return Event.NONE;
        }
        byte[] whole = parts;
        int length = partsEnd;
        endMessage();
        return message(whole, 0, length);
    }

    private void endMessage() {
        parts = NOTHING;
        partsEnd = 0;
        inMessage = false;
    }

    /** RFC 7395 §3.3: a message is one whole element, with nothing before it. */
    private Event message(byte[] in, int start, int end) throws XmlException {
        if (start == end || in[start] != '<') {
            throw new XmlException(
                    Fault.BAD_FORMAT, "a message must begin with <; there are no white space keepalives");
        }
        StanzaHead element = scanned(in, start, end);
        found = in;
        head = element;
        if (element.namespace().equals(Namespaces.FRAMING)) {
            return framing(element);
        }
        if (expectHeader) {
            throw new XmlException(Fault.BAD_FORMAT, "a stream over WebSocket begins with <open/>");
        }
        // RFC 7395 §3.3.3. Without, what has no prefix would be in no namespace here, and in another one over TCP.
        if (element.namespace().isEmpty() || !element.declaresDefault()) {
            throw new XmlException(
                    Fault.INVALID_NAMESPACE,
                    "over WebSocket each element declares its namespace, a stanza xmlns='" + Namespaces.CLIENT + "'");
        }
        return Event.ELEMENT;
    }

    private StanzaHead scanned(byte[] in, int start, int end) throws XmlException {
        StanzaHead element;
        try {
            element = StanzaHead.scanDocument(scanner, in, start, end);
        } catch (XmlException e) {
            throw e.isUnfinished()
                    ? new XmlException(
                            Fault.NOT_WELL_FORMED,
                            "a message must hold one whole element; a stream is opened by <open/>")
                    : e;
        }
        for (int i = element.end(); i < end; i++) {
            if (!isSpace(in[i])) {
                throw new XmlException(Fault.BAD_FORMAT, "a message must hold one element and no more");
            }
        }
        return element;
    }

    private Event framing(StanzaHead element) throws XmlException {
        switch (element.name()) {
            case "open" -> {
                if (!expectHeader) {
                    throw new XmlException(Fault.BAD_FORMAT, "the stream is open already");
                }
                header = StreamHeader.ofOpen(
                        XmlScanner.parse(Arrays.copyOfRange(found, element.start(), element.end())));
                expectHeader = false;
                return Event.HEADER;
            }
            case "close" -> {
                return Event.END;
            }
            default -> throw new XmlException(Fault.BAD_FORMAT, "the framing knows <open/> and <close/> only");
        }
    }

    private static void check(boolean holds, String otherwise) throws XmlException {
        if (!holds) {
            throw new XmlException(Fault.BAD_FORMAT, otherwise);
        }
    }
}
