package dev.beckon.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.xml.XmlException.Fault;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random, mutated and hostile byte streams at the door of the service, each held to what {@link StreamJudge} demands. A short run
 * each time; {@code -Dbeckon.fuzz.streams=1000000} is a long one, {@code -Dbeckon.fuzz.seed} repeats one. The profile {@code fuzz}
 * runs a long one and has Jazzer search by coverage, from {@link #fuzzerTestOneInput} and the corpus.
 */
class StreamFuzzTest {
    /** No stream may cost more, read four times and judged: far beyond what any needs, far below what would be felt. */
    private static final long MOST_NANOS = Duration.ofSeconds(5).toNanos();

    private static final StreamJudge JAZZERS = new StreamJudge();

    static Stream<Path> corpus() {
        try {
            Path folder = Path.of(StreamFuzzTest.class.getResource("corpus").toURI());
            return Files.list(folder).sorted();
        } catch (URISyntaxException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void whatTheCorpusHoldsIsJudgedWell(Path file) throws IOException {
        byte[] input = Files.readAllBytes(file);
        StreamJudge judge = new StreamJudge();
        for (int i = 0; i < 20; i++) {
            judge.judge(input, new Random(i));
        }
    }

    @Test
    @Timeout(value = 6, unit = TimeUnit.HOURS)
    void anyStreamHasOneOutcomeThatAStrictParserAgreesWith() {
        long streams = Long.getLong("beckon.fuzz.streams", 5_000);
        long seed = Long.getLong("beckon.fuzz.seed", System.nanoTime());
        System.out.println("StreamFuzzTest seed " + seed);
        HostileStreams hostile = new HostileStreams(seed);
        Random chance = new Random(seed);
        StreamJudge judge = new StreamJudge();
        ThreadMXBean cpu = ManagementFactory.getThreadMXBean();
        long began = System.nanoTime();
        long longest = 0;
        long settled = 0;
        for (long i = 1; i <= streams; i++) {
            byte[] input = hostile.next();
            long before = cpu.getCurrentThreadCpuTime();
            judge.judge(input, chance);
            long spent = cpu.getCurrentThreadCpuTime() - before;
            assertThat(spent).as("ns for stream %d of seed %d", i, seed).isLessThan(MOST_NANOS);
            longest = Math.max(longest, spent);
            if (i == Math.max(1, streams / 10)) {
                settled = heap();
            }
            if (i % 50_000 == 0 || i == streams) {
                System.out.printf(
                        "%,d streams (%,d MB) in %d s: %,d elements delivered, refused %s, longest %d ms%n",
                        i,
                        judge.bytes() >> 20,
                        (System.nanoTime() - began) / 1_000_000_000,
                        judge.delivered(),
                        judge.refused(),
                        longest / 1_000_000);
            }
        }
        long growth = (heap() - settled) >> 20;
        System.out.println("heap grew by " + growth + " MB from the first tenth on");
        assertThat(growth).isLessThan(16);
        // Neither is everything taken nor everything refused, and each rule is broken by some.
        assertThat(judge.delivered()).isGreaterThan(streams / 4);
        assertThat(judge.refused())
                .containsKeys(
                        Fault.NOT_WELL_FORMED,
                        Fault.RESTRICTED_XML,
                        Fault.BAD_NAMESPACE_PREFIX,
                        Fault.BAD_FORMAT,
                        Fault.POLICY_VIOLATION);
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** For Jazzer, which looks for a method of this name. */
    public static void fuzzerTestOneInput(byte[] input) {
        JAZZERS.judge(input, new Random(Arrays.hashCode(input)));
    }
}
