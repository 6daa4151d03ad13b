package dev.beckon.cli;

import static dev.beckon.cli.Output.object;

import dev.beckon.service.Backup;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code beckon backup}. */
@Command(
        name = "backup",
        description = "Copy all that a service keeps into one file; the service may be running.",
        footer = {
            "",
            "It holds accounts, contact lists, keys and the service's own certificate with its key: keep it as you",
            "would keep those. It is checked after it was written. The configuration file and a certificate of",
            "yours are not in it."
        })
final class BackupCommand implements Runnable {
    private final Output output;

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Parameters(index = "0", paramLabel = "FILE", description = "The file to make.")
    @SuppressWarnings("NullAway.Init") // picocli requires it
    private Path file;

    BackupCommand(Output output) {
        this.output = output;
    }

    @Override
    public void run() {
        long bytes = store.on(home -> Backup.write(home, file));
        output.result(
                "Backed up to " + file + ", " + bytes + " bytes",
                object("file", file.toAbsolutePath().toString(), "bytes", bytes));
    }
}
