package dev.beckon.samples.whiteboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinkTest {
    private static final String SESSION = "{CA3CF894-5325-482F-A412-A6E9F832298D}";
    private static final Message.Draw STROKE = new Message.Draw(Stroke.parse("E11D48 8 1,1 2,2"));

    private final InetAddress loopback = InetAddress.getLoopbackAddress();
    private final BlockingQueue<Link> guests = new ArrayBlockingQueue<>(8);
    private final List<AutoCloseable> open = new ArrayList<>();
    private Door door;

    @BeforeEach
    void openDoor() throws IOException {
        door = Door.open(loopback, SESSION, guests::add);
    }

    @AfterEach
    void closeAll() throws Exception {
        door.close();
        for (AutoCloseable resource : open) {
            resource.close();
        }
    }

    @Test
    void whatOneSaysTheOtherHears() throws Exception {
        Ear guest = new Ear();
        Ear host = new Ear();
        Link there = started(Link.connect(loopback, door.invitation(), SESSION), guest);
        Link here = started(guests.poll(10, TimeUnit.SECONDS), host);

        there.send(STROKE);
        here.send(new Message.Clear());

        assertThat(host.next()).isEqualTo(STROKE.line());
        assertThat(guest.next()).isEqualTo("clear");
    }

    @Test
    void whatWasSaidBeforeHangingUpStillArrives() throws Exception {
        Link there = started(Link.connect(loopback, door.invitation(), SESSION), new Ear());
        Ear host = new Ear();
        for (int i = 0; i < 100; i++) {
            there.send(STROKE);
        }
        there.close();
        started(guests.poll(10, TimeUnit.SECONDS), host);

        for (int i = 0; i < 100; i++) {
            assertThat(host.next()).isEqualTo(STROKE.line());
        }
        assertThat(host.next()).startsWith("lost");
    }

    @Test
    void theNonceOfAnotherSessionOpensNothing() {
        Invitation guessed = Invitation.fresh(door.invitation().port());
        assertThatThrownBy(() -> Link.connect(loopback, guessed, SESSION)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> Link.connect(loopback, door.invitation(), "{another session}"))
                .isInstanceOf(IOException.class);
        assertThat(guests).isEmpty();
    }

    @Test
    void strangersDoNotKeepTheGuestOut() throws Exception {
        for (int i = 0; i < 4; i++) {
            open.add(new Socket(loopback, door.invitation().port()));
        }
        Socket rude = new Socket(loopback, door.invitation().port());
        open.add(rude);
        rude.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

        started(Link.connect(loopback, door.invitation(), SESSION), new Ear());

        assertThat(guests.poll(10, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void onlyOneComesIn() throws Exception {
        started(Link.connect(loopback, door.invitation(), SESSION), new Ear());
        assertThat(guests.poll(10, TimeUnit.SECONDS)).isNotNull();
        assertThatThrownBy(() -> Link.connect(loopback, door.invitation(), SESSION, Duration.ofSeconds(2)))
                .isInstanceOf(IOException.class);
        assertThat(guests).isEmpty();
    }

    @Test
    void whoAnswersWithoutTheNonceIsNotTheInviter() throws Exception {
        try (java.net.ServerSocket impostor = new java.net.ServerSocket(0, 1, loopback)) {
            Link.thread("impostor", () -> {
                try (Socket caller = impostor.accept()) {
                    byte[] echo = new byte[80];
                    int length = caller.getInputStream().read(echo);
                    caller.getOutputStream().write(echo, 0, length);
                    caller.getInputStream().read();
                } catch (IOException e) {
                    // The test has ended.
                    return;
                }
            });
            assertThatThrownBy(() -> Link.connect(loopback, Invitation.fresh(impostor.getLocalPort()), SESSION))
                    .hasMessageContaining("not the inviter");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense\n", "stroke 1F2937 6 9999,1\n", "clear\r\n", "cl\u0000ear\n", "\n"})
    void aPeerThatSpeaksNonsenseIsHungUpOn(String nonsense) throws Exception {
        Socket peer = greeted();
        Ear host = new Ear();
        started(guests.poll(10, TimeUnit.SECONDS), host);

        peer.getOutputStream().write(nonsense.getBytes(StandardCharsets.US_ASCII));

        assertThat(host.next()).startsWith("lost");
        assertThat(peer.getInputStream().readAllBytes()).isNotNull();
    }

    @Test
    void aLineWithoutEndIsHungUpOn() throws Exception {
        Socket peer = greeted();
        Ear host = new Ear();
        started(guests.poll(10, TimeUnit.SECONDS), host);

        peer.getOutputStream().write("x".repeat(Message.MAX_BYTES + 1).getBytes(StandardCharsets.US_ASCII));

        assertThat(host.next()).startsWith("lost").contains("4096");
    }

    @Test
    void aPeerThatStopsReadingIsNoticedAndNotWaitedFor() throws Exception {
        greeted();
        Link host = started(guests.poll(10, TimeUnit.SECONDS), new Ear());
        Message longest = new Message.Draw(new Stroke(0, 1, java.util.Collections.nCopies(256, new Point(1600, 1000))));

        long sent = 0;
        while (host.send(longest) && sent < 100_000) {
            sent++;
        }

        assertThat(sent).isLessThan(100_000);
        assertThat(host.send(new Message.Away()))
                .as("the pen's movements are left out")
                .isTrue();
        host.close();
    }

    /** A connection that has greeted as the invitee, for a peer that does what it likes then. */
    private Socket greeted() throws IOException {
        Socket peer = new Socket(loopback, door.invitation().port());
        open.add(peer);
        peer.getOutputStream().write(LineReader.bytes(door.invitation().greeting(Link.INVITEE, SESSION)));
        assertThat(new LineReader(peer).read(128)).isEqualTo(door.invitation().greeting(Link.INVITER, SESSION));
        return peer;
    }

    private Link started(Link link, Ear ear) {
        assertThat(link).isNotNull();
        link.start(ear);
        open.add(link::close);
        return link;
    }

    private static final class Ear implements Link.Listener {
        private final BlockingQueue<String> heard = new ArrayBlockingQueue<>(1024);

        String next() throws InterruptedException {
            return heard.poll(10, TimeUnit.SECONDS);
        }

        @Override
        public void received(Message message) {
            heard.add(message.line());
        }

        @Override
        public void lost(String why) {
            heard.add("lost " + why);
        }
    }
}
