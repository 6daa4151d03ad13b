package dev.beckon.benchmarks.jmh;

import com.fasterxml.aalto.AsyncByteArrayFeeder;
import com.fasterxml.aalto.AsyncXMLStreamReader;
import com.fasterxml.aalto.stax.InputFactoryImpl;
import dev.beckon.service.route.StanzaHead;
import dev.beckon.service.xml.XmlException;
import dev.beckon.service.xml.XmlFramer;
import dev.beckon.service.xml.XmlScanner;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import javax.xml.stream.XMLStreamException;
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
import org.openjdk.jmh.annotations.Warmup;

/** A stanza that arrives in pieces: its end is found first, looking at each byte once, and then it is scanned whole. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up
public class SplitBenchmark {
    private static final byte[] STREAM =
            "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"
                    .getBytes(StandardCharsets.US_ASCII);

    @Param({"16", "256"})
    public int piece;

    private final byte[] in = Sample.INITIATE.bytes();
    private final XmlScanner scanner = new XmlScanner();
    private final XmlFramer framer = new XmlFramer();
    private AsyncXMLStreamReader<AsyncByteArrayFeeder> aalto;

    @Setup
    public void setUp() throws XMLStreamException {
        aalto = new InputFactoryImpl().createAsyncForByteArray();
        aalto.getInputFeeder().feedInput(STREAM, 0, STREAM.length);
        drain();
    }

    @Benchmark
    public StanzaHead frameAndScan() throws XmlException {
        framer.reset();
        int end = -1;
        for (int at = 0; end < 0; at += piece) {
            end = framer.feed(in, at, Math.min(in.length, at + piece));
        }
        return StanzaHead.scan(scanner, in, 0, end);
    }

    @Benchmark
    public int aaltoAsync() throws XMLStreamException {
        int events = 0;
        for (int at = 0; at < in.length; at += piece) {
            aalto.getInputFeeder().feedInput(in, at, Math.min(in.length - at, piece));
            events += drain();
        }
        return events;
    }

    private int drain() throws XMLStreamException {
        int events = 0;
        while (aalto.next() != AsyncXMLStreamReader.EVENT_INCOMPLETE) {
            events++;
        }
        return events;
    }
}
