package dev.beckon.agent.window;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The files of the page: those that {@code page/files.txt} lists, and no others. They hold nobody's data. */
final class Page {
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml",
            "png", "image/png",
            "ico", "image/x-icon",
            "woff2", "font/woff2",
            "webmanifest", "application/manifest+json");

    private final Map<String, Reply> files;

    private Page(Map<String, Reply> files) {
        this.files = files;
    }

    /** Reads them all. */
    static Page load() throws IOException {
        Map<String, Reply> files = new HashMap<>();
        for (String name :
                new String(read("files.txt"), StandardCharsets.UTF_8).lines().toList()) {
            String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
            if (name.isBlank() || type == null) {
                throw new IOException("page/files.txt lists \"" + name + "\", which is of no kind that is served");
            }
            files.put("/" + name, new Reply(HttpResponseStatus.OK, type, read(name), Map.of()));
        }
        Reply index = files.get("/index.html");
        if (index != null) {
            files.put("/", index);
        }
        return new Page(files);
    }

    private static byte[] read(String name) throws IOException {
        try (InputStream in = Page.class.getResourceAsStream("page/" + name)) {
            if (in == null) {
                throw new IOException("the window's page/" + name + " is missing; build anew");
            }
            return in.readAllBytes();
        }
    }

    /** The file of this path; null where there is none. */
    @Nullable
    Reply file(String path) {
        return files.get(path);
    }

    /**
     * What who is let in gets: {@code enter.js} keeps the key where only pages of this origin find it.
     *
     * @param key of letters, digits, - and _
     */
    static Reply entrance(String key) {
        String page = """
                <!doctype html>
                <html lang="en">
                <meta charset="utf-8">
                <title>Beckon</title>
                <meta name="beckon-key" content="%s">
                <script src="/enter.js"></script>
                <noscript>Beckon needs JavaScript, all of it from this computer.</noscript>
                </html>
                """.formatted(key);
        return new Reply(
                HttpResponseStatus.OK, "text/html; charset=utf-8", page.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    /** Who comes too late, or twice. */
    static Reply shut() {
        String page = """
                <!doctype html>
                <html lang="en">
                <meta charset="utf-8">
                <title>Beckon</title>
                <h1>This way in is used up</h1>
                <p>It works once, and for a minute. Run <code>beckon open</code> for another.</p>
                </html>
                """;
        return new Reply(
                HttpResponseStatus.FORBIDDEN,
                "text/html; charset=utf-8",
                page.getBytes(StandardCharsets.UTF_8),
                Map.of());
    }
}
