package dev.beckon.agent;

import static dev.beckon.ResultCode.E_FAIL;
import static dev.beckon.ResultCode.E_INVALIDARG;

import dev.beckon.SessionException;
import dev.beckon.agent.files.AtomicFile;
import dev.beckon.agent.files.BadFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A user's place at this computer: one home, in which nobody is signed in or one {@link Agent} runs. It survives signing out and
 * signing in as somebody else; no second one can be had for its home while it is taken.
 *
 * <p>Thread: any. {@link #signIn}, {@link #signOut} and {@link #close} wait for each other, up to 10 seconds.
 */
public final class Seat implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Seat.class);

    private final AgentHome home;
    private final SettingsFile settings;
    private final KeptAccount kept;
    private final List<Path> systemApplications;
    private final Consumer<String> notices;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private volatile @Nullable Agent agent;
    private char @Nullable [] password;
    private boolean closed;

    private Seat(AgentHome home, SettingsFile settings, List<Path> systemApplications, Consumer<String> notices)
            throws IOException {
        this.home = home;
        this.settings = settings;
        this.systemApplications = List.copyOf(systemApplications);
        this.notices = notices;
        this.kept = new KeptAccount(AtomicFile.folder(home.file("state")));
    }

    /** Hears who sits down and gets up, one after the other, on the thread that signs in or out. */
    public interface Listener {
        /** This agent is about to sign in: nothing has happened to it yet. Must not block. */
        default void signingIn(Agent agent) {}

        /** There is no agent any more. */
        default void signedOut() {}
    }

    /**
     * Takes the seat; nobody is signed in.
     *
     * @param home its folder; made where it is missing, and kept to its user alone
     * @param systemApplications read-only folders of applications registered for every user, the first one winning
     * @param notices takes what the user should read but no window shows, a line at a time; any thread
     * @throws SessionException E_INVALIDARG ({@code HOME/agent.conf} is malformed), E_FAIL (the seat is taken, or the home
     *     cannot be used)
     */
    public static Seat take(Path home, List<Path> systemApplications, Consumer<String> notices) {
        return in(AgentHome.open(home), systemApplications, notices);
    }

    /** The same; null where the seat is taken, in this process or another. */
    public static @Nullable Seat takeIfFree(Path home, List<Path> systemApplications, Consumer<String> notices) {
        AgentHome held = AgentHome.openIfFree(home);
        return held == null ? null : in(held, systemApplications, notices);
    }

    private static Seat in(AgentHome held, List<Path> systemApplications, Consumer<String> notices) {
        try {
            return new Seat(held, SettingsFile.of(held), systemApplications, notices);
        } catch (IOException e) {
            held.close();
            throw Agent.unusable(held.file(""), e);
        } catch (RuntimeException e) {
            held.close();
            throw e;
        }
    }

    /** What {@link #openCommand} is of a home whose seat somebody else has; empty where its settings cannot be read. */
    public static List<String> openCommand(Path home) {
        try {
            return SettingsFile.open(home.resolve("agent.conf"), InstantSource.system())
                    .settings()
                    .open();
        } catch (IOException | BadFileException e) {
            log.debug("How to open pages", e);
            return List.of();
        }
    }

    /** Its folder. */
    public Path home() {
        return home.file("");
    }

    /** Where the agent keeps what only it reads. */
    public Path state() {
        return home.file("state");
    }

    /** Where what has been is kept of one account; made where it is missing. */
    public Path history(String user) throws IOException {
        return home.history(user);
    }

    /** Whether the window is to open by itself when an invitation must be answered. */
    public boolean opensOnInvitation() {
        return settings.settings().openOnInvitation();
    }

    /** The command the user chose to open pages with, to which the address is added; empty for the platform's own. */
    public List<String> openCommand() {
        return settings.settings().open();
    }

    /** Whether the user lets download addresses be http. */
    public boolean plainHttp() {
        return settings.settings().plainHttp();
    }

    /** The agent that runs; null while nobody is signed in. */
    public @Nullable Agent agent() {
        return agent;
    }

    /** Hears what happens from now on. */
    public void addListener(Listener listener) {
        listeners.add(listener);
    }

    /**
     * Starts an agent, which signs in.
     *
     * @param secret the password; copied
     * @throws SessionException E_INVALIDARG (a value is malformed), E_FAIL (somebody is signed in already, or the home cannot be
     *     used)
     */
    public synchronized Agent signIn(Account account, char[] secret) {
        if (closed) {
            throw new SessionException(E_FAIL, "the agent is closing", "start it again");
        }
        Agent before = agent;
        if (before != null) {
            throw new SessionException(E_FAIL, before.user() + " is signed in", "sign out first");
        }
        if (secret.length == 0) {
            throw new SessionException(E_INVALIDARG, "the password is empty", "give the account's password");
        }
        char[] own = Arrays.copyOf(secret, secret.length);
        try {
            Agent starting = Agent.in(
                    home,
                    settings,
                    new AgentConfig(
                            home.file(""),
                            account.user(),
                            () -> Arrays.copyOf(own, own.length),
                            account.host(),
                            account.port(),
                            account.trusted(),
                            systemApplications,
                            notices));
            agent = starting;
            password = own;
            tell(listener -> listener.signingIn(starting));
            starting.connect();
            return starting;
        } finally {
            if (agent == null) {
                Arrays.fill(own, '\0');
            }
        }
    }

    /** Ends the agent, if one runs: sessions end, applications go on. */
    public synchronized void signOut() {
        Agent ending = agent;
        if (ending == null) {
            return;
        }
        ending.close();
        agent = null;
        if (password != null) {
            Arrays.fill(password, '\0');
            password = null;
        }
        tell(Listener::signedOut);
    }

    private void tell(Consumer<Listener> call) {
        for (Listener listener : listeners) {
            try {
                call.accept(listener);
            } catch (RuntimeException e) {
                log.error("Who hears of signing in and out failed", e);
            }
        }
    }

    /** The account to sign in with again and, where the user wished to stay signed in, its password. */
    public KeptAccount kept() {
        return kept;
    }

    /** Signs out and gives the home free. */
    @Override
    public void close() {
        synchronized (this) {
            signOut();
            closed = true;
        }
        home.close();
    }
}
