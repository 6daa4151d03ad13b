package dev.beckon.benchmarks.load;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The processes of the server: there already, or started and stopped by commands. */
interface ServerProcess {
    /** A server that has done nothing yet, if {@link #isFresh}; else the one that runs. */
    Processes start() throws ServerFault, InterruptedException;

    void stop() throws ServerFault, InterruptedException;

    /** Whether its CPU time and memory can be seen. */
    boolean knowsServer();

    /** Whether each start gives a server that has done nothing yet. */
    boolean isFresh();

    /** A server that runs; without pids its CPU time and memory are not known. */
    static ServerProcess running(List<Long> pids) {
        return new ServerProcess() {
            @Override
            public Processes start() {
                return Processes.of(pids);
            }

            @Override
            public void stop() {}

            @Override
            public boolean knowsServer() {
                return !pids.isEmpty();
            }

            @Override
            public boolean isFresh() {
                return false;
            }
        };
    }

    /** Shell commands; the last line that {@code start} prints are the pids. */
    static ServerProcess commands(String start, String stop) {
        return new ServerProcess() {
            @Override
            public Processes start() throws ServerFault, InterruptedException {
                String[] lines = run(start).strip().split("\n");
                String last = lines[lines.length - 1];
                if (!last.matches("[0-9]+([ ,]+[0-9]+)*")) {
                    throw new ServerFault("the last line of --start must be the server's pids, it was: " + last);
                }
                return Processes.of(
                        Arrays.stream(last.split("[ ,]+")).map(Long::valueOf).toList());
            }

            @Override
            public void stop() throws ServerFault, InterruptedException {
                run(stop);
            }

            @Override
            public boolean knowsServer() {
                return true;
            }

            @Override
            public boolean isFresh() {
                return true;
            }
        };
    }

    private static String run(String command) throws ServerFault, InterruptedException {
        try {
            Process process = new ProcessBuilder("sh", "-c", command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            process.getOutputStream().close();
            // Read in full: whoever inherited it must have closed it.
            String output;
            try (InputStream out = process.getInputStream()) {
                output = new String(out.readAllBytes(), StandardCharsets.UTF_8);
            }
            if (!process.waitFor(2, TimeUnit.MINUTES) || process.exitValue() != 0) {
                process.destroy();
                throw new ServerFault("failed: " + command + "\n" + output);
            }
            return output;
        } catch (IOException e) {
            throw new ServerFault("failed: " + command + ": " + e.getMessage());
        }
    }
}
