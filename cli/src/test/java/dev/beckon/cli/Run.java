package dev.beckon.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** One command, run within this process: how it ended and what it said. */
record Run(int exit, String out, String err) {
    static Run beckon(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exit = Main.run(
                new Output(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        false),
                arguments);
        return new Run(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** With this on standard input, which a process has one of: tests that use it hold the same lock. */
    static synchronized Run beckonReading(String input, String... arguments) {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        try {
            return beckon(arguments);
        } finally {
            System.setIn(before);
        }
    }

    List<JsonObject> objects() {
        return out.lines()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .toList();
    }

    JsonObject object() {
        return objects().get(0);
    }

    JsonObject error() {
        return JsonParser.parseString(err).getAsJsonObject().getAsJsonObject("error");
    }
}
