package dev.beckon.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.beckon.benchmarks.load.Server.Security;
import dev.beckon.service.Administration;
import dev.beckon.service.Service;
import dev.beckon.service.ServiceConfig;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The generator against a real service: what it says it did was done. How fast is not asked here. */
class BenchTest {
    private static final String DOMAIN = "load.test";
    private static final Plan SMALL = new Plan(
            2,
            4,
            50,
            Duration.ofMillis(100),
            Duration.ofMillis(600),
            2,
            8,
            4,
            List.of(4, 8),
            Duration.ZERO,
            Duration.ofSeconds(20),
            2);

    @TempDir
    static Path home;

    private static Service service;
    private static final List<User> users = new ArrayList<>();

    @BeforeAll
    static void start() {
        try (Administration administration = Administration.open(home)) {
            for (int i = 0; i < 8; i++) {
                users.add(new User("user" + i, "secret, " + i));
                administration.addUser("user" + i, "secret, " + i);
            }
        }
        service = Service.start(
                ServiceConfig.of(home, DOMAIN).withAddress("127.0.0.1", 0).withScramIterations(4096));
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    private static Bench bench(int port, Security security, Scram.Mechanism mechanism, List<User> users, Plan plan)
            throws Exception {
        return new Bench(
                Server.of("127.0.0.1", port, DOMAIN, security, mechanism),
                ServerProcess.running(List.of(ProcessHandle.current().pid())),
                users,
                plan,
                what -> {});
    }

    private static Bench bench() throws Exception {
        return bench(service.port(), Security.STARTTLS, Scram.Mechanism.SCRAM_SHA_1, users, SMALL);
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"CLOSED", "OPEN"})
    void invitationsAreMadeAndCounted(Mode mode) throws Exception {
        Outcome outcome = bench().measure(mode);
        assertThat(outcome.rounds()).hasSize(2).allSatisfy(round -> {
            assertThat(round.of(Measure.INVITATIONS_PER_SECOND).orElseThrow()).isPositive();
            double first = round.of(Measure.FIRST_P50_MS).orElseThrow();
            assertThat(first).isPositive();
            assertThat(round.of(Measure.WHOLE_P50_MS).orElseThrow()).isGreaterThan(first);
            assertThat(round.of(Measure.GENERATOR_LATE_P99_MS).isPresent()).isEqualTo(mode == Mode.OPEN);
        });
    }

    @Test
    void signInsAreTimedOneByOne() throws Exception {
        Outcome outcome = bench(service.port(), Security.STARTTLS, Scram.Mechanism.SCRAM_SHA_256, users, SMALL)
                .measure(Mode.SIGN_IN);
        assertThat(outcome.rounds()).hasSize(2).allSatisfy(round -> {
            assertThat(round.of(Measure.SIGN_INS_PER_SECOND).orElseThrow()).isPositive();
            assertThat(round.of(Measure.SIGN_IN_P99_MS).orElseThrow())
                    .isGreaterThanOrEqualTo(round.of(Measure.SIGN_IN_P50_MS).orElseThrow());
        });
    }

    @Test
    void aSoakAccountsForEveryMessage() throws Exception {
        Soak.Plan plan = new Soak.Plan(
                Duration.ofSeconds(4), 20, 1, 4, 2, Duration.ZERO, Duration.ofSeconds(20), Duration.ofSeconds(20), 7);
        Soak.Outcome outcome = new Soak(
                        Server.of(
                                "127.0.0.1", service.port(), DOMAIN, Security.STARTTLS, Scram.Mechanism.SCRAM_SHA_256),
                        ProcessHandle.current().pid(),
                        users,
                        plan,
                        what -> {})
                .run();
        assertThat(outcome.balance().sent()).isPositive();
        assertThat(outcome.balance().acknowledged()).isEqualTo(outcome.balance().sent());
        assertThat(outcome.balance().arrived()).as(outcome.toString()).isPositive();
        assertThat(outcome.balance().isGood()).as(outcome.toString()).isTrue();
        assertThat(outcome.invitations()).isPositive();
        assertThat(outcome.trends()).isNotEmpty();
    }

    @Test
    void aWrongPasswordIsNamedAndThePasswordIsNot() throws Exception {
        List<User> wrong = List.of(new User("user0", "guess"), users.get(1), users.get(2), users.get(3));
        Bench bench = bench(service.port(), Security.STARTTLS, Scram.Mechanism.SCRAM_SHA_1, wrong, SMALL);
        assertThatThrownBy(() -> bench.measure(Mode.CLOSED))
                .isInstanceOf(ServerFault.class)
                .hasMessageContaining("user0 could not sign in")
                .hasMessageContaining("not-authorized")
                .hasMessageNotContaining("guess");
    }

    @Test
    void whatTheServerDoesNotOfferIsNamed() throws Exception {
        Bench bench = bench(service.port(), Security.NONE, Scram.Mechanism.SCRAM_SHA_1, users, SMALL);
        assertThatThrownBy(() -> bench.measure(Mode.CLOSED))
                .isInstanceOf(ServerFault.class)
                .hasMessageContaining("the server does not offer SCRAM-SHA-1");
    }

    @Test
    void aPortWhereNobodyListensIsNamed() throws Exception {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        Bench bench = bench(port, Security.NONE, Scram.Mechanism.SCRAM_SHA_1, users, SMALL);
        assertThatThrownBy(() -> bench.measure(Mode.CLOSED))
                .isInstanceOf(ServerFault.class)
                .hasMessageContaining("could not connect to 127.0.0.1 port " + port);
    }

    @Test
    void aServerThatSaysNothingIsGivenUp() throws Exception {
        Plan impatient = new Plan(
                1,
                1,
                1,
                Duration.ZERO,
                Duration.ofSeconds(1),
                1,
                1,
                2,
                List.of(1),
                Duration.ZERO,
                Duration.ofMillis(300),
                1);
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Bench bench =
                    bench(silent.getLocalPort(), Security.STARTTLS, Scram.Mechanism.SCRAM_SHA_1, users, impatient);
            assertThatThrownBy(() -> bench.measure(Mode.CLOSED))
                    .isInstanceOf(ServerFault.class)
                    .hasMessageContaining("waits for the offer of TLS");
        }
    }

    @Test
    void aServerThatHangsUpIsNamed() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread hangsUp = new Thread(() -> {
                try {
                    while (true) {
                        Socket socket = server.accept();
                        socket.close();
                    }
                } catch (java.io.IOException e) {
                    // the test is over
                }
            });
            hangsUp.start();
            Bench bench = bench(server.getLocalPort(), Security.NONE, Scram.Mechanism.SCRAM_SHA_1, users, SMALL);
            assertThatThrownBy(() -> bench.measure(Mode.CLOSED))
                    .isInstanceOf(ServerFault.class)
                    .hasMessageMatching("user[0-7] could not sign in: the (server closed the )?connection.*");
            server.close();
            hangsUp.join();
        }
    }
}
