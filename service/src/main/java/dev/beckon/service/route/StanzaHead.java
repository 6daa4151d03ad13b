package dev.beckon.service.route;

import dev.beckon.service.xml.Namespaces;
import dev.beckon.service.xml.XmlException;
import dev.beckon.service.xml.XmlScanner;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a scan learns of an element that stands in a stream: its name, the attributes that route it, the names of its children, and
 * where {@code from} and {@code to} lie, so that they can be replaced without touching the rest.
 *
 * <p>Belongs to one scan of one array; what outlives it is the {@link Stanza}.
 */
public final class StanzaHead extends XmlScanner.Sink {
    /** A stretch of the scanned bytes; absent if {@code from} is negative. */
    record Range(int from, int to) {
        static final Range ABSENT = new Range(-1, -1);

        boolean isPresent() {
            return from >= 0;
        }

        /** Where it lies once what ends at {@code at} or before has become longer by {@code difference}. */
        Range after(int at, int difference) {
            return from >= at && isPresent() ? new Range(from + difference, to + difference) : this;
        }
    }

    private String name = "";
    private String namespace = "";
    private @Nullable String from;
    private @Nullable String to;
    private String type = "";
    private boolean saysLanguage;
    private boolean declaresDefault;
    private Range fromRange = Range.ABSENT;
    private Range toRange = Range.ABSENT;
    private Range idRange = Range.ABSENT;
    private int start;
    private int nameEnd;
    private int end;
    private final List<Stanza.Payload> payloads = new ArrayList<>(4);

    private StanzaHead() {}

    /** Checks the element that begins at {@code from} and reads its head. Throws what is wrong with it. */
    public static StanzaHead scan(XmlScanner scanner, byte[] in, int from, int to) throws XmlException {
        StanzaHead head = new StanzaHead();
        scanner.scan(in, from, to, head);
        return head;
    }

    /** The same for an element that is a document of its own. */
    public static StanzaHead scanDocument(XmlScanner scanner, byte[] in, int from, int to) throws XmlException {
        StanzaHead head = new StanzaHead();
        scanner.scanDocument(in, from, to, head);
        return head;
    }

    @Override
    protected void start(XmlScanner scanner, int depth, String name, String namespace, int from) {
        if (depth == 1) {
            payloads.add(new Stanza.Payload(name, namespace));
        } else if (depth == 0) {
            this.name = name;
            this.namespace = namespace;
            start = from;
            nameEnd = scanner.tagNameEnd();
            for (int i = 0; i < scanner.attributeCount(); i++) {
                String prefix = scanner.attributePrefix(i);
                if (prefix.isEmpty()) {
                    attribute(scanner, i);
                } else if (prefix.equals("xml") && scanner.attributeName(i).equals("lang")) {
                    saysLanguage = true;
                } else if (prefix.equals("xmlns") && scanner.attributeName(i).isEmpty()) {
                    declaresDefault = true;
                }
            }
        }
    }

    private void attribute(XmlScanner scanner, int i) {
        switch (scanner.attributeName(i)) {
            case "from" -> {
                from = scanner.attributeValue(i);
                fromRange = new Range(scanner.attributeFrom(i), scanner.attributeTo(i));
            }
            case "to" -> {
                to = scanner.attributeValue(i);
                toRange = new Range(scanner.attributeFrom(i), scanner.attributeTo(i));
            }
            case "id" -> idRange = new Range(scanner.valueFrom(i), scanner.attributeTo(i) - 1);
            case "type" -> type = scanner.attributeValue(i);
            default -> {}
        }
    }

    @Override
    protected void end(int depth, int to) {
        if (depth == 0) {
            end = to;
        }
    }

    /** Which stanza this is; null if it is none. */
    public Stanza.@Nullable Kind kind() {
        if (!namespace.equals(Namespaces.CLIENT)) {
            return null;
        }
        return switch (name) {
            case "message" -> Stanza.Kind.MESSAGE;
            case "presence" -> Stanza.Kind.PRESENCE;
            case "iq" -> Stanza.Kind.IQ;
            default -> null;
        };
    }

    /** Local name of the element. */
    public String name() {
        return name;
    }

    public String namespace() {
        return namespace;
    }

    /** The {@code from} that was sent, not to be believed. */
    public @Nullable String from() {
        return from;
    }

    public @Nullable String to() {
        return to;
    }

    public boolean hasId() {
        return idRange.isPresent();
    }

    public String type() {
        return type;
    }

    /** Offset after the element. */
    public int end() {
        return end;
    }

    /** Offset of the element. */
    public int start() {
        return start;
    }

    /** Whether it bears {@code xml:lang}. */
    boolean saysLanguage() {
        return saysLanguage;
    }

    /** Whether it says itself which namespace names without a prefix are in. */
    public boolean declaresDefault() {
        return declaresDefault;
    }

    int nameEnd() {
        return nameEnd;
    }

    Range fromRange() {
        return fromRange;
    }

    Range toRange() {
        return toRange;
    }

    /** Where the value of {@code id} lies: those who answer want it, and nearly all that is routed is answered by others. */
    Range idRange() {
        return idRange;
    }

    List<Stanza.Payload> payloads() {
        return payloads;
    }
}
