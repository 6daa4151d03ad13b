package dev.beckon.agent.window;

import com.google.gson.JsonObject;
import dev.beckon.agent.files.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was said and done with one person: a file of JSON lines, of which a later one of the same kind and ID takes the place of an
 * earlier one. Lines are added at the end; now and then the file is written anew without what was replaced and, where there is too much,
 * without the oldest. Not thread-safe.
 */
final class Conversation {
    static final int MOST_ENTRIES = 5000;
    static final int MOST_BYTES = 4 * 1024 * 1024;
    /** Enough for what the list of conversations shows. */
    private static final int TAIL_BYTES = 64 * 1024;

    private static final String READ = "read";

    private final Path file;
    private final String contact;
    private @Nullable Map<String, Line> lines;
    private @Nullable Line last;
    private int unread;
    private int damaged;
    private long bytes;

    /** An entry; {@code when} is its own. */
    record Line(JsonObject entry, Instant when) {
        private static String key(JsonObject entry) {
            return entry.get("kind").getAsString() + " " + entry.get("id").getAsString();
        }
    }

    private Conversation(Path file, String contact) {
        this.file = file;
        this.contact = contact;
    }

    /** One that begins. */
    static Conversation begin(Path file, String contact) {
        Conversation conversation = new Conversation(file, contact);
        conversation.lines = new LinkedHashMap<>();
        return conversation;
    }

    /** One that was kept; null where the file holds none. Reads its end alone. */
    static @Nullable Conversation kept(Path file) throws IOException {
        List<String> tail = text(file, TAIL_BYTES);
        for (int i = tail.size() - 1; i >= 0; i--) {
            String contact = contact(tail.get(i));
            if (contact != null) {
                Conversation conversation = new Conversation(file, contact);
                conversation.take(tail, new LinkedHashMap<>());
                return conversation;
            }
        }
        return null;
    }

    private static @Nullable String contact(String line) {
        try {
            return Json.textOrNull(Json.read(line), "contact");
        } catch (Refused e) {
            return null;
        }
    }

    String contact() {
        return contact;
    }

    /** Messages received that nobody has seen. */
    int unread() {
        return unread;
    }

    /** The latest entry; null where there is none. */
    @Nullable
    JsonObject last() {
        return last == null ? null : last.entry;
    }

    /** What the user should know about the file; null where all is well. */
    @Nullable
    String problem() {
        return damaged == 0
                ? null
                : file + ": " + damaged + " damaged " + (damaged == 1 ? "line is" : "lines are")
                        + " left out; mend the file, or clear the conversation";
    }

    /** Entries older than this, the newest last; one page of them. */
    List<Line> before(@Nullable Instant when, int most) throws IOException {
        List<Line> sorted = load().values().stream()
                .filter(line -> when == null || line.when.isBefore(when))
                .sorted(Comparator.comparing(Line::when))
                .toList();
        int from = Math.max(0, sorted.size() - most);
        // The next page begins before the oldest of this one, so none of its time may be left behind.
        while (from > 0 && sorted.get(from - 1).when.equals(sorted.get(from).when)) {
            from--;
        }
        return sorted.subList(from, sorted.size());
    }

    /** How many there are before that page. */
    boolean hasMore(List<Line> page) throws IOException {
        return !page.isEmpty() && load().values().stream().anyMatch(line -> line.when.isBefore(page.get(0).when));
    }

    /** Adds an entry, or replaces the one of its kind and ID. */
    void put(JsonObject entry) throws IOException {
        Map<String, Line> all = load();
        accept(entry, all);
        append(entry);
        if (all.size() > MOST_ENTRIES || bytes > MOST_BYTES) {
            compact(all);
        }
    }

    /** Everything so far has been seen. */
    void read() throws IOException {
        if (unread > 0) {
            unread = 0;
            append(Json.object("kind", READ));
        }
    }

    /** Forgets it all. */
    void clear() throws IOException {
        lines = new LinkedHashMap<>();
        last = null;
        unread = 0;
        damaged = 0;
        bytes = 0;
        Files.deleteIfExists(file);
    }

    /** Keeps in memory only what the list of conversations shows. */
    void unload() {
        lines = null;
    }

    private Map<String, Line> load() throws IOException {
        if (lines == null) {
            Map<String, Line> all = new LinkedHashMap<>();
            take(text(file, MOST_BYTES), all);
            lines = all;
        }
        return lines;
    }

    private void take(List<String> text, Map<String, Line> into) {
        last = null;
        unread = 0;
        damaged = 0;
        for (String each : text) {
            try {
                accept(Json.read(each), into);
            } catch (Refused | DateTimeException | IllegalStateException | UnsupportedOperationException e) {
                damaged++;
            }
        }
    }

    private void accept(JsonObject entry, Map<String, Line> into) {
        String kind = Json.text(entry, "kind");
        if (kind.equals(READ)) {
            unread = 0;
            return;
        }
        Json.text(entry, "id");
        Line line = new Line(entry, Instant.parse(Json.text(entry, "when")));
        entry.remove("contact");
        boolean isNew = into.put(Line.key(entry), line) == null;
        if (isNew && "RECEIVED".equals(Json.textOrNull(entry, "fate"))) {
            unread++;
        }
        if (last == null || !line.when.isBefore(last.when)) {
            last = line;
        }
    }

    private void append(JsonObject entry) throws IOException {
        JsonObject line = entry.deepCopy();
        line.addProperty("contact", contact);
        Set<OpenOption> options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ);
        try (FileChannel channel = FileChannel.open(file, options, AtomicFile.forUserAlone("rw-------"))) {
            // Where a crash tore the last line, the next must not be lost with it.
            boolean torn = channel.size() > 0 && !endsLine(channel);
            ByteBuffer out = StandardCharsets.UTF_8.encode((torn ? "\n" : "") + line + "\n");
            long position = channel.size();
            while (out.hasRemaining()) {
                position += channel.write(out, position);
            }
            bytes = position;
        }
    }

    private static boolean endsLine(FileChannel channel) throws IOException {
        ByteBuffer end = ByteBuffer.allocate(1);
        channel.read(end, channel.size() - 1);
        return end.get(0) == '\n';
    }

    /** Leaves room, so that this does not have to be done with every entry. */
    private void compact(Map<String, Line> all) throws IOException {
        List<Line> sorted = new ArrayList<>(all.values());
        sorted.sort(Comparator.comparing(Line::when));
        List<String> kept = new ArrayList<>();
        long size = 0;
        int from = sorted.size();
        while (from > 0 && sorted.size() - from < MOST_ENTRIES * 4 / 5) {
            JsonObject line = sorted.get(from - 1).entry.deepCopy();
            line.addProperty("contact", contact);
            String text = line + "\n";
            size += text.getBytes(StandardCharsets.UTF_8).length;
            if (size > MOST_BYTES * 3 / 4) {
                break;
            }
            kept.add(text);
            from--;
        }
        Collections.reverse(kept);
        int stillUnread = unread;
        all.clear();
        for (Line line : sorted.subList(from, sorted.size())) {
            all.put(Line.key(line.entry), line);
        }
        AtomicFile.write(file, withReadMark(sorted.subList(from, sorted.size()), kept, stillUnread));
        bytes = Files.size(file);
        damaged = 0;
    }

    /** The mark stands before the messages that nobody has seen. */
    private String withReadMark(List<Line> sorted, List<String> kept, int stillUnread) {
        int left = stillUnread;
        int at = sorted.size();
        while (at > 0 && left > 0) {
            at--;
            if ("RECEIVED".equals(Json.textOrNull(sorted.get(at).entry, "fate"))) {
                left--;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i <= kept.size(); i++) {
            if (i == at) {
                text.append(Json.object("kind", READ, "contact", contact)).append('\n');
            }
            if (i < kept.size()) {
                text.append(kept.get(i));
            }
        }
        return text.toString();
    }

    /** The lines in the last bytes of a file. */
    private static List<String> text(Path file, int most) throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        try (FileChannel channel = FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            long size = channel.size();
            ByteBuffer end = ByteBuffer.allocate((int) Math.min(size, most));
            for (long at = size - end.capacity(); end.hasRemaining(); ) {
                int read = channel.read(end, at);
                if (read < 0) {
                    break;
                }
                at += read;
            }
            List<String> lines = new String(end.array(), 0, end.position(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            // The first is most likely the end of one.
            return size > most && !lines.isEmpty() ? lines.subList(1, lines.size()) : lines;
        }
    }
}
