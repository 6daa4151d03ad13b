package dev.beckon.cli;

import dev.beckon.Messenger;
import dev.beckon.SessionException;
import dev.beckon.agent.Agent;
import dev.beckon.agent.AgentConfig;
import dev.beckon.agent.Seat;
import dev.beckon.agent.launch.Browser;
import dev.beckon.agent.window.Entrance;
import dev.beckon.agent.window.Window;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A seat that a command has taken: whoever signs in at it is watched, and its window is served where one is wanted. */
final class AtSeat implements Seat.Listener {
    /** A browser that cannot be started says so at once. */
    private static final long BROWSER_SECONDS = 2;

    private final Output output;
    private final Seat seat;
    private final @Nullable Window window;
    private @Nullable Consumer<String> gaveUp;

    private AtSeat(Output output, Seat seat, boolean withWindow) {
        this.output = output;
        this.seat = seat;
        this.window = withWindow ? Window.of(seat, new OwnService(seat.home()), output::warn) : null;
        seat.addListener(this);
    }

    /**
     * Takes the seat of a home.
     *
     * @throws SessionException E_FAIL where it is taken
     */
    static AtSeat take(Path home, boolean withWindow, Output output) {
        return new AtSeat(output, Seat.take(home, AgentConfig.systemFolders(), output::warn), withWindow);
    }

    /** The same, with a window; null where it is taken. */
    static @Nullable AtSeat takeIfFree(Path home, Output output) {
        Seat seat = Seat.takeIfFree(home, AgentConfig.systemFolders(), output::warn);
        return seat == null ? null : new AtSeat(output, seat, true);
    }

    Seat seat() {
        return seat;
    }

    /** Its window. */
    Window window() {
        if (window == null) {
            throw new IllegalStateException("no window was wanted");
        }
        return window;
    }

    /** Tells why the agent that signs in next does not even try any more, if so. */
    void tellIfGivenUp(Consumer<String> why) {
        gaveUp = why;
    }

    @Override
    public void signingIn(Agent agent) {
        Messenger messenger = agent.messenger();
        messenger.problems().forEach(output::warn);
        Consumer<String> why = gaveUp == null ? reason -> {} : gaveUp;
        gaveUp = null;
        Watch watch = new Watch(output, why);
        messenger.addListener(watch);
        watch.started(messenger.connection(), seat.home());
    }

    @Override
    public void signedOut() {
        output.say(output.ink(Output.Ink.FAINT, "signed out"));
    }

    /** Shows a way into a window: in the browser, else as an address. */
    static void show(Entrance entrance, Path home, boolean print, Output output) throws InterruptedException {
        if (print) {
            printed(entrance, output);
            return;
        }
        CountDownLatch failed = new CountDownLatch(1);
        entrance.open(Browser.ofPlatform(() -> Seat.openCommand(home)), failed::countDown);
        if (failed.await(BROWSER_SECONDS, TimeUnit.SECONDS)) {
            output.warn("no browser can be started here; open this address within a minute:");
            printed(entrance, output);
        } else {
            output.note("The window opens in your browser. If it does not: beckon open --print");
        }
    }

    private static void printed(Entrance entrance, Output output) {
        output.result(entrance.url(), Output.object("event", "window", "url", entrance.url()));
    }

    /** Ends everything. */
    void close() {
        // Whoever is signed in to the embedded service signs out before it ends.
        seat.signOut();
        if (window != null) {
            window.close();
        }
        seat.close();
    }
}
