package dev.beckon.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What commands say: words for people, or, with {@code --json}, one JSON object a line. Results go to standard output,
 * everything about the run itself to standard error. Any thread.
 */
final class Output {
    private static final Gson GSON =
            new GsonBuilder().disableHtmlEscaping().serializeNulls().create();

    private static final boolean UNICODE = System.getProperty("os.name", "").startsWith("Windows")
            || System.getProperty("native.encoding", "UTF-8")
                    .toUpperCase(Locale.ROOT)
                    .startsWith("UTF");

    private final PrintStream out;
    private final PrintStream err;
    private final boolean colour;
    private volatile boolean json;

    /** The colours used, for terminals only. */
    enum Ink {
        PLAIN(""),
        BOLD("1"),
        FAINT("2"),
        GOOD("32"),
        WAITING("33"),
        BAD("31");

        private final String code;

        Ink(String code) {
            this.code = code;
        }
    }

    Output(PrintStream out, PrintStream err, boolean colour) {
        this.out = out;
        this.err = err;
        this.colour = colour;
    }

    void json(boolean on) {
        json = on;
    }

    boolean isJson() {
        return json;
    }

    /** Whether lines may be rewritten and coloured. */
    boolean isTerminal() {
        return colour && !json;
    }

    /** A text in a colour, where colours are shown. */
    String ink(Ink ink, String text) {
        return isTerminal() && ink != Ink.PLAIN ? "\u001b[" + ink.code + "m" + text + "\u001b[0m" : text;
    }

    /** A result: {@code words} for people, the object for programs. */
    synchronized void result(String words, Map<String, ?> object) {
        out.println(json ? GSON.toJson(object) : words);
        out.flush();
    }

    /** Words for people only: nothing with {@code --json}. */
    synchronized void say(String words) {
        if (!json) {
            out.println(words);
            out.flush();
        }
    }

    /** What goes on now; the next line takes its place. Terminals only. */
    synchronized void progress(String words) {
        if (isTerminal()) {
            err.print("\r\u001b[K" + words);
            err.flush();
        }
    }

    /** A sign, or what stands for it where the terminal's characters do not have it. */
    String mark(String sign, String plain) {
        return UNICODE ? sign : plain;
    }

    /** Standard output, for what writes by itself. */
    PrintWriter printer() {
        return new PrintWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), true);
    }

    /** What is not a result; on standard error. */
    synchronized void note(String words) {
        if (!json) {
            err.println(ink(Ink.FAINT, words));
            err.flush();
        }
    }

    /** What should make people look up; on standard error, in both forms. */
    synchronized void warn(String words) {
        if (json) {
            err.println(GSON.toJson(object("warning", words)));
        } else {
            err.println(ink(Ink.WAITING, "beckon: " + words));
        }
        err.flush();
    }

    synchronized void failure(Failure failure) {
        if (json) {
            err.println(GSON.toJson(object(
                    "error",
                    object(
                            "code", failure.code(),
                            "exit", failure.exit().number(),
                            "problem", failure.problem(),
                            "remedy", failure.remedy()))));
        } else {
            err.println(ink(Ink.BAD, "beckon: ") + failure.problem());
            if (!failure.remedy().isEmpty()) {
                err.println("        " + failure.remedy());
            }
        }
        err.flush();
    }

    /**
     * A list: columns for people, a line for each object for programs.
     *
     * @param nothing what people read where the list is empty
     */
    synchronized void list(List<String> headings, List<Row> rows, String nothing) {
        if (json) {
            rows.forEach(row -> out.println(GSON.toJson(row.object)));
        } else if (rows.isEmpty()) {
            out.println(nothing);
        } else {
            table(headings, rows);
        }
        out.flush();
    }

    private void table(List<String> headings, List<Row> rows) {
        int[] widths = new int[headings.size()];
        for (int column = 0; column < widths.length; column++) {
            widths[column] = width(headings.get(column));
            for (Row row : rows) {
                widths[column] = Math.max(widths[column], width(row.cells.get(column)));
            }
        }
        out.println(ink(Ink.FAINT, line(headings, widths, List.of())));
        rows.forEach(row -> out.println(line(row.cells, widths, row.inks)));
    }

    private String line(List<String> cells, int[] widths, List<Ink> inks) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String cell = printable(cells.get(column));
            line.append(column < inks.size() ? ink(inks.get(column), cell) : cell);
            if (column < widths.length - 1) {
                line.append(" ".repeat(widths[column] - width(cells.get(column)) + 2));
            }
        }
        return line.toString();
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }

    /** Names come from other people: what would steer the terminal is not let through. */
    static String printable(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c)
                                || Character.getType(c) == Character.FORMAT
                                || Character.getType(c) == Character.LINE_SEPARATOR
                                || Character.getType(c) == Character.PARAGRAPH_SEPARATOR
                        ? '\uFFFD'
                        : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** An object of these names and values, in this order. */
    static Map<String, @Nullable Object> object(@Nullable Object... namesAndValues) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return object;
    }

    /** One line of a list. */
    static final class Row {
        private final Map<String, @Nullable Object> object;
        private final List<String> cells = new ArrayList<>();
        private final List<Ink> inks = new ArrayList<>();

        /** A line that programs read as this object. */
        Row(Map<String, @Nullable Object> object) {
            this.object = object;
        }

        Row cell(String text) {
            return cell(text, Ink.PLAIN);
        }

        Row cell(String text, Ink ink) {
            cells.add(text);
            inks.add(ink);
            return this;
        }
    }
}
