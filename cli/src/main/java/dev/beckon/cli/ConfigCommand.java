package dev.beckon.cli;

import static dev.beckon.cli.Output.object;

import dev.beckon.service.ServiceConfig;
import picocli.CommandLine.Command;

/** {@code beckon config}. */
@Command(
        name = "config",
        description = "Print every setting of the service with its default and what it is, as a configuration file.",
        footer = {"", "As in: beckon config > beckon.conf; beckon serve --home DIR --config beckon.conf"})
final class ConfigCommand implements Runnable {
    private final Output output;

    ConfigCommand(Output output) {
        this.output = output;
    }

    @Override
    public void run() {
        output.result(ServiceConfig.defaultFile().stripTrailing(), object("file", ServiceConfig.defaultFile()));
    }
}
