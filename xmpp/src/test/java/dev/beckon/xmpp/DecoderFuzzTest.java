package dev.beckon.xmpp;

import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.beckon.session.Jid;
import dev.beckon.session.Signal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jivesoftware.smack.xml.XmlPullParserException;
import org.junit.jupiter.api.Test;

/** Whatever comes in, the decoders answer with a signal, a malformation or nothing. */
class DecoderFuzzTest {
    private static final String[] NAMESPACES = {
        Names.STANZA_ID,
        Names.JMI,
        Names.JINGLE,
        Names.APP,
        Names.LOCK,
        Names.CARBONS,
        Names.FORWARD,
        Names.DELAY,
        Names.CLIENT,
        "",
        "x"
    };
    private static final String[] NAMES = {
        "propose",
        "ringing",
        "proceed",
        "reject",
        "retract",
        "finish",
        "description",
        "data",
        "ticket",
        "app",
        "reason",
        "result",
        "tie-break",
        "jingle",
        "content",
        "transport",
        "address",
        "context-data",
        "app-missing",
        "cancel",
        "text",
        "body",
        "origin-id",
        "stanza-id",
        "sent",
        "received",
        "forwarded",
        "message",
        "delay"
    };
    private static final String[] ATTRIBUTES = {
        "id", "sid", "action", "guid", "name", "url", "sent", "expires", "code", "present", "status", "node"
    };
    private static final String[] VALUES = {
        "",
        " ",
        SignalCodecTest.SID,
        SignalCodecTest.GUID,
        "session-initiate",
        "session-info",
        "0x81000607",
        "true",
        "2026-11-20T12:00:00Z",
        "9999-12-31T23:59:59.999999999+18:00",
        "0000-00-00T00:00:00Z",
        "-1",
        "\uD83D\uDE00",
        "https://[::",
        "http://%",
        "[::ffff:1.2.3.4]:1",
        "[",
        "]:1",
        ":::",
        "1.2.3.4:99999",
        "\u0000",
        "\uD800",
        "&lt;"
    };

    private final XmppChat chat = chat();

    @Test
    void mutatedSignalsNeverBreakTheDecoders() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<Node> seeds = Stream.concat(
                        SignalCodecTest.messages().map(s -> JmiCodec.encode(s, "alice")),
                        SignalCodecTest.requests().map(s -> JingleCodec.encode(s, "a@b/c")))
                .toList();
        assertThatNoException().as("seed %d", seed).isThrownBy(() -> {
            for (int i = 0; i < 30_000; i++) {
                Node node = seeds.get(random.nextInt(seeds.size()));
                for (int n = random.nextInt(6); n >= 0; n--) {
                    node = mutated(node, random, seeds);
                }
                decodeAll(node);
            }
        });
    }

    @Test
    void mutatedTextIsReadOrRefusedByTheParser() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> seeds = SignalCodecTest.messages()
                .map(s -> JmiCodec.encode(s, "alice").xml(Names.CLIENT))
                .toList();
        assertThatNoException().as("seed %d", seed).isThrownBy(() -> {
            for (int i = 0; i < 5_000; i++) {
                StringBuilder xml = new StringBuilder(seeds.get(random.nextInt(seeds.size())));
                for (int n = random.nextInt(3); n >= 0; n--) {
                    int at = random.nextInt(xml.length());
                    switch (random.nextInt(3)) {
                        case 0 -> xml.deleteCharAt(at);
                        case 1 -> xml.insert(at, (char) random.nextInt(0x300));
                        default -> xml.setCharAt(at, "<>&'\"/ =x;#".charAt(random.nextInt(11)));
                    }
                }
                try {
                    decodeAll(Xml.read(xml.toString()).node());
                } catch (XmlPullParserException | IOException e) {
                    // not XML: the service would have ended the stream long before
                }
            }
        });
    }

    @Test
    void randomTicketsAreMalformedNotFatal() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String alphabet = "abcDEF019-_=.{}\"";
        assertThatNoException().as("seed %d", seed).isThrownBy(() -> {
            for (int i = 0; i < 20_000; i++) {
                StringBuilder text = new StringBuilder();
                for (int n = random.nextInt(80); n >= 0; n--) {
                    text.append(alphabet.charAt(random.nextInt(alphabet.length())));
                }
                try {
                    SignedTicket.parse(text.toString());
                } catch (Malformation e) {
                    // as it should be
                }
            }
        });
    }

    /** One that hears everything and sends nothing. */
    private static XmppChat chat() {
        Serial serial = new Serial("fuzz");
        XmppChat chat = new XmppChat(serial, new Post(serial, null, "alice@a.example"), "alice@a.example");
        chat.start(message -> {});
        CompletableFuture<Boolean> started = new CompletableFuture<>();
        serial.run(() -> started.complete(true));
        started.join();
        serial.stop();
        return chat;
    }

    private void decodeAll(Node node) {
        Signal signal = JmiCodec.decode(node);
        if (signal != null && !(signal instanceof Signal.Malformed)) {
            JmiCodec.encode(signal, "alice");
        }
        signal = JingleCodec.decode(node);
        if (!(signal instanceof Signal.Malformed)) {
            JingleCodec.encode(signal, "a@b/c");
        }
        Jid self = Jid.bare("alice@a.example");
        Letter letter = Letter.of(node, self, self.bare());
        if (letter != null) {
            chat.received(letter);
        }
        Jids.parse(node.attribute("from"));
        StatusCodec.decode(node);
        Disco.info(node);
        Refusal.condition(node);
        Refusal.text(node);
        Authorities.read(Jid.bare("x"), node);
    }

    private static Node mutated(Node node, Random random, List<Node> seeds) {
        if (!node.children().isEmpty() && random.nextInt(3) > 0) {
            List<Node> children = new ArrayList<>(node.children());
            int at = random.nextInt(children.size());
            switch (random.nextInt(6)) {
                case 0 -> children.remove(at);
                case 1 -> children.add(children.get(at));
                case 2 -> children.add(at, pick(seeds, random));
                default -> children.set(at, mutated(children.get(at), random, seeds));
            }
            return new Node(node.name(), node.namespace(), node.attributes(), children, node.text());
        }
        Map<String, String> attributes = new HashMap<>(node.attributes());
        String attribute = ATTRIBUTES[random.nextInt(ATTRIBUTES.length)];
        switch (random.nextInt(7)) {
            case 0 -> attributes.remove(attribute);
            case 1, 2 -> attributes.put(attribute, VALUES[random.nextInt(VALUES.length)]);
            case 3 -> {
                return node.containing(VALUES[random.nextInt(VALUES.length)].repeat(random.nextInt(40)));
            }
            case 4 -> {
                return new Node(
                        NAMES[random.nextInt(NAMES.length)],
                        node.namespace(),
                        attributes,
                        node.children(),
                        node.text());
            }
            case 5 -> {
                return new Node(
                        node.name(),
                        NAMESPACES[random.nextInt(NAMESPACES.length)],
                        attributes,
                        node.children(),
                        node.text());
            }
            default ->
                attributes.replaceAll((k, v) -> random.nextBoolean() ? v : v + VALUES[random.nextInt(VALUES.length)]);
        }
        return new Node(node.name(), node.namespace(), attributes, node.children(), node.text());
    }

    private static Node pick(List<Node> seeds, Random random) {
        Node node = seeds.get(random.nextInt(seeds.size()));
        return node.children().isEmpty() ? node : node.children().get(0);
    }
}
