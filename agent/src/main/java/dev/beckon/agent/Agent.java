package dev.beckon.agent;

import static dev.beckon.ResultCode.E_FAIL;

import dev.beckon.Messenger;
import dev.beckon.MessengerListener;
import dev.beckon.MissedInvitation;
import dev.beckon.SessionException;
import dev.beckon.agent.launch.ProcessLauncher;
import dev.beckon.agent.registry.FileRegistry;
import dev.beckon.local.LocalEndpoint;
import dev.beckon.session.AddressPaths;
import dev.beckon.session.Client;
import dev.beckon.session.Engine;
import dev.beckon.session.Ports;
import dev.beckon.session.Schedulers;
import dev.beckon.xmpp.XmppClient;
import dev.beckon.xmpp.XmppConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Messenger client of one user, running.
 *
 * <p>Thread: any.
 */
public final class Agent implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Agent.class);
    private static final Duration CLOSING = Duration.ofSeconds(10);

    /** What is closed when the agent is, the last one first. */
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();

    private final Path socket;
    private final String user;
    private final XmppClient xmpp;
    private final Engine engine;
    private final Messenger messenger;
    private final Thread closing = new Thread(this::closeParts, "beckon-agent-close");
    private final Thread hook = new Thread(this::awaitClosed, "beckon-agent-shutdown");

    private Agent(AgentConfig config, AgentHome home, SettingsFile settings) throws IOException {
        closing.setDaemon(true);
        user = config.user();
        try {
            UserSettings now = settings.settings();
            FileRegistry registry = opened(FileRegistry.open(home.file("apps"), config.systemApplications()));
            opened(home::leaveSocket);
            socket = home.socket();
            ProcessLauncher launcher = opened(new ProcessLauncher(
                    home.file("log"), socket, () -> settings.settings().open(), config.notices()));
            Schedulers.Real scheduler = opened(Schedulers.real());
            xmpp = opened(XmppClient.create(xmpp(config, now)));
            MissedInvitations missed =
                    opened(MissedInvitations.open(home.history(user).resolve("missed.json")));
            engine = opened(new Engine(
                    new Ports(
                            xmpp.carrier(),
                            xmpp.contacts(),
                            xmpp.chat(),
                            xmpp.authority(),
                            registry,
                            launcher,
                            new AddressPaths(ThisComputer::address),
                            new UserPolicy(settings),
                            scheduler),
                    now.engine(),
                    missed.earlier()));
            xmpp.addConnectionListener(engine::offline);
            // Nobody but this process: it acts for the user, as a window does.
            messenger = engine.connect(new Client(ProcessHandle.current().pid(), null, null));
            messenger.addListener(new MessengerListener() {
                @Override
                public void onMissedInvitation(MissedInvitation invitation) {
                    missed.keep(messenger::missedInvitations);
                }
            });
            // Closed after the engine, so that applications hear of the shutdown before their connection ends.
            parts.pop();
            opened(LocalEndpoint.open(
                    socket,
                    hello -> engine.connect(new Client(hello.pid(), hello.application(), hello.launchedFor())),
                    engine::atOnce));
            opened(engine);
            if (!socket.equals(home.file("agent.sock"))) {
                config.notices()
                        .accept("Applications find this agent at " + socket
                                + ": the path of its home is too long for that.");
            }
        } catch (Throwable e) {
            closeParts();
            throw e;
        }
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /**
     * An agent in a home that is held already, and stays so when the agent is closed. It signs in on {@link #connect}.
     *
     * @throws SessionException E_INVALIDARG (a value is malformed), E_FAIL (the home cannot be used)
     */
    static Agent in(AgentHome home, SettingsFile settings, AgentConfig config) {
        try {
            return new Agent(config, home, settings);
        } catch (IOException e) {
            throw unusable(config.home(), e);
        }
    }

    /** Signs in, and again whenever the connection is lost. */
    void connect() {
        xmpp.connect();
    }

    /**
     * Starts an agent: the local API is served when this returns; signing in goes on meanwhile, see
     * {@link Messenger#connection}.
     *
     * @throws SessionException E_INVALIDARG (a value, or {@code HOME/agent.conf}, is malformed), E_FAIL (another agent
     *     runs with this home, or the home cannot be used)
     */
    public static Agent start(AgentConfig config) {
        AgentHome home = AgentHome.open(config.home());
        try {
            Agent agent = in(home, SettingsFile.of(home), config);
            // What was opened first is closed last.
            agent.parts.addLast(home);
            agent.connect();
            return agent;
        } catch (RuntimeException e) {
            home.close();
            throw e;
        }
    }

    static SessionException unusable(Path home, IOException e) {
        return new SessionException(
                E_FAIL, "the agent's home " + home + " cannot be used: " + e, "give a folder this user may write to");
    }

    /**
     * Where the agent of a home serves the local API: {@code agent.sock} in it, or, while one runs whose home's path is
     * longer than a socket's may be, a short one in a private folder.
     */
    public static Path socketOf(Path home) {
        return AgentHome.socketOf(home);
    }

    /** The user's own connection, for whoever started the agent to act and listen on. Closing it leaves the agent. */
    public Messenger messenger() {
        return messenger;
    }

    /** Who signs in, {@code name@domain} as it was given. */
    public String user() {
        return user;
    }

    /**
     * Reads several values of sessions and contacts as of one moment, and with one wait instead of one for each.
     *
     * @param reading reads, and nothing else: everybody waits for it
     */
    public <T> T atOnce(Supplier<T> reading) {
        return engine.atOnce(reading);
    }

    /** Where the local API is served. */
    public Path socket() {
        return socket;
    }

    private static XmppConfig xmpp(AgentConfig config, UserSettings settings) {
        XmppConfig xmpp = XmppConfig.of(config.user(), config.password()).trustingAuthorities(settings.authorities());
        if (config.trusted() != null) {
            xmpp = xmpp.trusting(List.of(config.trusted()));
        }
        if (config.host() != null) {
            xmpp = xmpp.at(config.host(), config.port() == 0 ? XmppConfig.DEFAULT_PORT : config.port());
        }
        return xmpp;
    }

    /** Ends sessions, tells applications, signs out. Applications go on running. Takes 10 seconds at most. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            log.debug("The process is ending");
        }
        awaitClosed();
    }

    /** Closes on a thread of its own, so that it has a bound whatever hangs, and happens once whoever asks. */
    private void awaitClosed() {
        synchronized (closing) {
            if (closing.getState() == Thread.State.NEW) {
                closing.start();
            }
        }
        try {
            closing.join(CLOSING.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (closing.isAlive()) {
            log.warn("The agent did not close within {} s", CLOSING.toSeconds());
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        parts.push(part);
        return part;
    }

    private void closeParts() {
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            try {
                part.close();
            } catch (Exception e) {
                log.warn("Closing {}", part.getClass().getSimpleName(), e);
            }
        }
    }
}
