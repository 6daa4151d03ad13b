package dev.beckon.cli;

import static dev.beckon.cli.Output.object;

import dev.beckon.cli.Output.Ink;
import dev.beckon.service.Environment;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code beckon key}. */
@Command(
        name = "key",
        description = "The keys with which applications open the lock of a service.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {KeyCommand.Issue.class, KeyCommand.All.class, KeyCommand.Revoke.class})
final class KeyCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything is called
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say what to do: issue, list or revoke");
    }

    /** {@code beckon key issue}. */
    @Command(name = "issue", description = "Issue a key to an application. It is shown this once.")
    static final class Issue implements Runnable {
        private final Output output;

        @Mixin
        private StoreOptions store = new StoreOptions();

        @Parameters(
                index = "0",
                paramLabel = "ID",
                description = "The application ID, of your choice: letters, digits and . _ @ : -")
        @SuppressWarnings("NullAway.Init") // picocli requires it
        private String id;

        @Option(
                names = "--guid",
                required = true,
                paramLabel = "GUID",
                description = "The GUID of the application it is issued for; may be given several times.")
        private List<String> guids = List.of();

        @Option(
                names = "--environment",
                paramLabel = "NAME",
                description = "test or production (default); a key of one does not work in the other.")
        private Environment environment = Environment.PRODUCTION;

        @Option(names = "--note", paramLabel = "TEXT", description = "What you want to remember of it.")
        private @Nullable String note;

        Issue(Output output) {
            this.output = output;
        }

        @Override
        public void run() {
            String key = store.make(administration -> administration.issueKey(id, guids, environment, note));
            output.note("The key of " + id + "; it is shown this once:");
            output.result(key, object("id", id, "environment", environment.name(), "applications", guids, "key", key));
        }
    }

    /** {@code beckon key list}. */
    @Command(name = "list", description = "List the keys that were ever issued, without the keys themselves.")
    static final class All implements Runnable {
        private final Output output;

        @Mixin
        private StoreOptions store = new StoreOptions();

        All(Output output) {
            this.output = output;
        }

        @Override
        public void run() {
            output.list(
                    List.of("ID", "ENVIRONMENT", "SINCE", "REVOKED", "APPLICATIONS", "NOTE"),
                    store.use(administration -> administration.listKeys().stream()
                            .map(key -> new Output.Row(object(
                                            "id", key.app(),
                                            "environment", key.environment().name(),
                                            "applications", key.guids(),
                                            "note", key.note(),
                                            "created", key.created().toString(),
                                            "revoked",
                                                    key.revoked() == null
                                                            ? null
                                                            : key.revoked().toString()))
                                    .cell(key.app())
                                    .cell(Describe.words(key.environment()))
                                    .cell(MissedCommand.when(key.created()))
                                    .cell(key.revoked() == null ? "" : MissedCommand.when(key.revoked()), Ink.BAD)
                                    .cell(String.join(" ", key.guids()))
                                    .cell(key.note() == null ? "" : key.note()))
                            .toList()),
                    "No keys yet: the lock is off. Issue one with: beckon key issue ID --guid GUID --home DIR");
        }
    }

    /** {@code beckon key revoke}. */
    @Command(name = "revoke", description = "Revoke the key of an application: it opens nothing any more.")
    static final class Revoke implements Runnable {
        private final Output output;

        @Mixin
        private StoreOptions store = new StoreOptions();

        @Parameters(index = "0", paramLabel = "ID", description = "The application ID.")
        @SuppressWarnings("NullAway.Init") // picocli requires it
        private String id;

        @Option(names = "--environment", paramLabel = "NAME", description = "test or production (default).")
        private Environment environment = Environment.PRODUCTION;

        Revoke(Output output) {
            this.output = output;
        }

        @Override
        public void run() {
            store.use(administration -> {
                administration.revokeKey(id, environment);
                return id;
            });
            output.result(
                    "Revoked the " + Describe.words(environment) + " key of " + Output.printable(id),
                    object("id", id, "environment", environment.name()));
        }
    }
}
