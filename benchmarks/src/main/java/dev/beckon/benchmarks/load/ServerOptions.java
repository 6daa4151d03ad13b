package dev.beckon.benchmarks.load;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which server, which users, and how to see what the server uses. */
final class ServerOptions {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything is called
    private CommandSpec spec;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            defaultValue = "127.0.0.1",
            description = "Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets the default
    private String host;

    @Option(names = "--port", paramLabel = "N", defaultValue = "5222", description = "Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--domain",
            paramLabel = "NAME",
            required = true,
            description = "The domain of the users' addresses.")
    @SuppressWarnings("NullAway.Init") // picocli requires it
    private String domain;

    @Option(
            names = "--users-file",
            paramLabel = "FILE",
            required = true,
            description = "Users that exist on the server, as lines name,password.")
    @SuppressWarnings("NullAway.Init") // picocli requires it
    private Path usersFile;

    @Option(
            names = "--security",
            paramLabel = "HOW",
            defaultValue = "starttls",
            description =
                    "starttls (the default), direct (TLS from the first byte) or none. Certificates are not checked.")
    @SuppressWarnings("NullAway.Init") // picocli sets the default
    private String security;

    @Option(
            names = "--mechanism",
            paramLabel = "NAME",
            defaultValue = "SCRAM-SHA-1",
            description = "How users sign in: SCRAM-SHA-1 (the default: every server has it), SCRAM-SHA-256, or one of"
                    + " the two with -PLUS.")
    @SuppressWarnings("NullAway.Init") // picocli sets the default
    private String mechanism;

    @Option(
            names = "--pids",
            paramLabel = "PID",
            split = ",",
            description = "The server's processes if it runs on this machine: their CPU time and memory, with that of"
                    + " their children, is told.")
    private List<Long> pids = List.of();

    @Option(
            names = "--start",
            paramLabel = "COMMAND",
            description = "Instead of --pids: a shell command that starts a fresh server, returns once it serves, and"
                    + " prints its pids on its last line. Called before each mode.")
    private @Nullable String start;

    @Option(names = "--stop", paramLabel = "COMMAND", description = "With --start: a shell command that ends it.")
    private @Nullable String stop;

    Server server() {
        return checked(() -> Server.of(
                host,
                port,
                domain,
                enumOf(Server.Security.class, "--security", security),
                Scram.Mechanism.of(mechanism)));
    }

    ServerProcess process() {
        if ((start == null) != (stop == null) || (start != null && !pids.isEmpty())) {
            throw new ParameterException(spec.commandLine(), "give --start and --stop together, or --pids, or neither");
        }
        return start != null && stop != null ? ServerProcess.commands(start, stop) : ServerProcess.running(pids);
    }

    /** The one process of a server that is looked into. */
    long pid() {
        if (pids.size() != 1) {
            throw new ParameterException(spec.commandLine(), "give the one process of the server with --pids");
        }
        return pids.get(0);
    }

    List<User> users() {
        return checked(() -> User.read(usersFile));
    }

    private interface Reading<T> {
        T read() throws IOException;
    }

    private <T> T checked(Reading<T> reading) {
        try {
            return reading.read();
        } catch (IOException | IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            boolean file = e instanceof java.nio.file.NoSuchFileException;
            throw new ParameterException(spec.commandLine(), file ? "there is no file " + message : message);
        }
    }

    private <E extends Enum<E>> E enumOf(Class<E> type, String option, String value) {
        for (E each : type.getEnumConstants()) {
            if (each.name().equalsIgnoreCase(value)) {
                return each;
            }
        }
        throw new ParameterException(spec.commandLine(), option + " " + value + ": there is no such choice");
    }
}
