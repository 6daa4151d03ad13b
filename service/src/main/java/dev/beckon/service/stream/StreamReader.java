package dev.beckon.service.stream;

import dev.beckon.service.route.StanzaHead;
import dev.beckon.service.xml.XmlException;
import dev.beckon.service.xml.XmlException.Fault;
import dev.beckon.service.xml.XmlFramer;
import dev.beckon.service.xml.XmlScanner;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what a client sends into a stream header, elements and the end of the stream, each checked whole: as RFC 6120 lays them on
 * TCP. However the bytes were split on their way, the outcome is the same.
 *
 * <p>Whole elements are read where they lie; only what is unfinished is kept, and it is bounded. Nothing is held while idle.
 */
class StreamReader {
    /** What {@link #next} has found. */
    enum Event {
        /** All was read; more must come. */
        NONE,
        /** A stream begins; see {@link #header()}. */
        HEADER,
        /** An element; see {@link #head()} and {@link #bytes()}. */
        ELEMENT,
        /** The client has ended its stream. */
        END,
        /** The connection is asked whether it lives. */
        PING,
        /** The client has closed the connection, its stream not being ended. */
        CLOSED
    }

    /** An unfinished element this short is looked at after every read, a longer one each time that it has doubled. */
    private static final int SHORT = 2048;

    /** The stream's own tags are looked at whole after every read: they are never as long as a stanza may be. */
    private static final int LARGEST_TAG = 10_000;

    static final byte[] NOTHING = new byte[0];

    final XmlScanner scanner;
    private final XmlFramer framer = new XmlFramer();
    int limit;

    byte[] window = NOTHING;
    int from;
    int to;
    private boolean own;

    // How much of the unfinished element at `from` the framer has seen, and when to look at it again.
    private int framed;
    private int checkAt;

    boolean expectHeader = true;

    @Nullable
    StreamHeader header;

    @Nullable
    StanzaHead head;

    private byte[] streamName = NOTHING;

    /** {@code scanner} may be shared by readers of one thread. */
    StreamReader(XmlScanner scanner, int limit) {
        this.scanner = scanner;
        this.limit = limit;
    }

    /** The most bytes an element may have from now on. */
    void limit(int limit) {
        this.limit = limit;
    }

    /** A new stream begins on the same connection (RFC 6120 §4.3.3). */
    void restart() {
        expectHeader = true;
        framed = 0;
    }

    /** Takes bytes, which must stay as they are until {@link #keep}. */
    void offer(byte[] in, int start, int end) {
        if (from == to) {
            window = in;
            from = start;
            to = end;
            own = false;
        } else {
            append(in, start, end);
        }
    }

    private void append(byte[] in, int start, int end) {
        int have = to - from;
        int need = have + end - start;
        if (!own || window.length - from < need) {
            byte[] larger = new byte[Math.max(need, own ? Math.min(need * 2, limit + SHORT) : need)];
            System.arraycopy(window, from, larger, 0, have);
            window = larger;
            from = 0;
            to = have;
            own = true;
        }
        System.arraycopy(in, start, window, to, end - start);
        to += end - start;
    }

    /** Makes what is left unread the reader's own; the bytes that were offered may change now. */
    void keep() {
        if (from == to) {
            window = NOTHING;
            from = 0;
            to = 0;
            own = false;
            head = null;
            header = null;
        } else if (!own) {
            window = Arrays.copyOfRange(window, from, to);
            to -= from;
            from = 0;
            own = true;
        }
    }

    /** Whether nothing waits that was not yet made into an event. */
    boolean isEmpty() {
        return from == to;
    }

    /** Forgets all that is unread. */
    void discard() {
        from = to;
        framed = 0;
        keep();
    }

    /** The next event, or what was wrong. After an exception the reader is of no more use. */
    Event next() throws XmlException {
        if (framed == 0) {
            skipSpace();
        }
        if (from == to) {
            return Event.NONE;
        }
        if (expectHeader) {
            return nextHeader();
        }
        if (framed == 0 && window[from] == '<') {
            if (to - from == 1) {
                return Event.NONE;
            }
            if (window[from + 1] == '/') {
                return end();
            }
        }
        return nextElement();
    }

    private void skipSpace() {
        while (from < to && isSpace(window[from])) {
            from++;
        }
    }

    /** XML 1.0 §2.3: S. */
    static boolean isSpace(byte c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }

    private Event nextHeader() throws XmlException {
        try {
            StreamHeader.Parsed parsed = StreamHeader.parse(scanner, window, from, Math.min(to, from + largestTag()));
            header = parsed.header();
            streamName = parsed.name();
            from = parsed.end();
            expectHeader = false;
            return Event.HEADER;
        } catch (XmlException e) {
            return orMore(e, largestTag());
        }
    }

    private int largestTag() {
        return Math.min(limit, LARGEST_TAG);
    }

    private Event nextElement() throws XmlException {
        if (window[from] != '<') {
            throw new XmlException(Fault.BAD_FORMAT, "only white space may stand between stanzas");
        }
        boolean ended = false;
        if (framed > 0) {
            // It was unfinished before: find its end first, so that each byte is looked at once.
            int end = framer.feed(window, from + framed, Math.min(to, from + limit));
            ended = end >= 0;
            if (!ended) {
                framed = Math.min(to - from, limit);
                if (framed < checkAt && framed < limit) {
                    return Event.NONE;
                }
            }
        }
        try {
            head = StanzaHead.scan(scanner, window, from, Math.min(to, from + limit));
            from = head.end();
            framed = 0;
            return Event.ELEMENT;
        } catch (XmlException e) {
            orMore(e, limit);
            if (framed == 0) {
                framer.reset();
                ended = framer.feed(window, from, to) >= 0;
            }
            if (ended) {
                throw e;
            }
            framed = to - from;
            checkAt = framed < SHORT ? 0 : framed * 2;
            return Event.NONE;
        }
    }

    private Event orMore(XmlException e, int most) throws XmlException {
        if (!e.isUnfinished()) {
            throw e;
        }
        if (to - from >= most) {
            throw tooLong(most);
        }
        return Event.NONE;
    }

    private static XmlException tooLong(int most) {
        return new XmlException(Fault.POLICY_VIOLATION, "more than " + most + " bytes in one element");
    }

    /** {@code </stream:stream>}, with the prefix that the stream was opened with. */
    private Event end() throws XmlException {
        int at = from + 2;
        for (int i = 0; i < streamName.length; i++, at++) {
            if (at == to) {
                return Event.NONE;
            }
            if (window[at] != streamName[i]) {
                throw new XmlException(Fault.NOT_WELL_FORMED, "an end tag without a start tag");
            }
        }
        while (at < to && isSpace(window[at])) {
            at++;
        }
        if (at - from > largestTag()) {
            throw tooLong(largestTag());
        }
        if (at == to) {
            return Event.NONE;
        }
        if (window[at] != '>') {
            throw new XmlException(Fault.NOT_WELL_FORMED, "an end tag without a start tag");
        }
        from = at + 1;
        return Event.END;
    }

    /** The header found last. */
    StreamHeader header() {
        return Objects.requireNonNull(header);
    }

    /** The head of the element found last. */
    StanzaHead head() {
        return Objects.requireNonNull(head);
    }

    /** The bytes that {@link #head()} refers to; valid until the next call. */
    byte[] bytes() {
        return window;
    }
}
