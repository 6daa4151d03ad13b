package dev.beckon.cli;

import static dev.beckon.cli.Output.object;

import dev.beckon.service.Backup;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code beckon restore}. */
@Command(
        name = "restore",
        description = "Put a backup into a service's folder; the service must not be running.",
        footer = {"", "All of it is read and checked first. What was there is kept in a folder beneath."})
final class RestoreCommand implements Runnable {
    private final Output output;

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Option(names = "--force", description = "Also where there is a service already.")
    private boolean force;

    @Parameters(index = "0", paramLabel = "FILE", description = "What beckon backup made.")
    @SuppressWarnings("NullAway.Init") // picocli requires it
    private Path file;

    RestoreCommand(Output output) {
        this.output = output;
    }

    @Override
    public void run() {
        Optional<Path> former = store.on(home -> Backup.restore(home, file, force));
        output.result(
                "Restored " + file
                        + former.map(aside -> "; what was there before is in " + aside)
                                .orElse(""),
                object(
                        "file",
                        file.toAbsolutePath().toString(),
                        "former",
                        former.map(Path::toString).orElse(null)));
    }
}
