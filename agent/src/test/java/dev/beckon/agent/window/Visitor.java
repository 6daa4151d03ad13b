package dev.beckon.agent.window;

import static org.awaitility.Awaitility.await;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page that was let into a window: asks as a browser does, and hears what it is told. */
final class Visitor implements AutoCloseable {
    static final Duration LONG = Duration.ofSeconds(60);
    private static final Pattern KEY = Pattern.compile("name=\"beckon-key\" content=\"([^\"]+)\"");

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    final String origin;
    final String cookie;
    final String key;
    private final Map<String, JsonElement> sections = new ConcurrentHashMap<>();
    private final List<JsonObject> entries = new CopyOnWriteArrayList<>();
    private final List<String> cleared = new CopyOnWriteArrayList<>();
    private InputStream stream;
    private Thread reader;

    /** Enters. */
    Visitor(Entrance entrance) {
        try {
            origin = entrance.toString();
            HttpResponse<String> entered = client.send(
                    HttpRequest.newBuilder(URI.create(entrance.url())).build(), BodyHandlers.ofString());
            Matcher found = KEY.matcher(entered.body());
            if (entered.statusCode() != 200 || !found.find()) {
                throw new AssertionError(entered.statusCode() + ": " + entered.body());
            }
            key = found.group(1);
            cookie = entered.headers().firstValue("set-cookie").orElseThrow().split(";")[0];
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Listens, and has heard all sections when this returns. */
    Visitor listening() {
        try {
            HttpResponse<InputStream> opened =
                    client.send(request("/api/events").build(), BodyHandlers.ofInputStream());
            if (opened.statusCode() != 200) {
                throw new AssertionError("not let in to listen: " + opened.statusCode());
            }
            stream = opened.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        reader = new Thread(this::read, "listening page");
        reader.setDaemon(true);
        reader.start();
        await().atMost(LONG).until(() -> sections.containsKey("ready"));
        return this;
    }

    private void read() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            String event = "";
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith("event: ")) {
                    event = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    heard(event, JsonParser.parseString(line.substring(6)));
                }
            }
        } catch (IOException e) {
            // Closed from one side or the other.
            return;
        }
    }

    private void heard(String event, JsonElement data) {
        switch (event) {
            case "entry" -> entries.add(data.getAsJsonObject());
            case "cleared" -> cleared.add(data.getAsJsonObject().get("contact").getAsString());
            default -> sections.put(event, data);
        }
    }

    boolean isListening() {
        return reader.isAlive();
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(origin + path))
                .timeout(LONG)
                .header("Cookie", cookie)
                .header("X-Beckon-Key", key);
    }

    /** Asks for something to be done. */
    HttpResponse<String> tries(String action, Object... namesAndValues) {
        return send(request("/api/" + action)
                .header("Origin", origin)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(Json.object(namesAndValues).toString()))
                .build());
    }

    /** The same, which has to be done. */
    JsonObject does(String action, Object... namesAndValues) {
        HttpResponse<String> response = tries(action, namesAndValues);
        if (response.statusCode() != 200) {
            throw new AssertionError(action + ": " + response.statusCode() + " " + response.body());
        }
        return JsonParser.parseString(response.body()).getAsJsonObject();
    }

    HttpResponse<String> send(HttpRequest request) {
        try {
            return client.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** What the page would show of a conversation. */
    List<JsonObject> conversation(String contact) {
        HttpResponse<String> response =
                send(request("/api/conversation?contact=" + URLEncoder.encode(contact, StandardCharsets.UTF_8))
                        .build());
        return objects(JsonParser.parseString(response.body()).getAsJsonObject().getAsJsonArray("entries"));
    }

    JsonElement section(String name) {
        return sections.get(name);
    }

    JsonObject object(String name) {
        return section(name).getAsJsonObject();
    }

    List<JsonObject> list(String name) {
        return objects(section(name).getAsJsonArray());
    }

    private static List<JsonObject> objects(JsonArray array) {
        return array.asList().stream().map(JsonElement::getAsJsonObject).toList();
    }

    /** Waits until a section's list holds such an object; returns it. */
    JsonObject awaits(String section, Predicate<JsonObject> wanted) {
        await().atMost(LONG).until(() -> list(section).stream().anyMatch(wanted));
        return list(section).stream().filter(wanted).findFirst().orElseThrow();
    }

    void awaitSection(String section, Predicate<JsonElement> wanted) {
        await().atMost(LONG).until(() -> wanted.test(section(section)));
    }

    List<JsonObject> entries() {
        return entries;
    }

    List<String> cleared() {
        return cleared;
    }

    @Override
    public void close() throws IOException {
        if (stream != null) {
            stream.close();
        }
    }
}
