package dev.beckon.service.stream;

import static dev.beckon.service.stream.StrictXml.STREAM;
import static dev.beckon.service.stream.StrictXml.STREAM_ENDS;

import dev.beckon.service.route.Jid;
import dev.beckon.service.route.Stanza;
import dev.beckon.service.route.Stanza.Stamp;
import dev.beckon.service.route.StanzaError;
import dev.beckon.service.route.StanzaHead;
import dev.beckon.service.stream.StrictXml.Node;
import dev.beckon.service.xml.Element;
import dev.beckon.service.xml.Namespaces;
import dev.beckon.service.xml.XmlException;
import dev.beckon.service.xml.XmlException.Fault;
import dev.beckon.service.xml.XmlScanner;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.xml.sax.SAXException;

/**
 * Reads any bytes as a client's stream, as the service does, and holds what comes of it against what must be so: however they were
 * split the outcome is the same; what is delivered a strict parser takes too, and understands alike; what is refused it refuses; nothing
 * but an {@link XmlException} is thrown, nothing is kept beyond the limit. For one thread.
 */
final class StreamJudge {
    static final int LIMIT = 12_000;

    /** Longer unfinished elements are looked at now and then, not after each read. */
    private static final int SHORT = 2048;

    private static final Jid SENDER = Jid.of("juliet@example.test").withResource("'balcony\" <\u00e9>&");
    private static final Jid ROMEO = Jid.of("romeo@example.test");
    private static final Stamp STAMP = Stamp.of(SENDER, "de");

    /** What came out of a stream; {@code fault} is null where it could go on. */
    private record Outcome(List<Object> events, @Nullable Fault fault, String text) {}

    private record Header(StreamHeader header) {}

    /** Arrays have no equality: bytes as a string. */
    private record Other(String bytes) {}

    private record Routed(
            String sent,
            String stamped,
            String unstamped,
            String readdressed,
            String framed,
            String answer,
            String head,
            List<?> payloads) {}

    private record Restart() {}

    private record End() {}

    // Shared by all streams, as by those of one event loop.
    private final XmlScanner scanner = new XmlScanner();
    private final StrictXml strict = new StrictXml();
    private final Map<Fault, Integer> refused = new EnumMap<>(Fault.class);
    private long delivered;
    private long bytes;

    /** How many elements were delivered. */
    long delivered() {
        return delivered;
    }

    /** How many bytes were judged. */
    long bytes() {
        return bytes;
    }

    /** How many streams were refused, by what was wrong with them. */
    Map<Fault, Integer> refused() {
        return refused;
    }

    /**
     * Judges these bytes as what comes within a stream, and, where they begin as one or else now and then, as its beginning.
     * {@code chance} splits them, and spares the dearer checks most of the time.
     */
    void judge(byte[] input, Random chance) {
        bytes += input.length;
        try {
            judge(input, true, chance);
            if (chance.nextInt(4) == 0) {
                judgeOverWebSocket(input, chance);
            }
            if (input.length > 1 && (input[1] == '?' || input[1] == 's' || chance.nextInt(8) == 0)) {
                judge(input, false, chance);
            }
        } catch (SAXException | XmlException | RuntimeException e) {
            throw new AssertionError("a strict parser does not take what was delivered of " + shown(input), e);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n  of " + shown(input), e);
        }
    }

    private void judge(byte[] input, boolean within, Random chance) throws SAXException, XmlException {
        Outcome whole = read(input, within, input.length, chance);
        if (chance.nextInt(4) == 0) {
            same(whole, read(input, within, 1, chance), input);
        }
        same(whole, read(input, within, 2 + chance.nextInt(64), chance), input);
        same(whole, read(input, within, 64 + chance.nextInt(4096), chance), input);
        count(whole);
        for (Object event : whole.events()) {
            check(event, chance);
        }
        if (within) {
            checkRefusal(whole, input);
        } else if (!whole.events().isEmpty() && whole.events().get(0) instanceof Header) {
            checkHeader(input);
        }
    }

    /** Long inputs are named by their beginning; all of it is there to be put into a file. */
    private static String shown(byte[] input) {
        return new String(input, 0, Math.min(input.length, 500), StandardCharsets.UTF_8) + "\n  base64 "
                + Base64.getEncoder().encodeToString(input);
    }

    private void count(Outcome outcome) {
        if (outcome.fault() != null) {
            refused.merge(outcome.fault(), 1, Integer::sum);
        }
        delivered += outcome.events().stream()
                .filter(event -> event instanceof Routed || event instanceof Other)
                .count();
    }

    // ---- reading, as ClientStream does ----

    /** All at once where {@code most} is the length, else in pieces of any size up to it. */
    private Outcome read(byte[] input, boolean within, int most, Random chance) {
        StreamReader reader = new StreamReader(scanner, LIMIT);
        List<Object> events = new ArrayList<>();
        try {
            if (within) {
                byte[] opening = STREAM.getBytes(StandardCharsets.UTF_8);
                reader.offer(opening, 0, opening.length);
                require(reader.next() == StreamReader.Event.HEADER, "no header");
                reader.keep();
            }
            for (int at = 0; at < input.length; ) {
                int size = most == input.length ? most : Math.min(input.length - at, 1 + chance.nextInt(most));
                // As in a buffer that is used again: something before, something behind, and changed afterwards.
                byte[] buffer = new byte[size + 2];
                buffer[0] = '<';
                buffer[size + 1] = '>';
                System.arraycopy(input, at, buffer, 1, size);
                at += size;
                reader.offer(buffer, 1, size + 1);
                boolean ended = take(reader, events);
                reader.keep();
                Arrays.fill(buffer, (byte) 'x');
                int kept = reader.bytes().length;
                require(kept <= LIMIT + SHORT + size, "a stream keeps " + kept + " bytes");
                require(!reader.isEmpty() || kept == 0, "an idle stream keeps " + kept + " bytes");
                if (ended) {
                    break;
                }
            }
            return new Outcome(events, null, "");
        } catch (XmlException e) {
            return new Outcome(events, e.fault(), e.text());
        }
    }

    /** True once the stream has ended. */
    private static boolean take(StreamReader reader, List<Object> events) throws XmlException {
        while (true) {
            switch (reader.next()) {
                case NONE -> {
                    return false;
                }
                case HEADER -> events.add(new Header(reader.header()));
                case ELEMENT -> element(reader, events);
                case END -> {
                    events.add(new End());
                    return true;
                }
            }
        }
    }

    private static void element(StreamReader reader, List<Object> events) {
        StanzaHead head = reader.head();
        byte[] in = reader.bytes();
        String sent = text(Arrays.copyOfRange(in, head.start(), head.end()));
        if (head.kind() == null) {
            events.add(new Other(sent));
            if (head.name().equals("auth")) {
                reader.restart();
                events.add(new Restart());
            }
            return;
        }
        Jid to = head.to() == null ? null : Jid.parse(head.to());
        Stanza stamped = Stanza.stamped(in, head, STAMP, to);
        Stanza unstamped = Stanza.stamped(in, head, Stamp.NONE, to);
        events.add(new Routed(
                sent,
                text(stamped.bytes()),
                text(unstamped.bytes()),
                text(stamped.to(ROMEO).bytes()),
                text(Framing.WEB_SOCKET.stanza(stamped)),
                text(stamped.error(StanzaError.of(StanzaError.Condition.BAD_REQUEST, "why"), ROMEO)
                        .bytes()),
                stamped + " " + stamped.id() + " " + head.from() + " " + head.to(),
                stamped.payloads()));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    // ---- judging ----

    private static void same(Outcome whole, Outcome split, byte[] input) {
        require(
                whole.events().equals(split.events()),
                () -> "split, another outcome: " + whole.events() + " and " + split.events());
        boolean sameEnd = whole.fault() == split.fault() && whole.text().equals(split.text());
        boolean late = split.fault() == null && input.length > SHORT;
        require(sameEnd || late, () -> "split, another end: " + whole.text() + " and " + split.text());
    }

    private void check(Object event, Random chance) throws SAXException, XmlException {
        if (event instanceof Other other) {
            Node read = strict.element(bytes(other.bytes()));
            require(
                    Node.of(XmlScanner.parse(bytes(other.bytes()))).equals(read),
                    () -> "understood otherwise: " + read);
        } else if (event instanceof Routed routed) {
            Node sent = strict.element(bytes(routed.sent()));
            Node unstamped = sent.without("from");
            Node stamped = sent.with("from", SENDER.toString());
            if (!sent.attributes().containsKey("xml:lang")) {
                stamped = stamped.with("xml:lang", "de");
            }
            delivered(stamped, routed.stamped());
            Node alone = strict.document(payload(routed.framed()));
            Node expected = stamped;
            require(expected.equals(alone), () -> "over WebSocket " + alone + " instead of " + expected);
            if (chance.nextInt(8) == 0) {
                require(
                        strict.aaltoTakes(StrictXml.concat(STREAM, bytes(routed.stamped()), STREAM_ENDS)),
                        () -> "Aalto does not take what was delivered");
                delivered(unstamped, routed.unstamped());
                delivered(stamped.with("to", ROMEO.toString()), routed.readdressed());
                carbon(stamped, bytes(routed.stamped()));
                require(strict.element(bytes(routed.answer())).children().size() == 1, "an answer is one error");
            }
            List<?> payloads = sent.children().stream()
                    .map(child -> new Stanza.Payload(child.name(), child.namespace()))
                    .toList();
            require(payloads.equals(routed.payloads()), () -> "other payloads: " + routed.payloads());
        }
    }

    private void delivered(Node expected, String bytes) throws SAXException, XmlException {
        Node read = strict.element(bytes(bytes));
        require(expected.equals(read), () -> "delivered " + read + " instead of " + expected);
        require(Node.of(XmlScanner.parse(bytes(bytes))).equals(read), () -> "understood otherwise: " + read);
    }

    /** What is delivered may be read as a tree and written anew within another stanza. */
    private void carbon(Node expected, byte[] message) throws SAXException, XmlException {
        Stanza carbon = Stanza.of(Element.of("message", Namespaces.CLIENT)
                .child(Element.of("sent", "urn:xmpp:carbons:2")
                        .child(Element.of("forwarded", "urn:xmpp:forward:0").child(XmlScanner.parse(message)))));
        int length = carbon.bytes().length;
        require(length < 6 * message.length + 140_000, () -> message.length + " bytes became " + length);
        Node read = strict.element(carbon.bytes());
        Node forwarded = read.children().get(0).children().get(0).children().get(0);
        require(expected.equals(forwarded), () -> "written anew " + forwarded + " instead of " + expected);
        require(Node.of(XmlScanner.parse(carbon.bytes())).equals(read), () -> "understood otherwise: " + read);
    }

    // ---- over WebSocket ----

    private static final byte[] OPEN =
            ("<open xmlns='" + Namespaces.FRAMING + "' to='x' version='1.0'/>").getBytes(StandardCharsets.UTF_8);

    /** The same bytes as one message: what is taken is a document, and means over TCP what it meant in it. */
    private void judgeOverWebSocket(byte[] input, Random chance) throws SAXException {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        frame(frames, 0x81, OPEN, 0, OPEN.length, chance);
        int half = chance.nextInt(input.length + 1);
        frame(frames, 0x01, input, 0, half, chance);
        frame(frames, 0x80, input, half, input.length, chance);
        WebSocketReader reader = new WebSocketReader(scanner, LIMIT);
        byte[] all = frames.toByteArray();
        String routed;
        String framed;
        try {
            int middle = chance.nextInt(all.length + 1);
            reader.offer(all, 0, middle);
            StreamReader.Event event = reader.next();
            reader.keep();
            reader.offer(all.clone(), middle, all.length);
            while (event == StreamReader.Event.HEADER || event == StreamReader.Event.NONE) {
                event = reader.next();
            }
            StanzaHead head = event == StreamReader.Event.ELEMENT ? reader.head() : null;
            if (head == null || head.kind() == null) {
                return;
            }
            Stanza stanza = Stanza.stamped(reader.bytes(), head, Stamp.NONE, null);
            routed = text(stanza.bytes());
            framed = text(Framing.WEB_SOCKET.stanza(stanza));
        } catch (XmlException e) {
            return;
        }
        Node sent = strict.document(input).without("from");
        Node overTcp = strict.element(bytes(routed));
        require(sent.equals(overTcp), () -> "over TCP " + overTcp + " instead of " + sent);
        Node overWebSocket = strict.document(payload(framed));
        require(sent.equals(overWebSocket), () -> "over WebSocket " + overWebSocket + " instead of " + sent);
    }

    private static void frame(ByteArrayOutputStream out, int first, byte[] in, int from, int to, Random chance) {
        int length = to - from;
        out.write(first);
        if (length < 126) {
            out.write(0x80 | length);
        } else {
            out.write(0x80 | 126);
            out.write(length >> 8);
            out.write(length);
        }
        byte[] mask = new byte[4];
        chance.nextBytes(mask);
        out.writeBytes(mask);
        for (int i = 0; i < length; i++) {
            out.write(in[from + i] ^ mask[i & 3]);
        }
    }

    /** What a frame of the service holds. */
    private static byte[] payload(String frame) {
        int length = frame.charAt(1);
        return bytes(frame.substring(length < 126 ? 2 : length == 126 ? 4 : 10));
    }

    private void checkHeader(byte[] input) throws XmlException, SAXException {
        int from = 0;
        while (" \n\r\t".indexOf(input[from]) >= 0) {
            from++;
        }
        StreamHeader.Parsed parsed = StreamHeader.parse(scanner, input, from, Math.min(input.length, from + LIMIT));
        byte[] header = Arrays.copyOfRange(input, from, parsed.end());
        String name = new String(parsed.name(), StandardCharsets.UTF_8);
        Node stream = strict.document(StrictXml.concat("", header, "</" + name + ">"));
        StreamHeader read = parsed.header();
        require(
                stream.name().equals(read.name())
                        && stream.namespace().equals(read.namespace())
                        && Objects.equals(stream.attributes().get("to"), read.to())
                        && Objects.equals(stream.attributes().get("from"), read.from())
                        && Objects.equals(stream.attributes().get("version"), read.version())
                        && Objects.equals(stream.attributes().get("xml:lang"), read.language()),
                () -> "a header understood otherwise: " + stream);
    }

    /** Who is told that what it sent is not well-formed could not send it to anybody else either. */
    private void checkRefusal(Outcome outcome, byte[] input) {
        boolean malformed = outcome.fault() == Fault.NOT_WELL_FORMED || outcome.fault() == Fault.BAD_NAMESPACE_PREFIX;
        if (!malformed || outcome.events().contains(new Restart())) {
            return;
        }
        byte[] document = StrictXml.concat(STREAM, input, STREAM_ENDS);
        try {
            Node taken = strict.document(document);
            require(!strict.aaltoTakes(document), () -> outcome.text() + ", and others take it: " + taken);
        } catch (SAXException e) {
            // As it should be.
            return;
        }
    }

    private static void require(boolean holds, String otherwise) {
        require(holds, () -> otherwise);
    }

    private static void require(boolean holds, java.util.function.Supplier<String> otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise.get());
        }
    }
}
