package dev.beckon.local;

import dev.beckon.Messenger;
import dev.beckon.SessionException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Connects an application to its user's agent.
 *
 * <p>Thread: any. A connection has a thread that reads and one that runs listeners, both daemons: they do not keep a
 * program alive. When the agent goes away, every live session ends with SR_CONNECTION_FAILURE, then
 * {@code onAppShutdown} is told, and every call fails with E_FAIL; connecting again is the application's choice.
 */
public final class Beckon {
    private Beckon() {}

    /**
     * Connects to the agent of this user.
     *
     * @return the messenger; closing it ends the connection
     * @throws SessionException E_FAIL where no agent listens
     */
    public static Messenger connect() {
        return connect(Options.fromEnvironment());
    }

    /**
     * Connects to the agent that listens there.
     *
     * @throws SessionException E_FAIL where none does
     */
    public static Messenger connect(Path socket) {
        return connect(Options.fromEnvironment().withSocket(socket));
    }

    /**
     * Connects as these options say.
     *
     * @throws SessionException E_FAIL where no agent listens, E_INVALIDARG (the application is no GUID)
     */
    public static Messenger connect(Options options) {
        return RemoteMessenger.connect(options);
    }

    /**
     * Where this user's agent listens: {@code $BECKON_SOCKET}, else {@code agent.sock} in {@link #home}.
     */
    public static Path socket() {
        return socket(System.getenv(), System.getProperty("os.name", ""), System.getProperty("user.home", ""));
    }

    /**
     * The folder of this user's agent: {@code $BECKON_HOME}, else {@code beckon} in the user's configuration folder
     * ({@code $XDG_CONFIG_HOME} or {@code ~/.config}; {@code ~/Library/Application Support} on macOS; {@code %APPDATA%}
     * on Windows).
     */
    public static Path home() {
        return home(System.getenv(), System.getProperty("os.name", ""), System.getProperty("user.home", ""));
    }

    static Path socket(Map<String, String> environment, String system, String userHome) {
        String socket = environment.getOrDefault("BECKON_SOCKET", "");
        return socket.isEmpty() ? home(environment, system, userHome).resolve("agent.sock") : Path.of(socket);
    }

    static Path home(Map<String, String> environment, String system, String userHome) {
        String home = environment.getOrDefault("BECKON_HOME", "");
        if (!home.isEmpty()) {
            return Path.of(home);
        }
        String name = system.toLowerCase(Locale.ROOT);
        // The XDG Base Directory Specification: a relative path in the variable is to be ignored.
        String xdg = environment.getOrDefault("XDG_CONFIG_HOME", "");
        if (!xdg.isEmpty() && Path.of(xdg).isAbsolute()) {
            return Path.of(xdg, "beckon");
        }
        if (name.startsWith("windows")) {
            String appData = environment.getOrDefault("APPDATA", "");
            return appData.isEmpty() ? Path.of(userHome, "AppData", "Roaming", "beckon") : Path.of(appData, "beckon");
        }
        return name.startsWith("mac")
                ? Path.of(userHome, "Library", "Application Support", "beckon")
                : Path.of(userHome, ".config", "beckon");
    }

    /**
     * How to connect.
     *
     * @param socket where the agent listens
     * @param application GUID of the application that connects; null for a window or a command. It decides which
     *     invitations come here
     * @param launchedFor ID of the session this process was launched for; null where it was not launched
     */
    public record Options(
            Path socket,
            @Nullable String application,
            @Nullable String launchedFor) {
        /** The agent of this user, no application, and the session in {@code $BECKON_SESSION}. */
        public static Options fromEnvironment() {
            String session = System.getenv("BECKON_SESSION");
            return new Options(Beckon.socket(), null, session == null || session.isEmpty() ? null : session);
        }

        /** These, at another socket. */
        public Options withSocket(Path socket) {
            return new Options(socket, application, launchedFor);
        }

        /** These, for this application. */
        public Options withApplication(String guid) {
            return new Options(socket, guid, launchedFor);
        }
    }
}
