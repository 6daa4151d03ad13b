package dev.beckon.cli;

import static dev.beckon.cli.Output.object;

import dev.beckon.cli.Output.Ink;
import dev.beckon.service.Service;
import dev.beckon.service.ServiceConfig;
import dev.beckon.service.store.StoreException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code beckon serve}. */
@Command(
        name = "serve",
        description = "Run the service in the foreground, until Ctrl-C or SIGTERM.",
        footer = {
            "",
            "Prints one line with \"ready\" once it serves. Everything it keeps lies in the home folder:",
            "the database, certificate.pem for those who are to trust it, and service.log."
        })
final class ServeCommand implements Callable<Integer> {
    /** Stands where nobody has named the domain yet; RFC 2606 keeps it from ever being one. */
    private static final String UNNAMED = "unnamed.invalid";

    private final Output output;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything is called
    private CommandSpec spec;

    @Option(
            names = "--home",
            required = true,
            paramLabel = "DIR",
            description = "Where it keeps everything; made if missing.")
    @SuppressWarnings("NullAway.Init") // picocli requires it
    private Path home;

    @Option(
            names = "--domain",
            paramLabel = "NAME",
            description = "The domain of its users' addresses, as in example.org.")
    private @Nullable String domain;

    @Option(
            names = "--c2s-port",
            paramLabel = "N",
            description = "Port for clients, by default 5222; 0 for any free one.")
    private @Nullable Integer port;

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS",
            description = "Address to listen on, by default 0.0.0.0: all of IPv4.")
    private @Nullable String bind;

    @Option(names = "--open-registration", description = "Let anyone make an account.")
    private boolean openRegistration;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "More settings, as HOCON; what is given as an option goes before.")
    private @Nullable Path file;

    ServeCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws InterruptedException {
        ServiceConfig config = config();
        Logging.toFile(config.home().resolve("service.log"), output.isJson());
        Service service = start(config);
        Lifetime lifetime = new Lifetime();
        lifetime.closes(() -> {
            service.close();
            output.note("stopped");
        });
        String address = config.bind() + ":" + service.port();
        output.result(
                output.ink(Ink.GOOD, "ready") + "  " + service.domain() + " at " + address + ", certificate "
                        + service.certificate().toAbsolutePath(),
                object(
                        "event", "ready",
                        "domain", service.domain(),
                        "address", config.bind(),
                        "port", service.port(),
                        "certificate", service.certificate().toAbsolutePath().toString()));
        return lifetime.await();
    }

    private ServiceConfig config() {
        if (port != null && (port < 0 || port > 65535)) {
            throw new Failure(
                    Exit.USAGE, "--c2s-port: " + port + " is no port", "use 1 to 65535, or 0 for any free one");
        }
        if (domain == null && file == null) {
            throw new ParameterException(spec.commandLine(), "Missing required option: '--domain=NAME'");
        }
        try {
            ServiceConfig config =
                    ServiceConfig.of(home.toAbsolutePath().normalize(), domain == null ? UNNAMED : domain);
            if (file != null) {
                config = config.withFile(file);
            }
            if (domain != null) {
                config = config.withDomain(domain);
            }
            if (config.domain().equals(UNNAMED)) {
                throw new Failure(Exit.CONFIG, "neither --domain nor " + file + " names the domain", "name one");
            }
            if (openRegistration) {
                config = config.withOpenRegistration(true);
            }
            return config.withAddress(bind == null ? config.bind() : bind, port == null ? config.port() : port);
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.CONFIG, String.valueOf(e.getMessage()), "");
        }
    }

    private Service start(ServiceConfig config) {
        try {
            return Service.start(config);
        } catch (StoreException e) {
            throw new Failure(Exit.HOME, String.valueOf(e.getMessage()), "");
        } catch (UncheckedIOException e) {
            String problem = String.valueOf(e.getMessage());
            if (e.getCause() != null && e.getCause() instanceof BindException) {
                throw new Failure(
                        Exit.PORT,
                        problem,
                        "stop what listens there, or choose another port with --c2s-port or address with --bind");
            }
            boolean own = config.certificate() != null && Files.isWritable(config.home());
            throw new Failure(own ? Exit.CONFIG : Exit.HOME, problem, "");
        }
    }
}
