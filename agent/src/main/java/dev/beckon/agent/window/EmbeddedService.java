package dev.beckon.agent.window;

import dev.beckon.SessionException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A service that runs in this process, for people who sign in on this computer: who has none elsewhere can begin with it.
 *
 * <p>Thread: any; calls may take seconds. Each fails with SessionException: E_INVALIDARG (a name or password that cannot be one), E_FAIL
 * (it is there already, or cannot be started).
 */
public interface EmbeddedService extends AutoCloseable {
    /** Whether one was made before: then it is started with the window. */
    boolean exists();

    /**
     * Starts it; makes it first where there is none. One that runs is left as it is.
     *
     * @throws SessionException E_FAIL
     */
    Place start();

    /** Where it runs; null where it does not. */
    @Nullable
    Place place();

    /** The names of its accounts, without the domain. */
    List<String> people();

    /**
     * Makes an account.
     *
     * @param name without the domain
     * @return the name as the service prepared it
     * @throws SessionException E_INVALIDARG, E_FAIL
     */
    String addPerson(String name, String password);

    @Override
    void close();

    /**
     * Where a service runs.
     *
     * @param certificate PEM file of the certificate to trust
     */
    record Place(String domain, String host, int port, Path certificate) {}
}
