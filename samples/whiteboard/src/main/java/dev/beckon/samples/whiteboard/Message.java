package dev.beckon.samples.whiteboard;

/**
 * What one whiteboard tells the other: one line of ASCII, at most {@link #MAX_BYTES} long without its line feed.
 *
 * <pre>
 *  stroke RRGGBB WIDTH x,y x,y …     a line was drawn
 *  cursor x,y                        the pen is here
 *  cursor away                       the pen has left the board
 *  clear                             the board was wiped
 * </pre>
 */
sealed interface Message {
    /** Longest line either side takes. */
    int MAX_BYTES = 4096;

    /** This message as a line. */
    String line();

    /** A line was drawn. */
    record Draw(Stroke stroke) implements Message {
        @Override
        public String line() {
            return "stroke " + stroke;
        }
    }

    /** The pen is here. */
    record Cursor(Point point) implements Message {
        @Override
        public String line() {
            return "cursor " + point;
        }
    }

    /** The pen has left the board. */
    record Away() implements Message {
        @Override
        public String line() {
            return "cursor away";
        }
    }

    /** The board was wiped. */
    record Clear() implements Message {
        @Override
        public String line() {
            return "clear";
        }
    }

    /**
     * Reads a line.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    static Message parse(String line) {
        if (line.startsWith("stroke ")) {
            return new Draw(Stroke.parse(line.substring("stroke ".length())));
        }
        if (line.equals("cursor away")) {
            return new Away();
        }
        if (line.startsWith("cursor ")) {
            return new Cursor(Point.parse(line.substring("cursor ".length())));
        }
        if (line.equals("clear")) {
            return new Clear();
        }
        throw new IllegalArgumentException("\"" + shortened(line) + "\" is no message of a whiteboard");
    }

    /** What is shown of a text from outside. */
    static String shortened(String text) {
        return text.length() > 60 ? text.substring(0, 60) + "…" : text;
    }
}
