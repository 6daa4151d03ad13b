package dev.beckon.cli;

import static dev.beckon.cli.Output.object;

import dev.beckon.service.Administration;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code beckon reload}. */
@Command(
        name = "reload",
        description = "Have the running service read its configuration and certificate anew.",
        footer = {
            "",
            "Limits, log.level and the certificate take effect at once; new connections are shown the new certificate.",
            "A configuration or certificate that is no good changes nothing."
        })
final class ReloadCommand implements Runnable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Output output;

    @Mixin
    private StoreOptions store = new StoreOptions();

    ReloadCommand(Output output) {
        this.output = output;
    }

    @Override
    public void run() {
        List<String> changes = store.use((Administration administration) -> administration.reload(PATIENCE));
        output.result(
                changes.isEmpty() ? "Reloaded; nothing has changed" : "Reloaded: " + String.join("; ", changes),
                object("changes", changes));
    }
}
