package dev.beckon.agent;

import static dev.beckon.ResultCode.E_FAIL;
import static dev.beckon.ResultCode.E_INVALIDARG;

import dev.beckon.Messenger;
import dev.beckon.MessengerListener;
import dev.beckon.MissedInvitation;
import dev.beckon.SessionException;
import dev.beckon.agent.files.BadFileException;
import dev.beckon.agent.files.FileProblem;
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
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
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
    private final SettingsFile settings;
    private final FileRegistry registry;
    private final Messenger messenger;
    private final Thread closing = new Thread(this::closeParts, "beckon-agent-close");
    private final Thread hook = new Thread(this::awaitClosed, "beckon-agent-shutdown");

    private Agent(AgentConfig config) throws IOException, BadFileException {
        closing.setDaemon(true);
        try {
            AgentHome home = opened(AgentHome.open(config.home()));
            settings = SettingsFile.open(home.file("agent.conf"), InstantSource.system());
            UserSettings now = settings.settings();
            registry = opened(FileRegistry.open(home.file("apps"), config.systemApplications()));
            socket = home.socket();
            ProcessLauncher launcher = opened(new ProcessLauncher(
                    home.file("log"), socket, () -> settings.settings().open(), config.notices()));
            MissedInvitations missed =
                    opened(MissedInvitations.open(home.file("state").resolve("missed.json")));
            Schedulers.Real scheduler = opened(Schedulers.real());
            XmppClient xmpp = opened(XmppClient.create(xmpp(config, now)));
            Engine engine = opened(new Engine(
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
            xmpp.connect();
        } catch (Throwable e) {
            closeParts();
            throw e;
        }
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /**
     * Starts an agent: the local API is served when this returns; signing in goes on meanwhile, see
     * {@link Messenger#connection}.
     *
     * @throws SessionException E_INVALIDARG (a value, or {@code HOME/agent.conf}, is malformed), E_FAIL (another agent
     *     runs with this home, or the home cannot be used)
     */
    public static Agent start(AgentConfig config) {
        try {
            return new Agent(config);
        } catch (BadFileException e) {
            FileProblem problem = e.problem();
            throw new SessionException(E_INVALIDARG, problem.where() + ": " + problem.what(), problem.remedy());
        } catch (IOException e) {
            throw new SessionException(
                    E_FAIL,
                    "the agent's home " + config.home() + " cannot be used: " + e,
                    "give a folder this user may write to");
        }
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
