package dev.beckon.benchmarks.jmh;

import dev.beckon.service.Administration;
import dev.beckon.service.ServiceConfig;
import dev.beckon.service.feature.Features;
import dev.beckon.service.route.Jid;
import dev.beckon.service.route.Session;
import dev.beckon.service.route.Stanza;
import dev.beckon.service.route.StanzaHead;
import dev.beckon.service.route.StreamError;
import dev.beckon.service.route.Switchboard;
import dev.beckon.service.route.Workers;
import dev.beckon.service.store.Accounts.Mechanism;
import dev.beckon.service.store.Store;
import dev.beckon.service.xml.XmlException;
import dev.beckon.service.xml.XmlScanner;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** From one session to another through the router with all features installed, without sockets. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up
public class DeliveryBenchmark {
    /** Takes what is sent to a session. */
    private static final class Inbox implements Session.Outlet {
        private @Nullable Stanza last;

        @Override
        public void send(Stanza stanza) {
            last = stanza;
        }

        @Override
        public void close(StreamError error) {
            throw new IllegalStateException("closed: " + error.condition());
        }

        @Override
        public String address() {
            return "192.0.2.1";
        }
    }

    @Param({"PROPOSE", "INITIATE", "RESULT"})
    public Sample sample;

    private Path home;
    private Store store;
    private Workers workers;
    private Switchboard switchboard;
    private Session alice;
    private final Inbox bobs = new Inbox();
    private Stanza stanza;

    @Setup
    public void setUp() throws IOException, XmlException {
        home = Files.createTempDirectory("beckon-delivery");
        try (Administration administration = Administration.open(home)) {
            administration.addUser("alice", "secret");
            administration.addUser("bob", "secret");
        }
        ServiceConfig config = ServiceConfig.of(home, "load.example");
        store = Store.serve(home, config.domain());
        workers = new Workers();
        switchboard = new Switchboard(Jid.of(config.domain()), () -> 5, workers, List.of(new Features(store, config)));
        alice = signIn("alice", new Inbox());
        Session bob = signIn("bob", bobs);
        stanza = stanza(alice, sample.bytes());
        switchboard.accept(alice, stanza).toCompletableFuture().join();
        if (bobs.last == null || bobs.last.kind() != stanza.kind()) {
            throw new IllegalStateException(bob + " was not sent " + stanza);
        }
    }

    private Session signIn(String user, Inbox inbox) throws XmlException {
        Session session = new Session(Jid.of(user + "@load.example/desk"), inbox);
        session.attribute(
                Session.SALT,
                store.accounts().credentials(user, Mechanism.SCRAM_SHA_256).salt());
        switchboard.bind(session).toCompletableFuture().join();
        Stanza presence = stanza(session, "<presence/>".getBytes(StandardCharsets.UTF_8));
        switchboard.accept(session, presence).toCompletableFuture().join();
        return session;
    }

    private static Stanza stanza(Session session, byte[] in) throws XmlException {
        StanzaHead head = StanzaHead.scan(new XmlScanner(), in, 0, in.length);
        String to = head.to();
        return Stanza.stamped(in, head, Stanza.Stamp.of(session.jid()), to == null ? null : Jid.of(to));
    }

    @TearDown
    public void tearDown() throws IOException {
        workers.close();
        store.close();
        try (Stream<Path> all = Files.walk(home)) {
            all.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        }
    }

    @Benchmark
    public Object deliver() {
        return switchboard.accept(alice, stanza);
    }
}
