package dev.beckon.agent;

import dev.beckon.Messenger;
import java.nio.file.Path;
import java.util.List;

/**
 * The Messenger client of one user, running.
 *
 * <p>Thread: any.
 */
public final class Agent implements AutoCloseable {
    private Agent() {}

    /**
     * Starts an agent: the local API is served when this returns; signing in goes on meanwhile, see
     * {@link Messenger#connection}.
     *
     * @throws dev.beckon.SessionException E_INVALIDARG (a value, or {@code HOME/agent.conf}, is malformed), E_FAIL
     *     (another agent runs with this home, or the home cannot be used)
     */
    public static Agent start(AgentConfig config) {
        throw new UnsupportedOperationException(config.toString());
    }

    /**
     * Where the agent of a home serves the local API, running or not: {@code agent.sock} in it, or, where that path is
     * longer than a socket's may be, a short one in a private folder.
     *
     * @throws dev.beckon.SessionException E_FAIL (the private folder belongs to somebody else)
     */
    public static Path socketOf(Path home) {
        throw new UnsupportedOperationException(home.toString());
    }

    /** The user's own connection, for whoever started the agent to act and listen on. Closing it leaves the agent. */
    public Messenger messenger() {
        throw new UnsupportedOperationException();
    }

    /** Where the local API is served. */
    public Path socket() {
        throw new UnsupportedOperationException();
    }

    /** Files of registered applications and of settings that are skipped now, one sentence each: what and what to do. */
    public List<String> problems() {
        throw new UnsupportedOperationException();
    }

    /** Ends sessions, tells applications, signs out. Applications go on running. Takes 10 seconds at most. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
