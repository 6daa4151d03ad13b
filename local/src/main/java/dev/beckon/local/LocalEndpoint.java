package dev.beckon.local;

import dev.beckon.Messenger;
import dev.beckon.ResultCode;
import dev.beckon.SessionException;

import java.nio.file.Path;
import java.util.function.Function;

/**
 * Where an agent listens for the applications of its user: a Unix domain socket only that user can open.
 *
 * <p>Every connection gets a {@link Messenger} of its own, which is closed when the connection ends.
 */
public final class LocalEndpoint implements AutoCloseable {
    private LocalEndpoint() {}

    /**
     * Listens. The socket's folder is made where it is missing and closed to other users; the socket of an agent that
     * died is replaced.
     *
     * @param socket where; its path has at most about 100 bytes
     * @param connect makes the messenger of a connection; may throw {@link SessionException}, which the application gets
     * @throws SessionException E_FAIL (another agent listens there, the folder is not this user's alone, or the socket
     *     could not be made)
     */
    public static LocalEndpoint open(Path socket, Function<Hello, Messenger> connect) {
        throw new SessionException(ResultCode.E_FAIL, "the local API is not built yet", "");
    }

    /** Stops listening, ends every connection and removes the socket. */
    @Override
    public void close() {}
}
