package dev.beckon.cli;

import static dev.beckon.cli.Output.object;

import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code beckon user}. */
@Command(
        name = "user",
        description = "The accounts of a service.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            UserCommand.Add.class,
            ImportCommand.class,
            UserCommand.All.class,
            UserCommand.Remove.class,
            UserCommand.Passwd.class
        })
final class UserCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything is called
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say what to do: add, import, list, remove or passwd");
    }

    /** {@code beckon user add}. */
    @Command(name = "add", description = "Add an account.")
    static final class Add implements Runnable {
        private final Output output;

        @Mixin
        private StoreOptions store = new StoreOptions();

        @Mixin
        private PasswordOptions password = new PasswordOptions();

        @Parameters(index = "0", paramLabel = "NAME", description = "The name, without the domain.")
        @SuppressWarnings("NullAway.Init") // picocli requires it
        private String name;

        Add(Output output) {
            this.output = output;
        }

        @Override
        public void run() {
            char[] secret = password.read(name, true, output);
            String kept = store.make(administration -> administration.addUser(name, new String(secret)));
            Arrays.fill(secret, '\0');
            output.result("Added " + kept, object("user", kept));
        }
    }

    /** {@code beckon user list}. */
    @Command(name = "list", description = "List the accounts.")
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
                    List.of("USER", "SINCE"),
                    store.use(administration -> administration.listUsers().stream()
                            .map(user -> new Output.Row(object(
                                            "user", user.name(),
                                            "created", user.created().toString()))
                                    .cell(user.name())
                                    .cell(MissedCommand.when(user.created())))
                            .toList()),
                    "No accounts yet. Add one with: beckon user add NAME --home DIR");
        }
    }

    /** {@code beckon user remove}. */
    @Command(
            name = "remove",
            description = "Remove an account, and it from everybody's contact list; who is signed in is signed out.")
    static final class Remove implements Runnable {
        private final Output output;

        @Mixin
        private StoreOptions store = new StoreOptions();

        @Parameters(index = "0", paramLabel = "NAME", description = "The name, without the domain.")
        @SuppressWarnings("NullAway.Init") // picocli requires it
        private String name;

        Remove(Output output) {
            this.output = output;
        }

        @Override
        public void run() {
            store.use(administration -> {
                administration.removeUser(name);
                return name;
            });
            output.result("Removed " + Output.printable(name), object("user", name));
        }
    }

    /** {@code beckon user passwd}. */
    @Command(name = "passwd", description = "Set another password; who is signed in with the old one is signed out.")
    static final class Passwd implements Runnable {
        private final Output output;

        @Mixin
        private StoreOptions store = new StoreOptions();

        @Mixin
        private PasswordOptions password = new PasswordOptions();

        @Parameters(index = "0", paramLabel = "NAME", description = "The name, without the domain.")
        @SuppressWarnings("NullAway.Init") // picocli requires it
        private String name;

        Passwd(Output output) {
            this.output = output;
        }

        @Override
        public void run() {
            char[] secret = password.read(name, true, output);
            store.use(administration -> {
                administration.setPassword(name, new String(secret));
                return name;
            });
            Arrays.fill(secret, '\0');
            output.result("The password of " + Output.printable(name) + " is another now", object("user", name));
        }
    }
}
