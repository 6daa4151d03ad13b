package dev.beckon.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.TestClient;
import dev.beckon.service.TestService;
import dev.beckon.service.xml.XmlFramer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.SAXException;

/**
 * The same byte streams the whole way: over sockets, before sign-in and after it. Whatever comes, the service answers in XML that a
 * strict parser takes, and so is all that reaches a bystander, who is served meanwhile.
 */
class SocketFuzzTest {
    @TempDir
    Path home;

    private final StrictXml strict = new StrictXml();

    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void nothingReachesABystanderThatAStrictParserRefuses() throws Exception {
        int connections = Integer.getInteger("beckon.fuzz.connections", 150);
        long seed = Long.getLong("beckon.fuzz.seed", System.nanoTime());
        System.out.println("SocketFuzzTest seed " + seed);
        HostileStreams streams = new HostileStreams(seed);
        int reached = 0;
        try (TestService service = new TestService(home);
                TestClient bystander = service.available("bob", "desk");
                TestClient friend = service.signIn("carol", "desk")) {
            for (int i = 0; i < connections; i++) {
                boolean within = i % 3 != 0;
                byte[] bytes = aimedAtBob(within ? stanzas(streams) : streams.next());
                try (TestClient hostile = within ? service.signIn("alice", "a" + i % 7) : service.connect()) {
                    assertAnsweredInXml(hostile, bytes, within, "seed " + seed + ", connection " + i);
                }
                friend.send("<message to='bob@example.test/desk' type='headline' id='calm" + i + "'/>");
                reached += readUpTo("id='calm" + i + "'", bystander, "seed " + seed + ", connection " + i);
            }
        }
        System.out.println(reached + " stanzas of " + connections + " hostile connections reached the bystander");
        assertThat(reached).isPositive();
    }

    /** What begins with something that may be said within a stream: else little would reach anybody. */
    private static byte[] stanzas(HostileStreams streams) {
        while (true) {
            byte[] next = streams.next();
            if (next.length > 1 && next[0] == '<' && "mpic".indexOf(next[1]) >= 0) {
                return next;
            }
        }
    }

    private static byte[] aimedAtBob(byte[] stream) {
        return new String(stream, StandardCharsets.ISO_8859_1)
                .replace("romeo@example.test/orchard", "bob@example.test/desk")
                .replace("romeo@example.test", "bob@example.test/desk")
                .replace("from='juliet@example.test'", "")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private void assertAnsweredInXml(TestClient hostile, byte[] bytes, boolean within, String named)
            throws IOException {
        String said;
        try {
            hostile.send(bytes);
            hostile.socket().shutdownOutput();
            said = hostile.rest();
        } catch (SocketException e) {
            // Ended while it was still sending: what it was told is lost on the way.
            return;
        }
        if (said.isEmpty()) {
            return;
        }
        String ended = said.contains("</stream:stream>") ? "" : StrictXml.STREAM_ENDS;
        try {
            strict.document(((within ? StrictXml.STREAM : "") + said + ended).getBytes(StandardCharsets.UTF_8));
        } catch (SAXException e) {
            throw new AssertionError(named + ": answered in what is no XML: " + said, e);
        }
    }

    /** How many stanzas came before the one that a friend sent. */
    private int readUpTo(String last, TestClient bystander, String named) throws IOException {
        InputStream in = bystander.socket().getInputStream();
        for (int count = 0; ; count++) {
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            XmlFramer framer = new XmlFramer();
            byte[] one = new byte[1];
            do {
                assertThat(in.read(one))
                        .as("%s: the bystander is still connected", named)
                        .isEqualTo(1);
                frame.write(one[0]);
            } while (framer.feed(one, 0, 1) < 0);
            try {
                strict.element(frame.toByteArray());
            } catch (SAXException e) {
                throw new AssertionError(named + ": a bystander got " + frame.toString(StandardCharsets.UTF_8), e);
            }
            if (frame.toString(StandardCharsets.UTF_8).contains(last)) {
                return count;
            }
        }
    }
}
