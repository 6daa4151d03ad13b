package dev.beckon.agent.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LaunchEnvironmentTest {
    @Test
    void secretsAndWhatTheAgentWasToldStayBehind() {
        Map<String, String> environment = new HashMap<>(Map.of(
                "PATH", "/bin",
                "DISPLAY", ":0",
                "SSH_AUTH_SOCK", "/run/ssh",
                "BECKON_PASSWORD_FILE", "/x",
                "BECKON_SESSION", "of another",
                "PGPASSWORD", "x",
                "github_token", "x",
                "AWS_SECRET_ACCESS_KEY", "x",
                "OPENAI_API_KEY", "x"));
        LaunchEnvironment.prepare(environment, "{S}", Path.of("/run/agent.sock"));

        assertThat(environment)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "PATH", "/bin",
                        "DISPLAY", ":0",
                        "SSH_AUTH_SOCK", "/run/ssh",
                        "BECKON_SESSION", "{S}",
                        "BECKON_SOCKET", Path.of("/run/agent.sock").toString()));
    }
}
