package dev.beckon.agent;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.beckon.agent.files.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The account somebody signed in with last, kept in {@code account.json}, which its user alone may read. The password is in it only
 * where that user wished to stay signed in.
 *
 * <p>Thread: any.
 */
public final class KeptAccount {
    private static final Logger log = LoggerFactory.getLogger(KeptAccount.class);
    private static final int MAX_BYTES = 64 * 1024;

    private final Path file;
    private @Nullable Content content;

    /**
     * What is kept.
     *
     * @param password null where it has to be asked for
     */
    public record Content(Account account, @Nullable String password) {
        /** Whether the user stays signed in: the password is kept. */
        public boolean stays() {
            return password != null;
        }

        /** Without the password. */
        @Override
        public String toString() {
            return "Content[account=" + account + ", stays=" + stays() + "]";
        }
    }

    /** What an earlier agent kept. A file that cannot be taken counts as none. */
    KeptAccount(Path state) {
        this.file = state.resolve("account.json");
        this.content = read(file);
    }

    /** What is kept; null where nothing is. */
    public synchronized @Nullable Content content() {
        return content;
    }

    /**
     * Keeps this instead of what was kept.
     *
     * @throws IOException where it cannot be stored; it is kept for as long as the process lives then
     */
    public synchronized void keep(Account account, @Nullable String password) throws IOException {
        content = new Content(account, password);
        JsonObject json = new JsonObject();
        json.addProperty("user", account.user());
        json.addProperty("host", account.host());
        json.addProperty("port", account.port());
        Path trusted = account.trusted();
        json.addProperty("trusted", trusted == null ? null : trusted.toString());
        json.addProperty("password", password);
        AtomicFile.write(file, json + "\n");
    }

    /** Keeps nothing any more. */
    public synchronized void forget() throws IOException {
        content = null;
        Files.deleteIfExists(file);
    }

    private static @Nullable Content read(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new IOException("it has more than " + MAX_BYTES + " bytes");
            }
            JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
            String trusted = text(json, "trusted");
            String user = text(json, "user");
            if (user == null) {
                throw new IOException("it names no user");
            }
            return new Content(
                    new Account(
                            user,
                            text(json, "host"),
                            json.get("port").getAsInt(),
                            trusted == null ? null : Path.of(trusted)),
                    text(json, "password"));
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            log.warn("The account that was kept is lost: {}", e.toString());
        } catch (RuntimeException e) {
            // Whatever the reader trips over: its message may quote what stands there, which may be the password.
            log.warn("The account that was kept is lost: {} is damaged", file);
        }
        return null;
    }

    private static @Nullable String text(JsonObject json, String name) {
        var value = json.get(name);
        return value == null || value.isJsonNull() ? null : value.getAsString();
    }
}
