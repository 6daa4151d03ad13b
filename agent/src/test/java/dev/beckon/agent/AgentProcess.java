package dev.beckon.agent;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** An agent in a process of its own; it takes the password from its input and stays until it is told to stop. */
final class AgentProcess {
    private AgentProcess() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        String password = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        Agent.start(AgentConfig.of(Path.of(args[0]), args[1], password::toCharArray)
                .withService("127.0.0.1", Integer.parseInt(args[2]))
                .withTrusted(Path.of(args[3]))
                .withSystemApplications(List.of()));
        new CountDownLatch(1).await();
    }
}
