package dev.beckon.samples.whiteboard;

import java.util.regex.Pattern;

/**
 * A place on the board, whatever size its window has.
 *
 * @param x 0 to {@link #WIDTH}, from the left
 * @param y 0 to {@link #HEIGHT}, from the top
 */
record Point(int x, int y) {
    static final int WIDTH = 1600;
    static final int HEIGHT = 1000;

    private static final Pattern FORM = Pattern.compile("(\\d{1,4}),(\\d{1,4})");

    Point {
        if (x < 0 || x > WIDTH || y < 0 || y > HEIGHT) {
            throw new IllegalArgumentException(
                    "the point %d,%d is not on the board of %d by %d".formatted(x, y, WIDTH, HEIGHT));
        }
    }

    /** Reads {@code x,y}. */
    static Point parse(String text) {
        var match = FORM.matcher(text);
        if (!match.matches()) {
            throw new IllegalArgumentException("\"" + Message.shortened(text) + "\" is not a point; write x,y");
        }
        return new Point(Integer.parseInt(match.group(1)), Integer.parseInt(match.group(2)));
    }

    @Override
    public String toString() {
        return x + "," + y;
    }
}
