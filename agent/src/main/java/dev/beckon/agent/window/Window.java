package dev.beckon.agent.window;

import static dev.beckon.ResultCode.E_FAIL;

import dev.beckon.SessionException;
import dev.beckon.agent.Agent;
import dev.beckon.agent.Seat;
import dev.beckon.agent.files.AtomicFile;
import dev.beckon.agent.launch.Browser;
import dev.beckon.agent.launch.DownloadPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The window of a {@link Seat}: a page that this process serves to the user's browser, on this computer alone. It follows the seat from
 * {@link #of} on, and keeps conversations whether or not a page is open.
 *
 * <p>Thread: any.
 */
public final class Window implements AutoCloseable {
    /** A browser that was asked to open the page is given this long to do so before it is asked again. */
    private static final Duration OPENING = Duration.ofSeconds(30);

    private static final Logger log = LoggerFactory.getLogger(Window.class);

    private final Seat seat;
    private final Path file;
    private final Gate gate = new Gate(InstantSource.system());
    private final Feed feed = new Feed();
    private final SignIn signIn;
    private final Sections sections;
    private final Browser browser;
    private final Actions actions;
    private @Nullable Doorbell bell;
    private @Nullable Instant opened;

    private Window(Seat seat, @Nullable EmbeddedService service, Consumer<String> notices) {
        this.seat = seat;
        this.file = seat.home().resolve(Entrance.FILE);
        this.browser = Browser.ofPlatform(seat::openCommand);
        // What follows from an event may end the agent that told of it.
        Executor own = task -> {
            Thread thread = new Thread(task, "beckon-window-follows");
            thread.setDaemon(true);
            thread.start();
        };
        this.signIn = new SignIn(seat, service, feed, own, this::changed, () -> own.execute(this::asked));
        this.sections = new Sections(feed, signIn::account, signIn::sitting, seat::plainHttp, this::sweep);
        DownloadPage downloads = new DownloadPage(browser, notices);
        this.actions = new Actions(signIn, feed, downloads::open, seat::plainHttp, this::changed);
        seat.addListener(signIn);
        Agent running = seat.agent();
        if (running != null) {
            signIn.signingIn(running);
        }
    }

    /**
     * The window of a seat; it is served from {@link #serve} on.
     *
     * @param service what runs a service in this process; null where none can be
     * @param notices takes what the user should read but no page shows, a line at a time; any thread
     */
    public static Window of(Seat seat, @Nullable EmbeddedService service, Consumer<String> notices) {
        return new Window(seat, service, notices);
    }

    /**
     * Serves it, on a free port of the loopback address.
     *
     * @throws SessionException E_FAIL
     */
    public synchronized void serve() {
        if (bell != null) {
            return;
        }
        try {
            Files.deleteIfExists(file);
            Entrance.sweep(seat.state(), null);
            Doorbell listening = new Doorbell(() -> new Routes(gate, Page.load(), feed, sections, actions));
            bell = listening;
            gate.at(listening.port());
            AtomicFile.write(file, Json.object("port", gate.port(), "key", gate.ownerKey()) + "\n");
            log.info("The window is served at {}", gate.origin());
        } catch (IOException e) {
            throw new SessionException(
                    E_FAIL, "the window cannot be served: " + e.getMessage(), "see that Beckon's folder can be used");
        }
    }

    /** Starts the embedded service if there is one, and signs in who wished to stay signed in; what fails, the page says. */
    public void resume() {
        signIn.resume();
    }

    /** Where the page is, for who was let in already. */
    public String address() {
        return gate.origin() + "/";
    }

    /** A way in, for the user alone. */
    public Entrance entrance() {
        return new Entrance(gate.origin(), gate.token(), seat.state());
    }

    private void changed() {
        sections.changed();
    }

    /** An invitation is to be answered: somebody should see it. */
    private void asked() {
        synchronized (this) {
            Instant now = Instant.now();
            boolean opening = opened != null && opened.plus(OPENING).isAfter(now);
            if (bell == null || feed.pages() > 0 || opening || !seat.opensOnInvitation()) {
                return;
            }
            opened = now;
        }
        entrance().open(browser, () -> log.info("No browser can be opened for the invitation"));
    }

    private void sweep() {
        Entrance.sweep(seat.state(), Instant.now().minus(Gate.TOKEN_LIFE));
    }

    /** Ends what is served, and the embedded service; the seat stays. */
    @Override
    public void close() {
        synchronized (this) {
            sections.close();
            if (bell != null) {
                bell.close();
                Entrance.sweep(seat.state(), null);
                try {
                    Files.deleteIfExists(file);
                } catch (IOException e) {
                    log.debug("Removing {}", file, e);
                }
            }
        }
        signIn.close();
    }
}
