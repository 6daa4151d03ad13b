package dev.beckon.service.xml;

/**
 * Finds where an element ends that comes in pieces, looking at each byte once. It checks nothing: what it frames is scanned whole
 * afterwards. What breaks the framing (a comment, a stray {@code <}) ends the frame there, for the scanner to refuse.
 */
public final class XmlFramer {
    private enum State {
        TEXT,
        OPENED,
        START_TAG,
        START_TAG_SLASH,
        SINGLE_QUOTED,
        DOUBLE_QUOTED,
        END_TAG,
        CDATA_OPENING,
        CDATA,
        CDATA_BRACKET,
        CDATA_BRACKETS
    }

    private static final String CDATA = "[CDATA[";

    private State state = State.TEXT;
    private int depth;
    private int matched;

    /** Ready for an element's first byte. */
    public void reset() {
        state = State.TEXT;
        depth = 0;
        matched = 0;
    }

    /** Takes more bytes. Returns the offset after the frame's last byte, or -1 if all were taken and it goes on. */
    public int feed(byte[] in, int from, int to) {
        for (int i = from; i < to; i++) {
            if (ends(in[i])) {
                return i + 1;
            }
        }
        return -1;
    }

    private boolean ends(byte c) {
        switch (state) {
            case TEXT -> {
                if (c == '<') {
                    state = State.OPENED;
                } else if (depth == 0) {
                    return true;
                }
            }
            case OPENED -> {
                return opened(c);
            }
            case START_TAG, START_TAG_SLASH -> {
                return startTag(c);
            }
            case SINGLE_QUOTED -> state = c == '\'' ? State.START_TAG : state;
            case DOUBLE_QUOTED -> state = c == '"' ? State.START_TAG : state;
            case END_TAG -> {
                if (c == '>') {
                    state = State.TEXT;
                    return --depth <= 0;
                }
                return c == '<';
            }
            case CDATA_OPENING -> {
                if (c != CDATA.charAt(matched++)) {
                    return true;
                }
                state = matched == CDATA.length() ? State.CDATA : state;
            }
            case CDATA -> state = c == ']' ? State.CDATA_BRACKET : state;
            case CDATA_BRACKET -> state = c == ']' ? State.CDATA_BRACKETS : State.CDATA;
            case CDATA_BRACKETS -> state = c == '>' ? State.TEXT : c == ']' ? state : State.CDATA;
        }
        return false;
    }

    private boolean opened(byte c) {
        switch (c) {
            case '/' -> state = State.END_TAG;
            case '!' -> {
                state = State.CDATA_OPENING;
                matched = 0;
                return depth == 0;
            }
            case '?', '<', '>' -> {
                return true;
            }
            default -> state = State.START_TAG;
        }
        return false;
    }

    private boolean startTag(byte c) {
        boolean slash = state == State.START_TAG_SLASH;
        state = State.START_TAG;
        switch (c) {
            case '>' -> {
                state = State.TEXT;
                depth += slash ? 0 : 1;
                return depth == 0;
            }
            case '/' -> state = State.START_TAG_SLASH;
            case '\'' -> state = State.SINGLE_QUOTED;
            case '"' -> state = State.DOUBLE_QUOTED;
            case '<' -> {
                return true;
            }
            default -> {}
        }
        return false;
    }
}
