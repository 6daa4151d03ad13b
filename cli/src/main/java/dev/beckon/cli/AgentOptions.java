package dev.beckon.cli;

import dev.beckon.Application;
import dev.beckon.Messenger;
import dev.beckon.ResultCode;
import dev.beckon.Session;
import dev.beckon.SessionException;
import dev.beckon.agent.Agent;
import dev.beckon.local.Beckon;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which agent a command talks to, and how it names things of it. */
final class AgentOptions {
    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "The agent's folder; by default $$BECKON_HOME, else beckon in your configuration folder.")
    @Nullable
    Path home;

    /** The agent's folder. */
    Path home() {
        return home == null ? Beckon.home() : home;
    }

    private Path socket() {
        String socket = System.getenv().getOrDefault("BECKON_SOCKET", "");
        return home == null && !socket.isEmpty() ? Path.of(socket) : Agent.socketOf(home());
    }

    /** A connection to the agent, as a window has it. */
    Messenger connect() {
        Path socket = socket();
        try {
            return Beckon.connect(new Beckon.Options(socket, null, null));
        } catch (SessionException e) {
            if (e.code() == ResultCode.E_FAIL && !Files.exists(socket)) {
                if (Files.exists(home().resolve("window"))) {
                    throw new Failure(
                            Exit.NO_AGENT,
                            "nobody is signed in at " + home(),
                            "sign in by the window: beckon open" + (home == null ? "" : " --home " + home));
                }
                throw new Failure(
                        Exit.NO_AGENT,
                        "no agent runs for " + home(),
                        "start one with: beckon agent --user NAME@DOMAIN" + (home == null ? "" : " --home " + home));
            }
            if (e.code() == ResultCode.E_FAIL) {
                throw new Failure(Exit.NO_AGENT, e.problem(), e.remedy());
            }
            throw e;
        }
    }

    /** The registered application of this GUID or name, in any case. */
    static Application application(Messenger messenger, String guidOrName) {
        List<Application> all = messenger.applications();
        List<Application> found = all.stream()
                .filter(app ->
                        app.guid().equalsIgnoreCase(guidOrName) || app.name().equalsIgnoreCase(guidOrName))
                .toList();
        if (found.size() > 1) {
            throw new Failure(
                    Exit.USAGE,
                    "several applications are called " + guidOrName,
                    "name one by its GUID: "
                            + String.join(
                                    ", ", found.stream().map(Application::guid).toList()));
        }
        if (found.isEmpty()) {
            String known = String.join(", ", all.stream().map(Application::name).toList());
            throw new Failure(
                    Exit.NOT_FOUND,
                    "no application \"" + guidOrName + "\" is registered",
                    known.isEmpty()
                            ? "register one with: beckon apps register NAME --path PROGRAM"
                            : "registered are: " + known);
        }
        return found.get(0);
    }

    /**
     * The session that is meant: its ID begins like this; where nothing is said, the only one.
     *
     * @param which those that can be meant
     * @param what what they are called, in the plural
     */
    static Session session(Messenger messenger, @Nullable String prefix, Predicate<Session> which, String what) {
        List<Session> candidates = messenger.sessions().stream()
                .filter(prefix == null ? which : session -> matches(session, prefix))
                .toList();
        // A prefix may fit a session that is over as well: then the living one is meant.
        List<Session> meant = candidates.stream().filter(which).toList();
        List<Session> found = meant.isEmpty() ? candidates : meant;
        if (found.size() == 1) {
            return found.get(0);
        }
        if (found.isEmpty()) {
            throw new Failure(
                    Exit.NOT_FOUND,
                    prefix == null ? "there are no " + what : "no session begins with " + prefix,
                    "see them with: beckon sessions");
        }
        String ids = String.join(
                ", ",
                found.stream()
                        .limit(5)
                        .map(session -> shortId(session.sessionId()))
                        .toList());
        throw new Failure(
                Exit.USAGE,
                prefix == null
                        ? "there are " + found.size() + " " + what
                        : found.size() + " sessions begin with " + prefix,
                "say which: " + ids);
    }

    private static boolean matches(Session session, String prefix) {
        String wanted = prefix.startsWith("{") ? prefix.substring(1) : prefix;
        return session.sessionId().substring(1).startsWith(wanted.toUpperCase(Locale.ROOT));
    }

    /** What people type of a session's ID. */
    static String shortId(String sessionId) {
        return sessionId.length() > 9 ? sessionId.substring(1, 9) : sessionId;
    }
}
