package dev.beckon.samples.whiteboard;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A line through some points. While a person draws, each movement of the pen is a stroke that begins where the one before
 * ended.
 *
 * @param rgb its colour, 0xRRGGBB
 * @param width its width in points of the board, 1 to 64
 * @param points at least one, at most 256
 */
record Stroke(int rgb, int width, List<Point> points) {
    static final int MAX_POINTS = 256;
    static final int MAX_WIDTH = 64;

    private static final Pattern COLOUR = Pattern.compile("[0-9a-fA-F]{6}");
    private static final Pattern WIDTH = Pattern.compile("\\d{1,2}");

    Stroke {
        points = List.copyOf(points);
        if (points.isEmpty() || points.size() > MAX_POINTS) {
            throw new IllegalArgumentException(
                    "a stroke of " + points.size() + " points; it has 1 to " + MAX_POINTS + " of them");
        }
        if (width < 1 || width > MAX_WIDTH) {
            throw new IllegalArgumentException("the width " + width + "; it is 1 to " + MAX_WIDTH);
        }
        if (rgb < 0 || rgb > 0xFFFFFF) {
            throw new IllegalArgumentException("the colour " + rgb + "; it is 000000 to FFFFFF");
        }
    }

    /** Reads {@code RRGGBB WIDTH x,y x,y …}. */
    static Stroke parse(String text) {
        String[] words = text.split(" ", MAX_POINTS + 3);
        if (words.length < 3
                || !COLOUR.matcher(words[0]).matches()
                || !WIDTH.matcher(words[1]).matches()) {
            throw new IllegalArgumentException(
                    "\"" + Message.shortened(text) + "\" is not a stroke; write RRGGBB WIDTH x,y x,y");
        }
        List<Point> points = new ArrayList<>();
        for (String word : Arrays.asList(words).subList(2, words.length)) {
            points.add(Point.parse(word));
        }
        return new Stroke(Integer.parseInt(words[0], 16), Integer.parseInt(words[1]), points);
    }

    @Override
    public String toString() {
        return "%06X %d %s"
                .formatted(rgb, width, points.stream().map(Point::toString).collect(Collectors.joining(" ")));
    }
}
