package dev.beckon.agent.window;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.beckon.agent.files.AtomicFile;
import dev.beckon.agent.files.FileName;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The conversations of one account, kept on this computer: one file for each, which the user alone may read.
 *
 * <p>Thread: any; files are read and written on the caller's.
 */
final class History {
    /** Conversations kept; with more people than these one can talk, but nothing is kept. */
    static final int MOST = 1000;
    /** Entries told at once. */
    static final int PAGE = 200;
    /** Conversations kept in memory whole. */
    private static final int LOADED = 8;

    private static final String ENDING = ".jsonl";
    private static final Logger log = LoggerFactory.getLogger(History.class);

    private final Path folder;
    private final Map<String, Conversation> conversations = new HashMap<>();
    private final LinkedHashMap<String, Conversation> loaded = new LinkedHashMap<>(16, 0.75f, true);
    /** Sessions and messages this agent is at work on; those of an earlier one do not go on. */
    private final Set<String> open = new HashSet<>();

    private @Nullable String failure;

    private History(Path folder) {
        this.folder = folder;
    }

    /** Opens what was kept. */
    static History open(Path folder) throws IOException {
        History history = new History(folder);
        AtomicFile.sweep(folder);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + ENDING)) {
            for (Path file : files) {
                if (history.conversations.size() == MOST) {
                    break;
                }
                history.find(file);
            }
        }
        return history;
    }

    private void find(Path file) {
        try {
            Conversation conversation = Conversation.kept(file);
            if (conversation != null && file.equals(file(conversation.contact()))) {
                conversations.put(conversation.contact(), conversation);
            } else {
                failure = file + " is no conversation; remove it";
            }
        } catch (IOException e) {
            fail(file, "cannot be read", e);
        }
    }

    private Path file(String contact) {
        return folder.resolve(FileName.of(contact) + ENDING);
    }

    /** Keeps an entry, or its newer form. */
    synchronized void put(String contact, JsonObject entry) {
        if (isOpen(entry)) {
            open.add(Json.text(entry, "id"));
        } else {
            open.remove(Json.text(entry, "id"));
        }
        Conversation conversation = conversations.get(contact);
        if (conversation == null) {
            if (conversations.size() >= MOST) {
                failure = "there are " + MOST + " conversations; clear some of them, so that new ones are kept";
                return;
            }
            conversation = Conversation.begin(file(contact), contact);
            conversations.put(contact, conversation);
        }
        try {
            load(conversation).put(entry);
        } catch (IOException e) {
            fail(file(contact), "cannot be written, so the conversation is not kept", e);
        }
    }

    /** Keeps the ones used last in memory. */
    private Conversation load(Conversation conversation) {
        loaded.put(conversation.contact(), conversation);
        if (loaded.size() > LOADED) {
            var eldest = loaded.entrySet().iterator();
            eldest.next().getValue().unload();
            eldest.remove();
        }
        return conversation;
    }

    private void fail(Path file, String what, IOException e) {
        failure = file + " " + what + ": " + e.getMessage();
        log.warn("{} {}: {}", file, what, e.toString());
    }

    /** Entries before a time, or the latest: oldest first, {@link #PAGE} or a few more, and whether there are older ones. */
    synchronized JsonObject entries(String contact, @Nullable Instant before) {
        JsonArray entries = new JsonArray();
        boolean more = false;
        Conversation conversation = conversations.get(contact);
        if (conversation != null) {
            try {
                List<Conversation.Line> page = load(conversation).before(before, PAGE);
                page.forEach(line -> entries.add(shown(line.entry())));
                more = conversation.hasMore(page);
            } catch (IOException e) {
                fail(file(contact), "cannot be read", e);
            }
        }
        return Json.object("entries", entries, "more", more);
    }

    private static boolean isSession(JsonObject entry) {
        return "session".equals(Json.text(entry, "kind"));
    }

    private static boolean isOpen(JsonObject entry) {
        return isSession(entry)
                ? !"ENDED".equals(Json.textOrNull(entry, "step"))
                : "SENDING".equals(Json.textOrNull(entry, "fate"));
    }

    private JsonElement shown(JsonObject entry) {
        if (!isOpen(entry) || open.contains(Json.text(entry, "id"))) {
            return entry;
        }
        JsonObject ended = entry.deepCopy();
        if (isSession(entry)) {
            ended.addProperty("state", "TERMINATED");
            ended.addProperty("step", "ENDED");
            ended.addProperty("problem", "Beckon was closed before this was over.");
            ended.addProperty("remedy", "Invite again.");
        } else {
            ended.addProperty("fate", "FAILED");
            ended.addProperty("problem", "Beckon was closed before it was known whether this arrived.");
        }
        return ended;
    }

    /** The user has seen what was received. */
    synchronized void read(String contact) {
        Conversation conversation = conversations.get(contact);
        if (conversation != null) {
            try {
                conversation.read();
            } catch (IOException e) {
                fail(file(contact), "cannot be written", e);
            }
        }
    }

    /**
     * Forgets a conversation, and its file.
     *
     * @throws IOException where the file cannot be removed
     */
    synchronized void clear(String contact) throws IOException {
        Conversation conversation = conversations.remove(contact);
        loaded.remove(contact);
        if (conversation != null) {
            conversation.clear();
        }
    }

    /** All conversations for the list, the latest first. */
    synchronized JsonArray conversations() {
        JsonArray all = new JsonArray();
        conversations.values().stream()
                .sorted(Comparator.comparing(History::latest).reversed().thenComparing(Conversation::contact))
                .forEach(each -> all.add(
                        Json.object("contact", each.contact(), "unread", each.unread(), "last", glimpse(each.last()))));
        return all;
    }

    private static Instant latest(Conversation conversation) {
        JsonObject last = conversation.last();
        return last == null ? Instant.EPOCH : Instant.parse(Json.text(last, "when"));
    }

    private static @Nullable JsonObject glimpse(@Nullable JsonObject last) {
        if (last == null) {
            return null;
        }
        boolean message = "message".equals(Json.text(last, "kind"));
        return Json.object(
                "text", Json.textOrNull(last, message ? "text" : "name"),
                "when", Json.text(last, "when"),
                "own", message ? last.get("own") : "INVITER".equals(Json.textOrNull(last, "role")));
    }

    /** What the user should know about the files, a line each. */
    synchronized List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (failure != null) {
            problems.add(failure);
        }
        for (Conversation each : conversations.values()) {
            String problem = each.problem();
            if (problem != null) {
                problems.add(problem);
            }
        }
        return problems;
    }
}
