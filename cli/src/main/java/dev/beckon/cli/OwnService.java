package dev.beckon.cli;

import static dev.beckon.ResultCode.E_FAIL;
import static dev.beckon.ResultCode.E_INVALIDARG;

import dev.beckon.SessionException;
import dev.beckon.agent.window.EmbeddedService;
import dev.beckon.service.Administration;
import dev.beckon.service.AdministrationException;
import dev.beckon.service.Service;
import dev.beckon.service.ServiceConfig;
import dev.beckon.service.store.Store;
import dev.beckon.service.store.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The service somebody starts from the window: in the agent's own process, for this computer alone, in the folder {@code service} of the
 * agent's home.
 */
final class OwnService implements EmbeddedService {
    /** RFC 6761 §6.3: names that end like this mean the computer they are said on, as these addresses do. */
    private static final String DOMAIN = "beckon.localhost";

    private static final String HOST = "127.0.0.1";
    private static final int USUAL_PORT = 5222;

    private final Path home;
    private @Nullable Service service;

    OwnService(Path agentHome) {
        this.home = agentHome.resolve("service");
    }

    @Override
    public boolean exists() {
        return Files.exists(home.resolve(Store.FILE));
    }

    @Override
    public synchronized Place start() {
        if (service == null) {
            int port = earlierPort();
            Service started;
            try {
                started = start(port);
            } catch (UncheckedIOException e) {
                if (!(e.getCause() instanceof BindException)) {
                    throw failed(e);
                }
                // Somebody else listens there; whoever signs in from another agent has to be told the new one.
                started = startSomewhere();
            } catch (StoreException e) {
                throw failed(e);
            }
            service = started;
            keepPort(started.port());
        }
        return placeOf(service);
    }

    private Service startSomewhere() {
        try {
            return start(0);
        } catch (UncheckedIOException | StoreException e) {
            throw failed(e);
        }
    }

    private Service start(int port) {
        return Service.start(ServiceConfig.of(home, DOMAIN).withAddress(HOST, port));
    }

    private static SessionException failed(RuntimeException e) {
        return new SessionException(
                E_FAIL,
                "the service cannot be started: " + e.getMessage(),
                "see that Beckon's folder can be written to and the disk is not full");
    }

    @Override
    public synchronized @Nullable Place place() {
        return service == null ? null : placeOf(service);
    }

    private static Place placeOf(Service running) {
        return new Place(
                running.domain(), HOST, running.port(), running.certificate().toAbsolutePath());
    }

    @Override
    public List<String> people() {
        return with(administration -> administration.listUsers().stream()
                .map(Administration.User::name)
                .toList());
    }

    @Override
    public String addPerson(String name, String password) {
        return with(administration -> administration.addUser(name, password));
    }

    private <T> T with(Function<Administration, T> work) {
        try (Administration administration = Administration.open(home)) {
            return work.apply(administration);
        } catch (AdministrationException e) {
            boolean invalid = e.reason() == AdministrationException.Reason.INVALID;
            throw new SessionException(
                    invalid ? E_INVALIDARG : E_FAIL,
                    String.valueOf(e.getMessage()),
                    switch (e.reason()) {
                        case EXISTS -> "choose another name, or sign in with that one";
                        case INVALID -> "choose another";
                        default -> "";
                    });
        }
    }

    /** Where it was before, so that others still find it. */
    private int earlierPort() {
        try {
            String port = Files.readString(portFile()).strip();
            return port.matches("[1-9][0-9]{0,4}") && Integer.parseInt(port) <= 65535
                    ? Integer.parseInt(port)
                    : USUAL_PORT;
        } catch (NoSuchFileException e) {
            return USUAL_PORT;
        } catch (IOException e) {
            throw failed(new UncheckedIOException(e));
        }
    }

    private void keepPort(int port) {
        try {
            Files.writeString(portFile(), port + "\n");
        } catch (IOException e) {
            throw failed(new UncheckedIOException(e));
        }
    }

    private Path portFile() {
        return home.resolve("port");
    }

    @Override
    public synchronized void close() {
        if (service != null) {
            service.close();
            service = null;
        }
    }
}
