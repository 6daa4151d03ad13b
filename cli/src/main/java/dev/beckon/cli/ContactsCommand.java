package dev.beckon.cli;

import dev.beckon.Contact;
import dev.beckon.Messenger;
import dev.beckon.cli.Output.Ink;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code beckon contacts}. */
@Command(
        name = "contacts",
        description = "The contact list.",
        synopsisSubcommandLabel = "[COMMAND]",
        subcommands = {
            ContactsCommand.All.class,
            ContactsCommand.Add.class,
            ContactsCommand.Remove.class,
            ContactsCommand.Block.class,
            ContactsCommand.Unblock.class,
            ContactsCommand.Requests.class
        })
final class ContactsCommand implements Runnable {
    private final Output output;

    @Mixin
    private AgentOptions agent = new AgentOptions();

    ContactsCommand(Output output) {
        this.output = output;
    }

    @Override
    public void run() {
        try (Messenger messenger = agent.connect()) {
            list(output, messenger.contacts(), "No contacts yet. Add one with: beckon contacts add NAME@DOMAIN");
        }
    }

    private static void list(Output output, List<Contact> contacts, String nothing) {
        output.list(
                List.of("CONTACT", "NAME", "STATUS"),
                contacts.stream()
                        .map(contact -> new Output.Row(Describe.contact(contact))
                                .cell(contact.signInName())
                                .cell(contact.friendlyName().equals(contact.signInName()) ? "" : contact.friendlyName())
                                .cell(
                                        contact.blocked() ? "blocked" : Describe.words(contact.status()),
                                        contact.blocked() ? Ink.BAD : Describe.ink(contact.status())))
                        .toList(),
                nothing);
    }

    /** {@code beckon contacts list}. */
    @Command(name = "list", description = "List the contacts; so does beckon contacts alone.")
    static final class All implements Runnable {
        private final Output output;

        @Mixin
        private AgentOptions agent = new AgentOptions();

        All(Output output) {
            this.output = output;
        }

        @Override
        public void run() {
            try (Messenger messenger = agent.connect()) {
                list(output, messenger.contacts(), "No contacts yet. Add one with: beckon contacts add NAME@DOMAIN");
            }
        }
    }

    /** {@code beckon contacts requests}. */
    @Command(
            name = "requests",
            description = "List who asks to see your status; contacts add agrees, contacts remove refuses.")
    static final class Requests implements Runnable {
        private final Output output;

        @Mixin
        private AgentOptions agent = new AgentOptions();

        Requests(Output output) {
            this.output = output;
        }

        @Override
        public void run() {
            try (Messenger messenger = agent.connect()) {
                list(output, messenger.contactRequests(), "Nobody asks.");
            }
        }
    }

    private static boolean asks(Messenger messenger, String contact) {
        return messenger.contactRequests().stream()
                .anyMatch(asking -> asking.signInName().equals(contact));
    }

    /** What the commands about one contact have in common. */
    private abstract static class OfOne implements Runnable {
        private final Output output;

        @Mixin
        private AgentOptions agent = new AgentOptions();

        @Parameters(index = "0", paramLabel = "CONTACT", description = "The sign-in name, NAME@DOMAIN.")
        @SuppressWarnings("NullAway.Init") // picocli requires it
        String contact;

        OfOne(Output output) {
            this.output = output;
        }

        /** Does it, and says what holds now. */
        abstract String change(Messenger messenger);

        @Override
        public final void run() {
            try (Messenger messenger = agent.connect()) {
                Contact of = messenger.contact(contact);
                String now = change(messenger);
                output.result(Output.printable(of.signInName()) + " " + now, Describe.contact(of));
            }
        }
    }

    /** {@code beckon contacts add}. */
    @Command(name = "add", description = "Add a contact and ask to see their status, or agree to their asking.")
    static final class Add extends OfOne {
        @Option(names = "--name", paramLabel = "NAME", description = "What you call this contact.")
        private @Nullable String name;

        Add(Output output) {
            super(output);
        }

        @Override
        String change(Messenger messenger) {
            boolean asked = asks(messenger, contact);
            messenger.addContact(contact, name);
            return asked
                    ? "is in your contact list, and you in theirs"
                    : "is in your contact list; they are asked to agree";
        }
    }

    /** {@code beckon contacts remove}. */
    @Command(name = "remove", description = "Take a contact off the list, or refuse one who asks to be on it.")
    static final class Remove extends OfOne {
        Remove(Output output) {
            super(output);
        }

        @Override
        String change(Messenger messenger) {
            boolean known = messenger.contact(contact).isListed() || asks(messenger, contact);
            if (!known) {
                throw new Failure(
                        Exit.NOT_FOUND, contact + " is not in the contact list", "see it with: beckon contacts");
            }
            messenger.removeContact(contact);
            return "is not in your contact list any more";
        }
    }

    /** {@code beckon contacts block}. */
    @Command(name = "block", description = "Let nothing of a contact through any more.")
    static final class Block extends OfOne {
        Block(Output output) {
            super(output);
        }

        @Override
        String change(Messenger messenger) {
            messenger.contact(contact).setBlocked(true);
            return "is blocked";
        }
    }

    /** {@code beckon contacts unblock}. */
    @Command(name = "unblock", description = "Let a blocked contact through again.")
    static final class Unblock extends OfOne {
        Unblock(Output output) {
            super(output);
        }

        @Override
        String change(Messenger messenger) {
            messenger.contact(contact).setBlocked(false);
            return "is not blocked any more";
        }
    }
}
