package dev.beckon.cli;

import dev.beckon.SessionException;
import dev.beckon.agent.window.Entrance;
import dev.beckon.agent.window.Window;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code beckon open}. */
@Command(
        name = "open",
        description = {
            "Open the window: the page through which you sign in, invite and are invited.",
            "Where no agent runs yet, it runs one and stays, until Ctrl-C."
        })
final class OpenCommand implements Callable<Integer> {
    /** Who has just taken the seat needs a moment until the window is served. */
    private static final long MOMENT_MILLIS = 3000;

    private final Output output;

    @Mixin
    private AgentOptions agent = new AgentOptions();

    @Option(
            names = "--print",
            description =
                    "Print the address instead of opening a browser. It works once, within a minute, for anybody: keep it.")
    private boolean print;

    OpenCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws InterruptedException {
        Path home = agent.home().toAbsolutePath().normalize();
        AtSeat here = AtSeat.takeIfFree(home, output);
        if (here == null) {
            AtSeat.show(running(home), home, print, output);
            return Exit.DONE.number();
        }
        return stay(here);
    }

    private Integer stay(AtSeat here) throws InterruptedException {
        Lifetime lifetime = new Lifetime();
        lifetime.closes(here::close);
        Path home = here.seat().home();
        try {
            Logging.toFile(home.resolve("agent.log"));
            Window window = here.window();
            window.serve();
            AtSeat.show(window.entrance(), home, print, output);
            window.resume();
        } catch (SessionException e) {
            here.close();
            throw e;
        }
        return lifetime.await();
    }

    private static Entrance running(Path home) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MOMENT_MILLIS);
        while (!Files.exists(home.resolve("window")) && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return Entrance.ofRunning(home);
    }
}
