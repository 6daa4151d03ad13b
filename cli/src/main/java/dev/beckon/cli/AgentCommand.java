package dev.beckon.cli;

import dev.beckon.SessionException;
import dev.beckon.agent.Account;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code beckon agent}. */
@Command(
        name = "agent",
        description = "Sign in and stay: invitations come here, and applications connect to it. Ctrl-C signs out.")
final class AgentCommand implements Callable<Integer> {
    private final Output output;

    @Mixin
    private AgentOptions agent = new AgentOptions();

    @Mixin
    private PasswordOptions password = new PasswordOptions();

    @Option(names = "--user", required = true, paramLabel = "NAME@DOMAIN", description = "Who signs in.")
    @SuppressWarnings("NullAway.Init") // picocli requires it
    private String user;

    @Option(
            names = "--server",
            paramLabel = "HOST[:PORT]",
            description = "Where the service is; without, DNS is asked for the domain.")
    private @Nullable String server;

    @Option(
            names = "--trust",
            paramLabel = "FILE",
            description =
                    "Certificates to trust beside those Java trusts, as PEM: certificate.pem of the service's folder.")
    private @Nullable Path trust;

    @Option(names = "--no-window", description = "Serve no window: only commands and applications reach this agent.")
    private boolean noWindow;

    AgentCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws InterruptedException {
        Path home = agent.home().toAbsolutePath();
        if (trust != null && !Files.isReadable(trust)) {
            throw new Failure(
                    Exit.USAGE, "--trust: cannot read " + trust, "give the service's certificate as a PEM file");
        }
        Address at = server == null ? null : Address.parse(server);
        char[] secret = password.read(user, false, output);
        Account account = new Account(
                user,
                at == null ? null : at.host(),
                at == null ? 0 : at.port(),
                trust == null ? null : trust.toAbsolutePath());
        Logging.toFile(home.resolve("agent.log"));
        AtSeat here = AtSeat.take(home, !noWindow, output);
        Lifetime lifetime = new Lifetime();
        try {
            here.tellIfGivenUp(reason -> lifetime.end(Exit.PASSWORD, reason));
            here.seat().signIn(account, secret);
            if (!noWindow) {
                here.window().serve();
                output.note("window: beckon open" + (agent.home == null ? "" : " --home " + agent.home));
            }
        } catch (SessionException e) {
            here.close();
            throw e;
        } finally {
            Arrays.fill(secret, '\0');
        }
        lifetime.closes(here::close);
        return lifetime.await();
    }

    /** Where the service is. */
    record Address(String host, int port) {
        static Address parse(String text) {
            String host = text;
            int port = 0;
            int colon = text.lastIndexOf(':');
            // An IPv6 address has colons of its own; with a port it stands in brackets.
            boolean withPort =
                    colon >= 0 && (text.indexOf(':') == colon || text.startsWith("[")) && !text.endsWith("]");
            if (withPort) {
                host = text.substring(0, colon);
                String digits = text.substring(colon + 1);
                port = digits.matches("[0-9]{1,5}") ? Integer.parseInt(digits) : -1;
                if (port < 1 || port > 65535) {
                    throw new Failure(Exit.USAGE, "--server: \"" + digits + "\" is no port", "use 1 to 65535");
                }
            }
            if (host.startsWith("[") && host.endsWith("]")) {
                host = host.substring(1, host.length() - 1);
            }
            if (host.isBlank()) {
                throw new Failure(Exit.USAGE, "--server: \"" + text + "\" names no host", "write HOST or HOST:PORT");
            }
            return new Address(host, port);
        }
    }
}
