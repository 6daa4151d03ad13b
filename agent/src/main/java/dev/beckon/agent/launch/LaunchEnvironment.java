package dev.beckon.agent.launch;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** The environment of a launched application: the agent's own without secrets, and where to find session and agent. */
final class LaunchEnvironment {
    /** The session the process was launched for, as {@link dev.beckon.Session#sessionId} writes it. */
    static final String SESSION = "BECKON_SESSION";
    /** Where the agent that launched it serves the local API. */
    static final String SOCKET = "BECKON_SOCKET";

    /** An application somebody else's invitation starts has no business with what the agent's shell was given. */
    private static final Pattern SECRET =
            Pattern.compile("PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY");

    private LaunchEnvironment() {}

    /** Makes an environment, which so far is the agent's own, that of an application. */
    static void prepare(Map<String, String> environment, String sessionId, Path socket) {
        withoutSecrets(environment);
        environment.put(SESSION, sessionId);
        environment.put(SOCKET, socket.toString());
    }

    /** Drops what other programs should not know, and what the agent itself was told. */
    static void withoutSecrets(Map<String, String> environment) {
        environment.keySet().removeIf(name -> {
            String upper = name.toUpperCase(Locale.ROOT);
            return upper.startsWith("BECKON_") || SECRET.matcher(upper).find();
        });
    }
}
