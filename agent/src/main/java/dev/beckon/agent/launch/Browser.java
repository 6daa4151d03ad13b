package dev.beckon.agent.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The user's browser: started with an argument vector, never a shell, and without secrets in its environment.
 *
 * <p>Thread: any; waits for nothing.
 */
public final class Browser {
    private static final Logger log = LoggerFactory.getLogger(Browser.class);

    private final Supplier<List<String>> chosen;
    private final List<String> preset;

    /**
     * A way to the browser.
     *
     * @param chosen the command the user chose, to which the address is added; empty for the preset one
     * @param preset the platform's own; empty where there is none
     */
    Browser(Supplier<List<String>> chosen, List<String> preset) {
        this.chosen = chosen;
        this.preset = preset;
    }

    /**
     * The browser of this platform, where it has a desktop.
     *
     * @param chosen the command the user chose instead, to which the address is added; empty for none
     */
    public static Browser ofPlatform(Supplier<List<String>> chosen) {
        return new Browser(chosen, command());
    }

    /**
     * Opens a page.
     *
     * @param address a web address, or a file's; its maker has checked it
     * @param otherwise called where there is no browser or it cannot be started; on any thread
     */
    public void open(String address, Runnable otherwise) {
        List<String> command = chosen.get();
        if (command.isEmpty()) {
            command = preset;
        }
        if (command.isEmpty()) {
            otherwise.run();
            return;
        }
        List<String> parts = new ArrayList<>(command);
        parts.add(address);
        ProcessBuilder builder = new ProcessBuilder(parts)
                .redirectInput(Processes.nothing())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        LaunchEnvironment.withoutSecrets(builder.environment());
        try {
            builder.start().onExit().thenAccept(process -> {
                if (process.exitValue() != 0) {
                    log.warn("{} ended with status {}", parts.get(0), process.exitValue());
                    otherwise.run();
                }
            });
        } catch (IOException e) {
            log.warn("Cannot start the browser: {}", e.getMessage());
            otherwise.run();
        }
    }

    private static List<String> command() {
        if (Processes.MAC) {
            return List.of("/usr/bin/open");
        }
        if (Processes.WINDOWS) {
            return List.of("rundll32", "url.dll,FileProtocolHandler");
        }
        boolean desktop = Stream.of("DISPLAY", "WAYLAND_DISPLAY")
                .map(System.getenv()::get)
                .anyMatch(display -> display != null && !display.isEmpty());
        Path opener = Path.of("/usr/bin/xdg-open");
        return desktop && Files.isExecutable(opener) ? List.of(opener.toString()) : List.of();
    }
}
