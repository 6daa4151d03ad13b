package dev.beckon.cli;

import static dev.beckon.cli.Output.object;

import dev.beckon.SessionException;
import dev.beckon.cli.Output.Ink;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Tells what happens, step by step, and how long each step took. */
final class Story {
    private static final int TEXT = 62;

    private final Output output;
    private final long began = System.nanoTime();
    private int steps;

    /** One thing that happens. */
    interface Step {
        /**
         * Does it and waits until it has really happened.
         *
         * @return what is worth knowing of it; may be empty
         */
        String happen() throws Exception;
    }

    /** A step did not happen. */
    static final class Broken extends Exception {
        private static final long serialVersionUID = 1L;

        private final String step;
        private final String why;
        private final @Nullable String log;

        Broken(String step, String why, @Nullable String log) {
            super(step + ": " + why);
            this.step = step;
            this.why = why;
            this.log = log;
        }
    }

    Story(Output output) {
        this.output = output;
    }

    void title(String manner) {
        output.say("\n  " + output.ink(Ink.BOLD, "Beckon")
                + output.ink(Ink.FAINT, "  two people, one whiteboard, all on this computer; " + manner) + "\n");
    }

    /** Tells a step: {@code doing} while it lasts, {@code done} when it has happened. */
    void step(String name, String doing, String done, Step step) throws Broken, InterruptedException {
        steps++;
        output.progress("  " + output.ink(Ink.WAITING, output.mark("·", "-")) + " " + doing + " …");
        long before = System.nanoTime();
        String detail;
        try {
            detail = step.happen();
        } catch (InterruptedException | Broken e) {
            throw e;
        } catch (SessionException e) {
            throw new Broken(doing, String.valueOf(e.getMessage()), null);
        } catch (Failure e) {
            throw new Broken(doing, e.problem(), null);
        } catch (Exception e) {
            throw new Broken(doing, e.toString(), null);
        }
        long millis = (System.nanoTime() - before) / 1_000_000;
        String text = done + (detail.isEmpty() ? "" : "  " + output.ink(Ink.FAINT, detail));
        int shown = done.length() + (detail.isEmpty() ? 0 : detail.length() + 2);
        output.progress("");
        output.result(
                "  " + output.ink(Ink.GOOD, output.mark("✓", "+")) + " " + text + " ".repeat(Math.max(2, TEXT - shown))
                        + output.ink(Ink.FAINT, time(millis)),
                object("step", steps, "name", name, "text", done, "detail", detail, "millis", millis));
    }

    /** Something people may do meanwhile. */
    void aside(String words) {
        output.say("\n  " + words + "\n");
    }

    /** What comes after the last step is not seen. */
    void curtain() {
        output.progress("  " + output.ink(Ink.FAINT, "tidying up …"));
    }

    void broken(Broken broken, Stage stage) {
        output.progress("");
        String tail = stage.tail(broken.log);
        if (!output.isJson() && !tail.isEmpty()) {
            output.say("  " + output.ink(Ink.BAD, output.mark("✗", "x")) + " " + broken.step + "\n");
            output.say(output.ink(Ink.FAINT, tail.indent(4)));
        }
        output.failure(new Failure(
                Exit.FAILED,
                "the demo stopped at \"" + broken.step + "\": " + broken.why,
                output.isJson() ? tail : "run it with --keep to look at all logs"));
    }

    void end(boolean kept) {
        long millis = (System.nanoTime() - began) / 1_000_000;
        output.progress("");
        output.result(
                "\n  " + output.ink(Ink.BOLD, "It works.") + " " + time(millis).strip()
                        + " in all. Nothing of it is running any more" + (kept ? "." : ", and its folder is gone.")
                        + "\n",
                object("demo", "done", "steps", steps, "millis", millis));
    }

    static String time(long millis) {
        Duration duration = Duration.ofMillis(millis);
        return millis < 1000
                ? "%4d ms".formatted(millis)
                : String.format(Locale.ROOT, "%5.1f s", duration.toMillis() / 1000.0);
    }
}
