package dev.beckon.agent.launch;

import dev.beckon.Application;
import dev.beckon.SessionException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens download pages in the user's browser or, where there is none, tells the user the address. */
final class DownloadPage {
    private static final Logger log = LoggerFactory.getLogger(DownloadPage.class);

    private final Supplier<List<String>> chosen;
    private final List<String> preset;
    private final Consumer<String> notices;

    /**
     * A way to the browser.
     *
     * @param chosen the command the user chose, to which the address is added; empty for the preset one
     * @param preset the platform's own; empty where there is none
     * @param notices takes what the user should read
     */
    DownloadPage(Supplier<List<String>> chosen, List<String> preset, Consumer<String> notices) {
        this.chosen = chosen;
        this.preset = preset;
        this.notices = notices;
    }

    void open(String url) {
        String address;
        try {
            // What a stranger sent goes to another program: web addresses only, without letters that look like others.
            address = URI.create(Application.checkUrl(url)).toASCIIString();
        } catch (SessionException | IllegalArgumentException e) {
            log.warn("Not opening a download page: {}", e.getMessage());
            return;
        }
        List<String> command = chosen.get();
        if (command.isEmpty()) {
            command = preset;
        }
        if (address.isEmpty() || command.isEmpty()) {
            tell(address);
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
                    tell(address);
                }
            });
        } catch (IOException e) {
            log.warn("Cannot open the download page: {}", e.getMessage());
            tell(address);
        }
    }

    private void tell(String address) {
        notices.accept(
                address.isEmpty()
                        ? "Install the application; the invitation goes on once it is registered."
                        : "Install the application from " + address
                                + " ; the invitation goes on once it is registered.");
    }

    /** The command of this platform, where it has a desktop. */
    static List<String> ofPlatform() {
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
