package dev.beckon.service.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that writes is killed without warning, again and again; whatever it had acknowledged is there afterwards. */
class StoreCrashTest {
    private static final int ROUNDS = 6;

    @TempDir
    Path home;

    @Test
    void whatWasAcknowledgedBeforeAKillIsThereAfterIt() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        System.out.println("StoreCrashTest seed " + seed);
        Set<String> acknowledged = new HashSet<>();
        for (int round = 0; round < ROUNDS; round++) {
            List<String> heard = writeUntilKilled(round, 1 + random.nextInt(400));
            assertThat(heard).as("seed %d, round %d", seed, round).isNotEmpty();
            acknowledged.addAll(heard);
            try (Store store = Store.open(home)) {
                Set<String> kept = new HashSet<>();
                store.rosters().of("alice").forEach(item -> kept.add(item.contact()));
                assertThat(kept).as("seed %d, round %d", seed, round).containsAll(acknowledged);
            }
        }
    }

    private List<String> writeUntilKilled(int round, int acknowledgements) throws Exception {
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        home.toString(),
                        "r" + round)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> heard = new ArrayList<>();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
            String line;
            while ((line = lines.readLine()) != null) {
                if (line.endsWith(";")) {
                    heard.add(line.substring(0, line.length() - 1));
                }
                if (heard.size() >= acknowledgements) {
                    // SIGKILL, by its handle: what it said until then is still read.
                    writer.toHandle().destroyForcibly();
                }
            }
        } finally {
            writer.destroyForcibly();
            assertThat(writer.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
        return heard;
    }

    /** Adds contacts, many at a time, and says which ones are on disk. */
    static final class Writer {
        public static void main(String[] arguments) throws IOException, InterruptedException {
            Store store = Store.serve(Path.of(arguments[0]), "example.org");
            store.accounts().add("alice", "secret").join();
            for (int i = 0; ; i++) {
                String contact = arguments[1] + "-" + i + "@example.org";
                var write = store.rosters()
                        .change(
                                "alice",
                                contact,
                                (before, items) -> new Rosters.Outcome<>(before.withListed(true), contact))
                        .thenAccept(done -> {
                            System.out.println(done.orElseThrow() + ";");
                            System.out.flush();
                        });
                if (i % 17 == 0) {
                    write.join();
                }
            }
        }
    }
}
