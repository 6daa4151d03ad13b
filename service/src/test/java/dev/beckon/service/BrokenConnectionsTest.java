package dev.beckon.service;

import static dev.beckon.service.ManagedClient.SM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.xml.Element;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two people write to each other while their connections break all the time: everything arrives, once, and in order. */
@Timeout(300)
class BrokenConnectionsTest {
    private static final int MESSAGES = 400;
    private static final int CUTS = 12;

    @TempDir
    Path home;

    @Test
    void nothingIsLostAndNothingComesTwice() throws Exception {
        long seed = Long.getLong("beckon.seed", System.nanoTime());
        System.out.println("BrokenConnectionsTest: -Dbeckon.seed=" + seed);
        try (TestService service = new TestService(home)) {
            Writer alice = new Writer(service, "alice", "bob", new Random(seed));
            Writer bob = new Writer(service, "bob", "alice", new Random(seed + 1));
            CompletableFuture<Void> other = CompletableFuture.runAsync(alice::write);
            bob.write();
            other.join();
            alice.await();
            bob.await();
            List<String> all =
                    IntStream.range(0, MESSAGES).mapToObj(Integer::toString).toList();
            assertThat(alice.read()).isEqualTo(all);
            assertThat(bob.read()).isEqualTo(all);
            alice.close();
            bob.close();
        }
    }

    /** One of them: a thread writes and breaks the connection, one for each connection reads. */
    private static final class Writer {
        private final TestService service;
        private final String user;
        private final String to;
        private final Random random;

        private TestClient client;
        private Thread reader = new Thread();
        private String id;
        private final Deque<String> unacknowledged = new ArrayDeque<>();
        private int acknowledged;
        private int handled;
        private final List<String> read = new ArrayList<>();

        Writer(TestService service, String user, String to, Random random) throws IOException {
            this.service = service;
            this.user = user;
            this.to = to;
            this.random = random;
            client = service.signIn(user, "r");
            client.send("<enable xmlns='" + SM + "' resume='true'/>");
            id = client.expect("enabled").attribute("id");
            startReading();
        }

        void write() {
            try {
                for (int i = 0; i < MESSAGES; i++) {
                    if (random.nextInt(MESSAGES / CUTS) == 0) {
                        breakAndResume();
                    }
                    send("<message type='chat' to='" + to + "@example.test/r' id='" + i + "'><body>"
                            + "x".repeat(random.nextInt(300)) + "</body></message>");
                }
                breakAndResume();
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private synchronized void send(String message) throws IOException {
            unacknowledged.add(message);
            try {
                client.send(message);
                if (random.nextInt(7) == 0) {
                    client.send("<r xmlns='" + SM + "'/>");
                }
            } catch (IOException e) {
                // Ended by the service; it will be sent again.
            }
        }

        /** Breaks it hard, or leaves the service in the belief that it is alive. */
        private void breakAndResume() throws IOException, InterruptedException {
            TestClient old;
            synchronized (this) {
                old = client;
                client = null;
            }
            boolean thoughtAlive = random.nextBoolean();
            if (!thoughtAlive) {
                if (random.nextBoolean()) {
                    old.socket().setSoLinger(true, 0);
                }
                old.close();
            }
            TestClient next = service.connect();
            next.secure();
            next.signIn("SCRAM-SHA-256", user, "secret");
            next.send("<resume xmlns='" + SM + "' previd='" + id + "' h='" + handled() + "'/>");
            Element resumed = next.expect("resumed");
            synchronized (this) {
                acknowledge(Integer.parseInt(resumed.attribute("h")));
                client = next;
                for (String message : unacknowledged) {
                    next.send(message);
                }
            }
            startReading();
            old.close();
        }

        private synchronized int handled() {
            return handled;
        }

        private void acknowledge(int h) {
            for (; acknowledged < h; acknowledged++) {
                unacknowledged.remove();
            }
        }

        private void startReading() {
            TestClient from = client;
            reader = new Thread(() -> read(from), "reader of " + user);
            reader.setDaemon(true);
            reader.start();
        }

        private void read(TestClient from) {
            try {
                while (true) {
                    Element next = from.next();
                    synchronized (this) {
                        if (client != from) {
                            return;
                        }
                        take(next);
                    }
                }
            } catch (IOException e) {
                // The connection was broken.
            }
        }

        private void take(Element next) throws IOException {
            if (next.is("a", SM)) {
                acknowledge(Integer.parseInt(next.attribute("h")));
            } else if (next.is("r", SM)) {
                client.send("<a xmlns='" + SM + "' h='" + handled + "'/>");
            } else {
                handled++;
                read.add(next.attribute("id") + (next.attribute("type", "").equals("error") ? " came back" : ""));
                notifyAll();
            }
        }

        synchronized void await() throws InterruptedException {
            Instant end = Instant.now().plus(Duration.ofMinutes(2));
            while (read.size() < MESSAGES && Instant.now().isBefore(end)) {
                wait(100);
            }
        }

        synchronized List<String> read() {
            return List.copyOf(read);
        }

        void close() throws IOException {
            client.close();
        }
    }
}
