package dev.beckon.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What the demo draws: words in a plain hand, as commands of the whiteboard's script. */
final class Drawing {
    /** Letters in a box 4 wide and 6 high: {@code L} a line through points, {@code O} an arc: centre, radii, from, to in degrees. */
    private static final Map<Character, List<String>> LETTERS = Map.ofEntries(
            Map.entry('H', List.of("L 0 0 0 6", "L 0 3 3 3", "L 3 0 3 6")),
            Map.entry('i', List.of("L 0 2.4 0 6", "L 0 0.8 0 0.8")),
            Map.entry('B', List.of("L 0 0 0 6", "O 0 1.45 2.6 1.45 -90 90", "O 0 4.45 3.1 1.55 -90 90")),
            Map.entry('o', List.of("O 1.6 4.3 1.6 1.7 -90 270")),
            Map.entry('b', List.of("L 0 0 0 6", "O 1.6 4.3 1.6 1.7 180 540")),
            Map.entry('A', List.of("L 0 6 1.8 0 3.6 6", "L 0.8 3.8 2.8 3.8")),
            Map.entry('l', List.of("L 0 0 0 6")),
            Map.entry('c', List.of("O 1.6 4.3 1.6 1.7 -40 -320")),
            Map.entry('e', List.of("L 0 4.2 3.2 4.2", "O 1.6 4.3 1.6 1.7 -5 -310")),
            Map.entry('!', List.of("L 0 0 0 4", "L 0 5.9 0 5.9")),
            Map.entry('☺', List.of("O 3 3 3 3 -90 270", "L 2 2 2 2.3", "L 4 2 4 2.3", "O 3 3.1 1.7 1.6 160 20")));

    private static final Map<Character, Double> WIDTHS =
            Map.of('H', 3.0, 'i', 0.0, 'B', 3.1, 'o', 3.2, 'b', 3.2, 'A', 3.6, 'l', 0.0, 'c', 2.8, 'e', 3.2, '☺', 6.0);

    private final List<String> commands = new ArrayList<>();
    private final String pen;
    private final int pause;
    private int strokes;
    private String last = "";

    /** Draws in a colour; with pauses, in milliseconds, where people look on. */
    Drawing(String colour, int width, int pause) {
        this.pen = "stroke " + colour + " " + width + " ";
        this.pause = pause;
    }

    /** Writes words that begin at a place, in letters so many times the size of their box. */
    Drawing write(String words, int x, int y, int size) {
        double left = x;
        for (char letter : words.toCharArray()) {
            for (String part : LETTERS.getOrDefault(letter, List.of())) {
                draw(part, left, y, size);
            }
            left += (WIDTHS.getOrDefault(letter, 1.2) + 1.3) * size;
        }
        return this;
    }

    private void draw(String part, double left, double top, double size) {
        List<Double> numbers = new ArrayList<>();
        for (String word : part.substring(2).split(" ")) {
            numbers.add(Double.valueOf(word));
        }
        List<String> points = new ArrayList<>();
        if (part.startsWith("L")) {
            for (int i = 0; i < numbers.size(); i += 2) {
                points.add(point(left + numbers.get(i) * size, top + numbers.get(i + 1) * size));
            }
        } else {
            for (int step = 0; step <= 48; step++) {
                double angle = Math.toRadians(numbers.get(4) + (numbers.get(5) - numbers.get(4)) * step / 48);
                points.add(point(
                        left + (numbers.get(0) + numbers.get(2) * Math.cos(angle)) * size,
                        top + (numbers.get(1) + numbers.get(3) * Math.sin(angle)) * size));
            }
        }
        // Where people look on it comes bit by bit, with the pen shown.
        int piece = pause == 0 ? points.size() : 6;
        for (int from = 0; from < Math.max(1, points.size() - 1); from += piece) {
            List<String> some = points.subList(from, Math.min(points.size(), from + piece + 1));
            stroke(some.stream().collect(Collectors.joining(" ")));
            if (pause > 0) {
                commands.add("cursor " + some.get(some.size() - 1));
                commands.add("pause " + pause);
            }
        }
    }

    private void stroke(String points) {
        last = pen + points;
        commands.add(last);
        strokes++;
    }

    private static String point(double x, double y) {
        return String.format(Locale.ROOT, "%d,%d", Math.round(x), Math.round(y));
    }

    /** The commands that draw it. */
    List<String> commands() {
        return List.copyOf(commands);
    }

    /** How many strokes it has. */
    int strokes() {
        return strokes;
    }

    /** Its last stroke, as the other side hears it. */
    String last() {
        return last;
    }
}
