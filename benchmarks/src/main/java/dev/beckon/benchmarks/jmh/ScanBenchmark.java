package dev.beckon.benchmarks.jmh;

import com.fasterxml.aalto.AsyncByteArrayFeeder;
import com.fasterxml.aalto.AsyncXMLStreamReader;
import com.fasterxml.aalto.stax.InputFactoryImpl;
import dev.beckon.service.route.Jid;
import dev.beckon.service.route.Stanza;
import dev.beckon.service.route.StanzaHead;
import dev.beckon.service.xml.XmlException;
import dev.beckon.service.xml.XmlScanner;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * Checking a stanza that arrived in one piece. The service's scanner reads and stamps it as well; the parsers that it is compared with
 * only go through its events, and look at no name, attribute or text.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up
public class ScanBenchmark {
    private static final byte[] STREAM =
            "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"
                    .getBytes(StandardCharsets.US_ASCII);

    @Param
    public Sample sample;

    private byte[] in;
    private final XmlScanner scanner = new XmlScanner();
    private final Stanza.Stamp stamp = Stanza.Stamp.of(Jid.of("alice@load.example/desk"));
    private @Nullable Jid to;
    private AsyncXMLStreamReader<AsyncByteArrayFeeder> aalto;
    private XMLInputFactory stax;

    @Setup
    public void setUp() throws XMLStreamException, XmlException {
        in = sample.bytes();
        String address = StanzaHead.scan(scanner, in, 0, in.length).to();
        to = address == null ? null : Jid.of(address);
        aalto = new InputFactoryImpl().createAsyncForByteArray();
        aalto.getInputFeeder().feedInput(STREAM, 0, STREAM.length);
        drain(aalto);
        stax = XMLInputFactory.newDefaultFactory();
        stax.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    }

    @Benchmark
    public StanzaHead scan() throws XmlException {
        return StanzaHead.scan(scanner, in, 0, in.length);
    }

    @Benchmark
    public Stanza scanAndStamp() throws XmlException {
        return Stanza.stamped(in, StanzaHead.scan(scanner, in, 0, in.length), stamp, to);
    }

    @Benchmark
    public int aaltoAsync() throws XMLStreamException {
        aalto.getInputFeeder().feedInput(in, 0, in.length);
        return drain(aalto);
    }

    private static int drain(XMLStreamReader reader) throws XMLStreamException {
        int events = 0;
        while (reader.next() != AsyncXMLStreamReader.EVENT_INCOMPLETE) {
            events++;
        }
        return events;
    }

    /** A document each: this parser cannot wait for more. */
    @Benchmark
    public int jdkStax() throws XMLStreamException {
        XMLStreamReader reader = stax.createXMLStreamReader(new ByteArrayInputStream(in));
        int events = 0;
        while (reader.hasNext()) {
            reader.next();
            events++;
        }
        reader.close();
        return events;
    }
}
