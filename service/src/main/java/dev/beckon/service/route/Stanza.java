package dev.beckon.service.route;

import dev.beckon.service.route.StanzaHead.Range;
import dev.beckon.service.xml.Element;
import dev.beckon.service.xml.Namespaces;
import dev.beckon.service.xml.XmlException;
import dev.beckon.service.xml.XmlScanner;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A stanza on its way: the bytes that arrived, with {@code from} stamped, and the head that routing needs. Immutable.
 *
 * <p>The tree is built when {@link #element()} is first asked for; routing does not ask.
 */
public final class Stanza {
    /** The three stanzas (RFC 6120 §8.2). */
    public enum Kind {
        MESSAGE,
        PRESENCE,
        IQ;

        /** The element's name. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** An element directly inside a stanza, by name. */
    public record Payload(String name, String namespace) {
        /** Whether this is {@code {namespace}name}. */
        public boolean is(String name, String namespace) {
            return this.name.equals(name) && this.namespace.equals(namespace);
        }
    }

    private final byte[] bytes;
    private final Kind kind;
    private final String type;
    private final @Nullable Jid from;
    private final @Nullable Jid to;
    private final List<Payload> payloads;
    /** Where an attribute can be put in, where {@code to} stands, and the value of {@code id}. */
    private final int nameEnd;

    private final Range toRange;
    private final Range idRange;
    private volatile @Nullable Element element;
    /** Null while one device at most has it. */
    private volatile @Nullable Copies copies;

    /** The devices of one account that were handed a message: while one of them may have it, it is not lost. */
    private record Copies(@Nullable Stanza message, AtomicInteger devices) {}

    private static final Copies ONLY_HERE = new Copies(null, new AtomicInteger());
    private volatile byte @Nullable [] framed;

    private Stanza(
            byte[] bytes,
            Kind kind,
            String type,
            @Nullable Jid from,
            @Nullable Jid to,
            List<Payload> payloads,
            int nameEnd,
            Range toRange,
            Range idRange) {
        this.bytes = bytes;
        this.kind = kind;
        this.type = type;
        this.from = from;
        this.to = to;
        this.payloads = payloads;
        this.nameEnd = nameEnd;
        this.toRange = toRange;
        this.idRange = idRange;
    }

    /** A stanza that the service itself sends. Throws IllegalArgumentException if the element is none, or an address is malformed. */
    public static Stanza of(Element element) {
        byte[] bytes = element.toBytes();
        try {
            StanzaHead head = StanzaHead.scan(XmlScanner.ofService(), bytes, 0, bytes.length);
            Kind kind = head.kind();
            if (kind == null) {
                throw new IllegalArgumentException("no stanza: " + element);
            }
            Jid to = jid(head.to());
            Stanza stanza = new Stanza(
                    bytes,
                    kind,
                    head.type(),
                    jid(head.from()),
                    to,
                    List.copyOf(head.payloads()),
                    head.nameEnd(),
                    head.toRange(),
                    head.idRange());
            stanza.element = element;
            return stanza;
        } catch (XmlException e) {
            throw new IllegalArgumentException("no stanza: " + e.text(), e);
        }
    }

    /** A stanza that the service itself sends. */
    public static Stanza of(Element.Builder element) {
        return of(element.build());
    }

    private static @Nullable Jid jid(@Nullable String text) {
        return text == null ? null : Jid.of(text);
    }

    /** An address as it is stamped on stanzas; made once for a session. */
    public static final class Stamp {
        /** Before sign-in: a {@code from} is taken away, none is put in. */
        public static final Stamp NONE = new Stamp(null, new byte[0], new byte[0]);

        private final @Nullable Jid from;
        private final byte[] attribute;
        private final byte[] withLanguage;

        private Stamp(@Nullable Jid from, byte[] attribute, byte[] withLanguage) {
            this.from = from;
            this.attribute = attribute;
            this.withLanguage = withLanguage;
        }

        public static Stamp of(Jid from) {
            return of(from, null);
        }

        /** {@code language} is put on what does not say its own (RFC 6120 §4.7.4, §8.1.5); null on nothing. */
        public static Stamp of(Jid from, @Nullable String language) {
            byte[] alone = attribute("from", from);
            byte[] both = language == null
                    ? alone
                    : (new String(alone, StandardCharsets.UTF_8)
                                    + new String(attribute("xml:lang", language), StandardCharsets.UTF_8))
                            .getBytes(StandardCharsets.UTF_8);
            return new Stamp(from, alone, both);
        }
    }

    /**
     * What a client sent: the bytes that {@code head} was scanned from, copied once, and stamped.
     *
     * @param to {@code head.to()}, prepared
     */
    public static Stanza stamped(byte[] in, StanzaHead head, Stamp stamp, @Nullable Jid to) {
        Kind kind = Objects.requireNonNull(head.kind(), "no stanza");
        Range claimed = head.fromRange();
        boolean replace = claimed.isPresent();
        int cutFrom = replace ? claimed.from() : head.nameEnd();
        int cutTo = replace ? claimed.to() : head.nameEnd();
        byte[] stamped = head.saysLanguage() ? stamp.attribute : stamp.withLanguage;
        byte[] bytes = splice(in, head.start(), head.end(), cutFrom, cutTo, stamped);
        int shift = stamped.length - (cutTo - cutFrom);
        return new Stanza(
                bytes,
                kind,
                head.type(),
                stamp.from,
                to,
                List.copyOf(head.payloads()),
                head.nameEnd() - head.start(),
                head.toRange().after(cutTo, shift).after(0, -head.start()),
                head.idRange().after(cutTo, shift).after(0, -head.start()));
    }

    /** The same stanza addressed to {@code to}. */
    public Stanza to(Jid to) {
        boolean replace = toRange.isPresent();
        byte[] attribute = attribute("to", to);
        int cutFrom = replace ? toRange.from() : nameEnd;
        int cutTo = replace ? toRange.to() : nameEnd;
        byte[] changed = splice(bytes, 0, bytes.length, cutFrom, cutTo, attribute);
        Range range = new Range(cutFrom + 1, cutFrom + attribute.length);
        Range movedId = idRange.after(cutTo, attribute.length - (cutTo - cutFrom));
        return new Stanza(changed, kind, type, from, to, payloads, nameEnd, range, movedId);
    }

    /**
     * The same stanza with one more element behind those it has; it must have one already.
     *
     * @param xml the element as it is written, declaring its namespace
     */
    public Stanza with(Payload payload, byte[] xml) {
        if (payloads.isEmpty()) {
            throw new IllegalArgumentException("nothing stands in " + this);
        }
        int end = bytes.length - 1;
        while (bytes[end] != '<') {
            end--;
        }
        byte[] longer = splice(bytes, 0, bytes.length, end, end, xml);
        List<Payload> more = new ArrayList<>(payloads.size() + 1);
        more.addAll(payloads);
        more.add(payload);
        return new Stanza(longer, kind, type, from, to, List.copyOf(more), nameEnd, toRange, idRange);
    }

    /** With a space before: where it replaces another there are two then, which means the same. */
    private static byte[] attribute(String name, Object value) {
        // Only a resource can hold what must be escaped; the element writer knows how.
        String xml = Element.of("a", "").attribute(name, value).build().toXml("");
        return xml.substring("<a".length(), xml.length() - "/>".length()).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] splice(byte[] in, int from, int to, int cutFrom, int cutTo, byte[] insert) {
        int before = cutFrom - from;
        byte[] out = new byte[before + insert.length + to - cutTo];
        System.arraycopy(in, from, out, 0, before);
        System.arraycopy(insert, 0, out, before, insert.length);
        System.arraycopy(in, cutTo, out, before + insert.length, to - cutTo);
        return out;
    }

    public Kind kind() {
        return kind;
    }

    /** The {@code type} attribute as it was sent; empty if absent. */
    public String type() {
        return type;
    }

    /** The {@code id} attribute, or null. */
    public @Nullable String id() {
        return hasId() ? XmlScanner.attributeValue(bytes, idRange.from(), idRange.to()) : null;
    }

    /** Whether it bears an {@code id}. */
    public boolean hasId() {
        return idRange.isPresent();
    }

    /** Who sent it, as stamped; null only before sign-in. */
    public @Nullable Jid from() {
        return from;
    }

    /** Whom it is addressed to; null if it bears no {@code to}. */
    public @Nullable Jid to() {
        return to;
    }

    /** Whether it is an error, which must never be answered (RFC 6120 §8.3.1). */
    public boolean isError() {
        return type.equals("error");
    }

    /** The names of the elements directly inside, in order. */
    public List<Payload> payloads() {
        return payloads;
    }

    /** The name of the first element directly inside, or null. */
    public @Nullable Payload payload() {
        return payloads.isEmpty() ? null : payloads.get(0);
    }

    /** Whether an element {@code {namespace}name} stands directly inside. */
    public boolean has(String name, String namespace) {
        for (Payload payload : payloads) {
            if (payload.is(name, namespace)) {
                return true;
            }
        }
        return false;
    }

    /** The bytes that cross the wire, stamped. They are shared: never change them. */
    public byte[] bytes() {
        return bytes;
    }

    /** Offset in {@link #bytes()} after the element's name: where an attribute can be put in. */
    public int nameEnd() {
        return nameEnd;
    }

    /** The bytes as {@code framing} has them, made at the first call and shared by its receivers; there is one such framing. */
    public byte[] framed(Function<Stanza, byte[]> framing) {
        byte[] made = framed;
        if (made == null) {
            made = framing.apply(this);
            framed = made;
        }
        return made;
    }

    /** The tree, built at the first call. */
    public Element element() {
        Element built = element;
        if (built == null) {
            try {
                built = XmlScanner.parse(bytes);
            } catch (XmlException e) {
                throw new IllegalStateException("a stanza that was checked cannot be read", e);
            }
            element = built;
        }
        return built;
    }

    /** This message was handed to so many devices of an account. */
    void handedTo(int devices) {
        if (devices > 1) {
            copies = new Copies(this, new AtomicInteger(devices));
        }
    }

    /** This is another message by which one more device of the recipient learns of {@code message} (XEP-0280). */
    public Stanza copyOf(Stanza message) {
        Copies all = message.copies;
        if (all == null) {
            all = new Copies(message, new AtomicInteger(1));
            message.copies = all;
        }
        all.devices.incrementAndGet();
        copies = all;
        return this;
    }

    /** This concerns the device that it is sent to, and no other of its account. */
    public Stanza onlyHere() {
        copies = ONLY_HERE;
        return this;
    }

    /** A device gives this message up. Returns the message that thereby nobody has; null if another device has it. */
    @Nullable
    Stanza givenUp() {
        Copies all = copies;
        if (all == null) {
            return this;
        }
        return all != ONLY_HERE && all.devices.decrementAndGet() == 0 ? all.message : null;
    }

    /** The first element directly inside as a tree, or null. */
    public @Nullable Element payloadElement() {
        return element().firstChild();
    }

    /**
     * The error that answers this stanza, from whom it was addressed to ({@code self} if it bore no address). Of a message or presence
     * the payload is not repeated.
     */
    public Stanza error(StanzaError error, Jid self) {
        return Stanza.of(answer("error", self).child(error.toElement()));
    }

    /** The result that answers this iq, from whom it was addressed to ({@code self} if it bore no address). */
    public Stanza result(@Nullable Element payload, Jid self) {
        return Stanza.of(answer("result", self).child(payload));
    }

    private Element.Builder answer(String type, Jid self) {
        return Element.of(kind.wireName(), Namespaces.CLIENT)
                .attribute("type", type)
                .attribute("id", id())
                .attribute("from", to == null ? self : to)
                .attribute("to", from);
    }

    /** Kind, type and addresses; never content. */
    @Override
    public String toString() {
        return kind.wireName() + (type.isEmpty() ? "" : " " + type) + " from " + from + " to " + to;
    }
}
