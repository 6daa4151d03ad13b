package dev.beckon.cli;

import static dev.beckon.cli.Output.object;

import dev.beckon.cli.Output.Ink;
import dev.beckon.service.Preflight;
import dev.beckon.service.Preflight.Finding;
import dev.beckon.service.Service;
import dev.beckon.service.ServiceConfig;
import dev.beckon.service.store.StoreException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
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
            "the database, certificate.pem for those who are to trust it, and service.log.",
            "SIGHUP, or beckon reload, has it read configuration and certificate anew.",
            "Every setting: beckon config"
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

    @Option(
            names = "--http-port",
            paramLabel = "N",
            description = "Port for XMPP over WebSocket, by default none; 0 for any free one.")
    private @Nullable Integer httpPort;

    @Option(
            names = "--admin-port",
            paramLabel = "N",
            description = "Port on 127.0.0.1 for /health and /metrics, by default none; 0 for any free one.")
    private @Nullable Integer adminPort;

    @Option(names = "--open-registration", description = "Let anyone make an account.")
    private boolean openRegistration;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "More settings, as HOCON; what is given as an option goes before.")
    private @Nullable Path file;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "One setting, over those of the file; may be given again. As in --set log.to=stdout")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--check", description = "Say whether it could start, and what is wrong; change nothing.")
    private boolean check;

    ServeCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws InterruptedException {
        ServiceConfig config = config();
        if (check) {
            return check(config);
        }
        Logging.of(config, output.isJson());
        Service service = start(config);
        service.reloadsFrom(() -> {
            ServiceConfig wanted = wanted();
            Logging.level(wanted.log().level());
            return wanted;
        });
        Signals.onHangUp(() -> reload(service));
        Lifetime lifetime = new Lifetime();
        lifetime.closes(() -> {
            service.close();
            output.note("stopped");
        });
        String address = config.bind() + ":" + service.port();
        Map<String, @Nullable Object> ready = object(
                "event", "ready",
                "domain", service.domain(),
                "address", config.bind(),
                "port", service.port(),
                "certificate", service.certificate().toAbsolutePath().toString());
        String ports = "";
        if (service.httpPort() >= 0) {
            ready.put("httpPort", service.httpPort());
            ports += ", WebSocket at " + config.http().bind() + ":" + service.httpPort();
        }
        if (service.adminPort() >= 0) {
            ready.put("adminPort", service.adminPort());
            ports += ", metrics at " + config.http().adminBind() + ":" + service.adminPort();
        }
        output.result(
                output.ink(Ink.GOOD, "ready") + "  " + service.domain() + " at " + address + ports + ", certificate "
                        + service.certificate().toAbsolutePath(),
                ready);
        return lifetime.await();
    }

    private Integer check(ServiceConfig config) {
        Exit exit = Exit.DONE;
        for (Finding finding : Preflight.of(config)) {
            String subject = finding.subject().name().toLowerCase(Locale.ROOT);
            String verdict = finding.good() ? output.ink(Ink.GOOD, "good ") : output.ink(Ink.BAD, "wrong");
            output.result(
                    verdict + "  " + subject + ": " + finding.words(),
                    object("subject", subject, "good", finding.good(), "words", finding.words()));
            if (!finding.good() && exit == Exit.DONE) {
                exit = switch (finding.subject()) {
                    case HOME, STORE -> Exit.HOME;
                    case CERTIFICATE -> Exit.CONFIG;
                    case PORT -> Exit.PORT;
                };
            }
        }
        return exit.number();
    }

    /** What is wrong stands in the log, and all stays as it is. */
    private static void reload(Service service) {
        try {
            service.reload();
        } catch (IllegalArgumentException | UncheckedIOException e) {
            LoggerFactory.getLogger(ServeCommand.class).debug("not reloaded", e);
        }
    }

    private ServiceConfig config() {
        checkPort("--c2s-port", port);
        checkPort("--http-port", httpPort);
        checkPort("--admin-port", adminPort);
        if (domain == null && file == null) {
            throw new ParameterException(spec.commandLine(), "Missing required option: '--domain=NAME'");
        }
        try {
            return wanted();
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.CONFIG, String.valueOf(e.getMessage()), "");
        }
    }

    private static void checkPort(String option, @Nullable Integer port) {
        if (port != null && (port < 0 || port > 65535)) {
            throw new Failure(
                    Exit.USAGE, option + ": " + port + " is no port", "use 1 to 65535, or 0 for any free one");
        }
    }

    /** What file and options say now; throws IllegalArgumentException where it makes no sense. */
    private ServiceConfig wanted() {
        ServiceConfig config = ServiceConfig.of(home.toAbsolutePath().normalize(), domain == null ? UNNAMED : domain);
        if (file != null) {
            config = config.withFile(file);
        }
        config = config.with(settings);
        if (domain != null) {
            config = config.withDomain(domain);
        }
        if (config.domain().equals(UNNAMED)) {
            throw new IllegalArgumentException("neither --domain nor " + file + " names the domain; name one");
        }
        if (openRegistration) {
            config = config.withOpenRegistration(true);
        }
        if (httpPort != null) {
            config = config.withHttpPort(httpPort);
        }
        if (adminPort != null) {
            config = config.withAdminPort(adminPort);
        }
        return config.withAddress(bind == null ? config.bind() : bind, port == null ? config.port() : port);
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
                        "stop what listens there, or choose another port with --c2s-port, --http-port or --admin-port, or address with"
                                + " --bind");
            }
            boolean own = config.certificate() != null && Files.isWritable(config.home());
            throw new Failure(own ? Exit.CONFIG : Exit.HOME, problem, "");
        }
    }
}
