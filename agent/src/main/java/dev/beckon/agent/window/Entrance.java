package dev.beckon.agent.window;

import static dev.beckon.ResultCode.E_FAIL;

import com.google.gson.JsonObject;
import dev.beckon.SessionException;
import dev.beckon.agent.files.AtomicFile;
import dev.beckon.agent.launch.Browser;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A way into a window: an address that lets in whoever opens it, once and within a minute. For the user alone.
 *
 * <p>Thread: any.
 */
public final class Entrance {
    /** In the home, while a window is served: where, and what asks it for a way in. */
    static final String FILE = "window";

    private static final int PATIENCE_MILLIS = 10_000;
    private static final int MAX_BYTES = 4096;
    private static final String BEGINNING = "open-";
    private static final Logger log = LoggerFactory.getLogger(Entrance.class);

    private final String url;
    private final Path state;

    Entrance(String origin, String token, Path state) {
        this.url = origin + Gate.ENTER + "?token=" + token;
        this.state = state;
    }

    /**
     * A way into the window that another process serves for a home. Only where its seat is known to be taken: what a process that died
     * left behind names a port that may be anybody's by now.
     *
     * @throws SessionException E_FAIL (no window is served, or it does not answer)
     */
    public static Entrance ofRunning(Path home) {
        try {
            JsonObject file = read(home.resolve(FILE));
            int port = Json.number(file, "port", 65535);
            String origin = "http://127.0.0.1:" + port;
            String token = Json.text(Json.read(ask(origin, Json.text(file, "key"))), "token");
            if (!token.matches("[A-Za-z0-9_-]{20,100}")) {
                throw new IOException("its answer is none");
            }
            return new Entrance(origin, token, home.resolve("state"));
        } catch (NoSuchFileException e) {
            throw new SessionException(
                    E_FAIL,
                    "the agent of " + home + " runs without a window",
                    "stop it; start it again without --no-window, or with: beckon open");
        } catch (IOException | Refused e) {
            throw new SessionException(
                    E_FAIL,
                    "the window of " + home + " does not answer: " + e.getMessage(),
                    "try again; else start the agent anew");
        }
    }

    private static JsonObject read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return Json.read(in.readNBytes(MAX_BYTES));
        }
    }

    private static byte[] ask(String origin, String key) throws IOException {
        // Never by a proxy that is set for the web: it would learn the key.
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(origin + Gate.OPEN).toURL().openConnection(Proxy.NO_PROXY);
        connection.setRequestMethod("POST");
        connection.setRequestProperty("Authorization", "Bearer " + key);
        connection.setConnectTimeout(PATIENCE_MILLIS);
        connection.setReadTimeout(PATIENCE_MILLIS);
        connection.setInstanceFollowRedirects(false);
        try (InputStream in = connection.getInputStream()) {
            return in.readNBytes(MAX_BYTES);
        } finally {
            connection.disconnect();
        }
    }

    /** The address, {@code http://127.0.0.1:PORT/enter?token=…}. A secret. */
    public String url() {
        return url;
    }

    /**
     * Opens it in the user's browser, by a file that leads there: an argument could be read by other users.
     *
     * @param otherwise called where there is no browser or it cannot be started; on any thread
     */
    public void open(Browser browser, Runnable otherwise) {
        Path file = state.resolve(BEGINNING + UUID.randomUUID() + ".html");
        try {
            AtomicFile.write(file, """
                    <!doctype html>
                    <html lang="en">
                    <meta charset="utf-8">
                    <meta name="referrer" content="no-referrer">
                    <meta http-equiv="refresh" content="0; url=%s">
                    <title>Beckon</title>
                    <p><a href="%s">Beckon</a></p>
                    </html>
                    """.formatted(url, url));
        } catch (IOException e) {
            log.warn("The window cannot be opened by a file: {}", e.toString());
            otherwise.run();
            return;
        }
        browser.open(file.toUri().toString(), otherwise);
    }

    /** Removes the files that led in, where they do not any more. */
    static void sweep(Path state, @Nullable Instant before) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(state, BEGINNING + "*.html")) {
            for (Path file : files) {
                if (before == null
                        || Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            log.debug("Removing what led into the window", e);
        }
    }

    /** Without what lets in. */
    @Override
    public String toString() {
        return url.substring(0, url.indexOf(Gate.ENTER));
    }
}
