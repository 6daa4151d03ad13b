package dev.beckon.cli;

import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code beckon demo}. */
@Command(
        name = "demo",
        description = "Play it through on this computer: a service, two people, an invitation, two whiteboards.")
final class DemoCommand implements Callable<Integer> {
    private final Output output;

    @Option(names = "--headless", description = "Without windows; so it is where there is no display.")
    private boolean headless;

    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "An empty folder to keep everything in; by default a temporary one.")
    private @Nullable Path home;

    @Option(names = "--keep", description = "Leave the folder with its logs when it is over.")
    private boolean keep;

    DemoCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws InterruptedException {
        boolean windows = !headless && hasDisplay();
        Story story = new Story(output);
        story.title(windows ? "two windows will open" : "without windows");
        try (Stage stage = Stage.build(home, keep)) {
            Play play = new Play(stage, story, windows);
            try {
                play.perform(System.console() != null);
                story.curtain();
            } catch (Story.Broken broken) {
                story.broken(broken, stage);
                return Exit.FAILED.number();
            }
        }
        story.end(keep);
        return Exit.DONE.number();
    }

    /** Asking AWT would load it; the environment says enough. */
    private static boolean hasDisplay() {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        if (system.startsWith("windows") || system.startsWith("mac")) {
            return true;
        }
        return !System.getenv().getOrDefault("DISPLAY", "").isEmpty();
    }
}
