package dev.beckon.cli;

import dev.beckon.Messenger;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code beckon missed}. */
@Command(name = "missed", description = "List the invitations that did not ring or were not answered.")
final class MissedCommand implements Runnable {
    private static final DateTimeFormatter WHEN =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneId.systemDefault());

    private final Output output;

    @Mixin
    private AgentOptions agent = new AgentOptions();

    MissedCommand(Output output) {
        this.output = output;
    }

    /** A time as people read it here. */
    static String when(Instant time) {
        return WHEN.format(time);
    }

    @Override
    public void run() {
        try (Messenger messenger = agent.connect()) {
            output.list(
                    List.of("WHEN", "FROM", "APPLICATION", "WHY"),
                    messenger.missedInvitations().stream()
                            .map(missed -> new Output.Row(Describe.missed(missed))
                                    .cell(when(missed.when()))
                                    .cell(missed.from())
                                    .cell(missed.applicationName())
                                    .cell(missed.reason()))
                            .toList(),
                    "Nothing was missed.");
        }
    }
}
