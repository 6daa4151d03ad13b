package dev.beckon.samples.whiteboard;

import dev.beckon.Messenger;
import dev.beckon.SessionException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Starts the whiteboard. */
public final class Main {
    private static final String USAGE = """
            Usage: whiteboard [--script FILE|-] [--window] [--side left|right] [--transcript FILE] [--timeout SECONDS] [--address ADDRESS]
                   [--key FILE]

            Two people draw together. Without options a window opens.

              --script FILE        draw by the commands in FILE (- for standard input), without a window
              --window             ... and with one
              --side left|right    which half of the screen the window takes
              --transcript FILE    write what happens there instead of to standard output
              --timeout SECONDS    how long a script waits for one thing, 60 by default
              --address ADDRESS    the address the other whiteboard is told, instead of this computer's
              --key FILE           application ID and key, for a service that locks; only you should be able to read it

            Exit: 0 done, 1 what a script waited for did not happen or no agent runs, 2 wrong usage.
            """;

    private Main() {}

    /** What was asked for. */
    record Options(
            @Nullable String script,
            boolean window,
            @Nullable String side,
            @Nullable Path transcript,
            Duration timeout,
            @Nullable String address,
            @Nullable Path key) {
        static Options parse(List<String> words) {
            String script = null;
            boolean window = false;
            String side = null;
            Path transcript = null;
            Duration timeout = Duration.ofSeconds(60);
            String address = null;
            Path key = null;
            for (var word = words.iterator(); word.hasNext(); ) {
                String option = word.next();
                switch (option) {
                    case "--window" -> window = true;
                    case "--script" -> script = value(option, word);
                    case "--side" -> side = side(value(option, word));
                    case "--transcript" -> transcript = Path.of(value(option, word));
                    case "--timeout" -> timeout = seconds(value(option, word));
                    case "--address" -> address = value(option, word);
                    case "--key" -> key = Path.of(value(option, word)).toAbsolutePath();
                    default -> throw new IllegalArgumentException("there is no option " + option);
                }
            }
            return new Options(script, window || script == null, side, transcript, timeout, address, key);
        }

        private static String value(String option, Iterator<String> words) {
            if (!words.hasNext()) {
                throw new IllegalArgumentException(option + " needs a value");
            }
            return words.next();
        }

        private static String side(String text) {
            if (!text.equals("left") && !text.equals("right")) {
                throw new IllegalArgumentException("--side is \"" + text + "\"; write left or right");
            }
            return text;
        }

        private static Duration seconds(String text) {
            if (!text.matches("[1-9]\\d{0,4}")) {
                throw new IllegalArgumentException("--timeout is \"" + text + "\"; give whole seconds, 1 to 99999");
            }
            return Duration.ofSeconds(Long.parseLong(text));
        }
    }

    /** Runs it; see {@code --help}. */
    public static void main(String[] arguments) {
        if (List.of(arguments).contains("--help")) {
            System.out.print(USAGE);
            return;
        }
        try {
            System.exit(run(Options.parse(List.of(arguments))) ? 0 : 1);
        } catch (IllegalArgumentException e) {
            System.err.println("whiteboard: " + e.getMessage() + "\n\n" + USAGE);
            System.exit(2);
        } catch (SessionException e) {
            Whiteboard.explain(e);
            System.exit(1);
        } catch (IOException e) {
            System.err.println("whiteboard: " + e);
            System.exit(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            System.exit(1);
        }
    }

    private static boolean run(Options options) throws IOException, InterruptedException {
        Path transcript = options.transcript();
        try (PrintStream out = transcript == null
                        ? new PrintStream(System.out, true, StandardCharsets.UTF_8)
                        : new PrintStream(transcript.toFile(), StandardCharsets.UTF_8);
                BufferedReader commands = options.script() == null ? null : commands(options.script());
                Messenger messenger = Whiteboard.connect()) {
            Script script = commands == null ? null : new Script(commands, out, options.timeout());
            return Whiteboard.run(messenger, options, script);
        }
    }

    private static BufferedReader commands(String file) throws IOException {
        return file.equals("-")
                ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                : Files.newBufferedReader(Path.of(file));
    }
}
