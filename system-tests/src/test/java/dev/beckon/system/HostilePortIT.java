package dev.beckon.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever is sent to the client port of a service with a small heap: it is refused by the name the RFC has for it, memory stays
 * bounded, and two people whose agents are signed in do not notice.
 */
class HostilePortIT {
    private static final int CONNECTIONS = 40;
    private static final String HEADER = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/"
            + "streams' to='" + Stage.DOMAIN + "' version='1.0'>";
    private static final long MEGABYTE = 1L << 20;

    private static Stage stage;
    private static Bystanders bystanders;
    private static long calm;

    @BeforeAll
    static void open(@TempDir Path folder) throws IOException {
        Path config = folder.resolve("service.conf");
        Files.writeString(
                config,
                "limits { sign-in-time = 10 s, stanza-time = 5 s, connections-per-address = " + CONNECTIONS
                        + ", registrations-per-hour = 3 }\nopen-registration = true\n");
        stage = Stage.openWithHeap("64m", "--config", config.toString());
        stage.makeAccount("mallory");
        bystanders = new Bystanders(stage);
        calm = stage.service().peakMemory();
    }

    @AfterEach
    void theOthersAreServed() {
        bystanders.assertServed();
    }

    @AfterAll
    static void nothingIsLeftOfIt() throws Exception {
        try (Stage closing = stage;
                Bystanders two = bystanders) {
            two.assertUndisturbed(closing);
            assertThat(closing.service().isAlive()).isTrue();
            // The heap may fill up, to its 64 MB; beyond it, buffers and code that was compiled meanwhile.
            assertThat((closing.service().peakMemory() - calm) / MEGABYTE)
                    .as("MB more than the %d before", calm / MEGABYTE)
                    .isLessThan(120);
            assertThat(Files.readString(closing.serviceHome().resolve("service.log")))
                    .doesNotContain(" ERROR ", "OutOfMemory", "StackOverflow", Stage.PASSWORD);
        }
    }

    private static RawStream connect() throws IOException {
        return new RawStream(stage.port());
    }

    private static RawStream mallory(String resource) throws IOException {
        return connect().secure().signIn("mallory", Stage.PASSWORD).bind(resource);
    }

    private static void assertEndedBy(String condition, RawStream stream) {
        assertThat(stream.rest())
                .contains("<stream:error><" + condition + " xmlns='urn:ietf:params:xml:ns:xmpp-streams'")
                .endsWith("</stream:stream>");
    }

    /** An attack is a stream error's name, a bar, and what earns it. */
    private static List<String[]> attacks(String... lines) {
        return Arrays.stream(lines).map(line -> line.split("\\|", 2)).toList();
    }

    // --- Before sign-in

    @Test
    void whatIsNoStreamIsNamed() throws IOException {
        String laughs = "<!DOCTYPE a [<!ENTITY a '" + "ha".repeat(50) + "'><!ENTITY b '" + "&a;".repeat(50) + "'>]>";
        for (String[] attack : attacks(
                "not-well-formed|hello",
                "not-well-formed|{\"jsonrpc\":\"2.0\"}",
                "not-well-formed|GET / HTTP/1.1\r\nHost: " + Stage.DOMAIN + "\r\n\r\n",
                "not-well-formed|\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001",
                "restricted-xml|<?xml version='1.0'?>" + laughs + HEADER,
                "restricted-xml|<!DOCTYPE stream SYSTEM 'http://127.0.0.1:1/evil.dtd'>" + HEADER,
                "restricted-xml|<!-- -->" + HEADER,
                "restricted-xml|<?php evil ?>" + HEADER,
                "unsupported-encoding|<?xml version='1.0' encoding='UTF-16'?>" + HEADER,
                "host-unknown|" + HEADER.replace(Stage.DOMAIN, "elsewhere.test"),
                "improper-addressing|" + HEADER.replace("to='" + Stage.DOMAIN + "'", ""),
                "invalid-namespace|" + HEADER.replace("jabber:client", "jabber:server"),
                "invalid-namespace|" + HEADER.replace("http://etherx.jabber.org/streams", "urn:evil"),
                "unsupported-version|" + HEADER.replace("version='1.0'", ""),
                "not-authorized|" + HEADER + "<message to='" + bystanders.bob.address() + "'><body>hi</body></message>",
                "restricted-xml|" + HEADER + "<message><body>&b;</body></message>",
                "restricted-xml|" + HEADER + laughs,
                "policy-violation|" + HEADER + "<message>" + "<a>".repeat(200),
                "policy-violation|" + HEADER + "<message><body>" + "x".repeat(20_000),
                "policy-violation|" + HEADER + "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/><message/>")) {
            try (RawStream stream = connect()) {
                assertEndedBy(attack[0], stream.send(attack[1]));
            }
        }
    }

    @Test
    void nothingIsTakenBehindTlsBeforeSignInNorBeforeAResourceIsBound() throws IOException {
        String message = "<message to='" + bystanders.bob.address() + "'><body>hi</body></message>";
        for (String early :
                List.of(message, "<presence/>", "<iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>")) {
            try (RawStream stream = connect().secure()) {
                assertEndedBy("not-authorized", stream.send(early));
            }
        }
        try (RawStream stream = connect().secure().signIn("mallory", Stage.PASSWORD)) {
            assertEndedBy("not-authorized", stream.send(message));
        }
    }

    @Test
    void rubbishInsteadOfAHandshakeEndsTheConnection() throws IOException {
        for (int i = 0; i < 10; i++) {
            try (RawStream stream = connect().open()) {
                stream.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
                        .await("/>");
                // No record at all, or a record with a handshake message of a type there is none of.
                stream.send(
                        i % 2 == 0
                                ? "<stream:stream>".repeat(50).getBytes(UTF_8)
                                : new byte[] {22, 3, 1, 0, 4, 99, 0, 0, 0});
                assertThat(stream.rest()).doesNotContain("<stream");
            }
        }
    }

    @Test
    void accountsAreNotMadeWithoutEnd() throws IOException {
        try (RawStream stream = connect().secure()) {
            for (int i = 0; i < 3; i++) {
                assertThat(register(stream, "made" + i)).contains("type='result'");
            }
            assertThat(register(stream, "made3")).contains("<resource-constraint");
        }
    }

    private static String register(RawStream stream, String name) throws IOException {
        return stream.send("<iq type='set' id='r'><query xmlns='jabber:iq:register'><username>" + name
                        + "</username><password>" + Stage.PASSWORD + "</password></query></iq><iq type='get' id='e'>"
                        + "<query xmlns='jabber:iq:register'/></iq>")
                .await("</query></iq>");
    }

    // --- After it

    @Test
    void whatASignedInClientMustNotSayIsNamed() throws IOException {
        String to = " to='" + bystanders.bob.address() + "'";
        StringBuilder bomb = new StringBuilder("<message" + to);
        for (int i = 0; i < 20_000; i++) {
            bomb.append(" a").append(i).append("=''");
        }
        for (String[] attack : attacks(
                "invalid-from|<message from='" + bystanders.alice.address() + "'" + to + "><body>pay</body></message>",
                "invalid-from|<iq type='set' id='1' from='" + Stage.DOMAIN + "'" + to + "><a xmlns='b'/></iq>",
                "invalid-from|<presence from='mallory@" + Stage.DOMAIN + "/other' type='subscribe'" + to + "/>",
                "restricted-xml|<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
                "restricted-xml|<message" + to + "><body>&x;</body></message>",
                "restricted-xml|<message" + to + "><!-- --></message>",
                "restricted-xml|<message" + to + "><?evil x?></message>",
                "not-well-formed|<message" + to + " a='1' a='2'/>",
                "not-well-formed|<message" + to + "><a></b></message>",
                "not-well-formed|<message" + to + "><body>&#0;</body></message>",
                "bad-namespace-prefix|<x:message" + to + "/>",
                "unsupported-stanza-type|<message xmlns='jabber:server'" + to + "/>",
                "unsupported-stanza-type|<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'/>",
                "bad-format|hello",
                "policy-violation|<message" + to + ">" + "<a>".repeat(20_000),
                "policy-violation|" + bomb + "/>",
                "policy-violation|<message" + to + "><body>" + "x".repeat(300_000) + "</body></message>")) {
            try (RawStream stream = mallory("named")) {
                stream.send(attack[1]);
                assertEndedBy(attack[0], stream);
            }
        }
    }

    @Test
    void aStanzaBehindAPrefixIsTakenForWhatItIs() throws IOException {
        try (RawStream stream = mallory("prefix")) {
            assertEndedBy(
                    "invalid-from",
                    stream.send("<c:message xmlns:c='jabber:client' from='" + bystanders.alice.address() + "' to='"
                            + bystanders.bob.address() + "'/>"));
        }
        try (RawStream other = mallory("other");
                RawStream stream = mallory("prefix")) {
            stream.send("<c:message xmlns:c='jabber:client' to='mallory@" + Stage.DOMAIN
                    + "/other'><c:body>hi</c:body></c:message>");
            assertThat(other.await("message>")).contains("from='mallory@" + Stage.DOMAIN + "/prefix'");
        }
    }

    @Test
    void invalidUtf8IsRefusedWhereverItStands() throws IOException {
        byte[][] invalid = {
            {(byte) 0xC0, (byte) 0xAF}, // overlong
            {(byte) 0xE0, (byte) 0x80, (byte) 0xAF},
            {(byte) 0xED, (byte) 0xA0, (byte) 0x80}, // half a surrogate pair
            {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80}, // beyond Unicode
            {(byte) 0xE2, (byte) 0x82}, // cut off
            {(byte) 0xFF},
        };
        for (byte[] bytes : invalid) {
            try (RawStream stream = connect()) {
                stream.send(HEADER + "<message><body>").send(bytes).send("</body></message>");
                assertEndedBy("not-well-formed", stream);
            }
            try (RawStream stream = mallory("utf8")) {
                stream.send("<message to='a' id='").send(bytes).send("'/>");
                assertEndedBy("not-well-formed", stream);
            }
        }
    }

    @Test
    void aGigabyteIsCutOffAtTheLimit() throws IOException {
        for (String begin : List.of(HEADER + "<message><body>", HEADER.replace("'>", " "), "<?xml version='1.0'")) {
            try (RawStream stream = connect()) {
                assertThat(streamed(stream, begin)).isLessThan(64 * MEGABYTE);
            }
        }
        try (RawStream stream = connect().secure()) {
            assertThat(streamed(stream, "<iq type='set' id='")).isLessThan(64 * MEGABYTE);
        }
        for (String begin : List.of("<message to='a@b'><body>", "<message to='", "<" + "a")) {
            try (RawStream stream = mallory("giant")) {
                assertThat(streamed(stream, begin)).isLessThan(64 * MEGABYTE);
            }
        }
    }

    /** How many bytes were taken until the service took no more. */
    private static long streamed(RawStream stream, String begin) throws IOException {
        byte[] chunk = new byte[64 * 1024];
        Arrays.fill(chunk, (byte) 'x');
        long sent = 0;
        stream.send(begin);
        OutputStream out = stream.socket().getOutputStream();
        try {
            while (sent < 1L << 30) {
                out.write(chunk);
                sent += chunk.length;
            }
        } catch (IOException closed) {
            // As it should be.
        }
        return sent;
    }

    @Test
    void whoNeverReadsIsCutOff() throws IOException {
        String body = "<body>" + "x".repeat(100_000) + "</body></message>";
        try (RawStream deaf = mallory("deaf");
                RawStream sender = mallory("sender")) {
            for (int i = 0; i < 200; i++) {
                sender.send("<message type='headline' to='mallory@" + Stage.DOMAIN + "/deaf'>" + body);
            }
            sender.send("<iq type='get' id='there' to='mallory@" + Stage.DOMAIN + "/deaf'><a xmlns='b'/></iq>");
            assertThat(sender.await("</iq>")).contains("service-unavailable");
        }
        try (RawStream asking = mallory("asking")) {
            String ask = "<iq type='get' id='" + "x".repeat(1000) + "'><query xmlns='jabber:iq:roster'/></iq>";
            long sent = 0;
            while (sent < 64 * MEGABYTE) {
                asking.send(ask);
                sent += ask.length();
            }
            assertThat(sent).as("somebody who asks without reading is ended").isLessThan(64 * MEGABYTE);
        } catch (IOException closed) {
            assertThat(closed).hasMessageMatching("(?is).*(reset|broken|closed|abort).*");
        }
    }

    @Test
    void renegotiationIsRefused() throws IOException {
        try (RawStream stream = connect().secure("TLSv1.2")) {
            SSLSocket tls = (SSLSocket) stream.socket();
            assertThat(tls.getSession().getProtocol()).isEqualTo("TLSv1.2");
            tls.startHandshake();
            assertThat(stream.rest()).isEmpty();
        }
    }

    // --- Slow, half and many

    @Test
    void slowAndSilentOnesAreSentAwayInTime() throws Exception {
        try (RawStream silent = connect();
                RawStream undecided = connect().open();
                RawStream unshaken = connect().open();
                RawStream halfOpen = connect().open();
                RawStream drop = mallory("drop");
                RawStream unbound = connect().secure().signIn("mallory", Stage.PASSWORD)) {
            unshaken.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>").await("/>");
            // The beginning of a record that never ends.
            unshaken.send(new byte[] {22, 3, 1, (byte) 0x3F, (byte) 0xFF, 1, 2, 3});
            halfOpen.socket().shutdownOutput();
            assertThat(halfOpen.rest()).as("who hangs up is let go").doesNotContain("<stream:error>");
            Thread dropping = new Thread(() -> dripInto(drop), "drip");
            dropping.start();
            assertEndedBy("policy-violation", drop);
            dropping.join(Times.LONG.toMillis());
            assertEndedBy("connection-timeout", silent);
            assertEndedBy("connection-timeout", undecided);
            assertEndedBy("connection-timeout", unbound);
            assertThat(unshaken.rest()).isEmpty();
        }
    }

    /** One byte at a time, for as long as they are taken. */
    private static void dripInto(RawStream stream) {
        try {
            stream.send("<message to='a@b'><body>");
            for (int i = 0; i < 2_000; i++) {
                stream.send("x");
                Thread.sleep(30);
            }
        } catch (IOException | InterruptedException e) {
            // The service has closed: what its last words were, the reader sees.
            return;
        }
    }

    @Test
    void whoConnectsWithoutEndIsHeldToTheLimit() throws IOException {
        List<Socket> held = new ArrayList<>();
        int refused = 0;
        try {
            for (int i = 0; i < 3 * CONNECTIONS && refused < 10; i++) {
                RawStream stream = connect();
                held.add(stream.socket());
                if (i >= CONNECTIONS) {
                    // Where the machine is slow, one that was held may have been sent away meanwhile and left its
                    // place.
                    String last = stream.rest();
                    assertThat(last).containsAnyOf("<resource-constraint", "<connection-timeout");
                    refused += last.contains("<resource-constraint") ? 1 : 0;
                }
            }
            assertThat(refused).isPositive();
            bystanders.assertServed();
        } finally {
            for (Socket socket : held) {
                socket.close();
            }
        }
        await().atMost(Times.LONG).ignoreExceptions().untilAsserted(() -> {
            try (RawStream stream = connect()) {
                stream.open();
            }
        });
    }
}
