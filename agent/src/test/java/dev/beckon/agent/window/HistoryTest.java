package dev.beckon.agent.window;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryTest {
    private static final String BOB = "bob@b.example";
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    @TempDir
    Path folder;

    private History history;

    @BeforeEach
    void open() throws IOException {
        history = History.open(folder);
    }

    @Test
    void theNewerFormOfAnEntryTakesItsPlace() throws IOException {
        history.put(BOB, message("1", 0, "SENDING", "hello"));
        history.put(BOB, message("2", 1, "RECEIVED", "hi"));
        history.put(BOB, message("1", 0, "SENT", "hello"));
        for (int i = 0; i < 2; i++) {
            assertThat(texts(BOB)).containsExactly("hello", "hi");
            assertThat(entries(BOB).get(0).get("fate").getAsString()).isEqualTo("SENT");
            open();
        }
    }

    @Test
    void entriesStandInTheOrderInWhichTheyWereSaid() throws IOException {
        history.put(BOB, message("1", 60, "SENT", "second"));
        history.put(BOB, message("2", 0, "RECEIVED", "first, and stored until now"));
        assertThat(texts(BOB)).containsExactly("first, and stored until now", "second");
        open();
        assertThat(last(BOB)).isEqualTo("second");
    }

    @Test
    void whatWasReceivedIsUnreadUntilItIsRead() throws IOException {
        history.put(BOB, message("1", 0, "RECEIVED", "a"));
        history.put(BOB, message("2", 1, "SENT", "b"));
        history.put(BOB, message("3", 2, "RECEIVED", "c"));
        assertThat(unread(BOB)).isEqualTo(2);
        open();
        assertThat(unread(BOB)).isEqualTo(2);
        history.read(BOB);
        assertThat(unread(BOB)).isZero();
        open();
        assertThat(unread(BOB)).isZero();
        history.put(BOB, message("4", 3, "RECEIVED", "d"));
        open();
        assertThat(unread(BOB)).isEqualTo(1);
        assertThat(texts(BOB)).hasSize(4);
        assertThat(unread(BOB)).isEqualTo(1);
    }

    @Test
    void aPageHasTwoHundredEntriesAndKnowsWhetherThereAreMore() throws IOException {
        for (int i = 0; i < 450; i++) {
            history.put(BOB, message("m" + i, i, "SENT", "line " + i));
        }
        open();
        JsonObject newest = history.entries(BOB, null);
        assertThat(newest.getAsJsonArray("entries")).hasSize(200);
        assertThat(newest.get("more").getAsBoolean()).isTrue();
        JsonObject oldest = newest;
        while (oldest.get("more").getAsBoolean()) {
            oldest =
                    history.entries(BOB, Instant.parse(first(oldest).get("when").getAsString()));
        }
        assertThat(oldest.getAsJsonArray("entries")).hasSize(50);
        assertThat(first(oldest).get("text").getAsString()).isEqualTo("line 0");
    }

    @Test
    void entriesOfOneMomentAreNotTornApart() {
        for (int i = 0; i < 300; i++) {
            history.put(BOB, message("m" + i, 0, "SENT", "line " + i));
        }
        assertThat(history.entries(BOB, null).getAsJsonArray("entries")).hasSize(300);
    }

    @Test
    void damagedLinesAreLeftOutAndToldOf() throws IOException {
        history.put(BOB, message("1", 0, "SENT", "before"));
        Path file = folder.resolve(BOB + ".jsonl");
        String torn = "{\"kind\":\"message\",\"id\":\"2\",\"te";
        for (String line : List.of(
                "nonsense\n",
                "[]\n",
                "{\"kind\":\"message\"}\n",
                "{\"kind\":\"message\",\"id\":\"x\",\"when\":\"soon\"}\n",
                "{\"kind\":7}\n",
                "\u0000\u0001\n",
                torn)) {
            Files.writeString(file, line, StandardOpenOption.APPEND);
        }
        open();
        assertThat(history.problems())
                .singleElement()
                .asString()
                .contains("7 damaged lines")
                .contains(BOB);
        history.put(BOB, message("3", 5, "SENT", "after"));
        assertThat(texts(BOB)).containsExactly("before", "after");
        open();
        assertThat(texts(BOB)).containsExactly("before", "after");
        history.clear(BOB);
        assertThat(history.problems()).isEmpty();
    }

    @Test
    void aFileThatIsNoConversationIsLeftAlone() throws IOException {
        Path other = Files.writeString(folder.resolve("other.jsonl"), "nothing of ours\n");
        Path renamed = Files.writeString(
                folder.resolve("carol@c.example.jsonl"),
                Json.object("contact", BOB, "kind", "message", "id", "1", "when", NOON, "fate", "SENT") + "\n");
        open();
        assertThat(history.problems()).singleElement().asString().contains("no conversation");
        assertThat(history.conversations()).isEmpty();
        assertThat(other).exists();
        assertThat(renamed).exists();
    }

    @Test
    void aLongConversationLosesItsBeginning() throws IOException {
        int count = Conversation.MOST_ENTRIES + 10;
        for (int i = 0; i < count; i++) {
            history.put(BOB, message("m" + i, i, i >= count - 3 ? "RECEIVED" : "SENT", "line " + i));
        }
        assertThat(all(BOB)).isLessThanOrEqualTo(Conversation.MOST_ENTRIES);
        assertThat(last(BOB)).isEqualTo("line " + (count - 1));
        assertThat(unread(BOB)).isEqualTo(3);
        open();
        assertThat(all(BOB)).isBetween(Conversation.MOST_ENTRIES / 2, Conversation.MOST_ENTRIES);
        assertThat(unread(BOB)).isEqualTo(3);
        assertThat(history.problems()).isEmpty();
    }

    @Test
    void aFileStaysUnderItsBound() throws IOException {
        String text = "\u00fc".repeat(5000);
        for (int i = 0; i < 1000; i++) {
            history.put(BOB, message("m" + i, i, "RECEIVED", text));
        }
        assertThat(Files.size(folder.resolve(BOB + ".jsonl"))).isLessThanOrEqualTo(Conversation.MOST_BYTES + 20_000L);
        int kept = all(BOB);
        assertThat(kept).isGreaterThan(200);
        open();
        assertThat(all(BOB)).isEqualTo(kept);
        // What is replaced does not stay either.
        for (int i = 0; i < 1000; i++) {
            history.put("carol@c.example", message("same", i, "SENT", text));
        }
        assertThat(all("carol@c.example")).isEqualTo(1);
        assertThat(Files.size(folder.resolve("carol@c.example.jsonl")))
                .isLessThanOrEqualTo(Conversation.MOST_BYTES + 20_000L);
    }

    @Test
    void whatAnEarlierAgentLeftOpenIsOver() throws IOException {
        history.put(BOB, session("s1", 0, "RINGING"));
        history.put(BOB, session("s2", 1, "ENDED"));
        history.put(BOB, message("m", 2, "SENDING", "hello"));
        assertThat(entries(BOB))
                .extracting(e -> text(e, "step") + text(e, "fate"))
                .containsExactly("RINGINGnull", "ENDEDnull", "nullSENDING");
        open();
        assertThat(entries(BOB))
                .extracting(e -> text(e, "step") + text(e, "fate"))
                .containsExactly("ENDEDnull", "ENDEDnull", "nullFAILED");
        assertThat(text(entries(BOB).get(0), "problem")).contains("closed before");
        // Until this agent hears of it, too.
        history.put(BOB, session("s1", 0, "ACCEPTED"));
        assertThat(text(entries(BOB).get(0), "step")).isEqualTo("ACCEPTED");
    }

    @Test
    void aHostileAddressNamesAFileInTheFolderAllTheSame() throws IOException {
        for (String address : List.of("../../x@y", "a/b@c", "\u202Eevil@x", "x".repeat(3000) + "@y", ".@.", "a\nb@c")) {
            history.put(address, message("1", 0, "SENT", address));
        }
        open();
        assertThat(history.conversations()).hasSize(6);
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.filter(Files::isRegularFile))
                    .hasSize(6)
                    .allMatch(file -> file.getParent().equals(folder));
        }
        assertThat(texts("../../x@y")).containsExactly("../../x@y");
    }

    @Test
    void thereIsABoundToConversations() {
        for (int i = 0; i <= History.MOST; i++) {
            history.put("x" + i + "@y", message("1", 0, "RECEIVED", "spam"));
        }
        assertThat(history.conversations()).hasSize(History.MOST);
        assertThat(history.problems()).singleElement().asString().contains("clear some");
    }

    @Test
    void whatCannotBeStoredIsSaidAndStaysInMemory() throws IOException {
        Files.createDirectory(folder.resolve(BOB + ".jsonl"));
        history.put(BOB, message("1", 0, "SENT", "hello"));
        assertThat(history.problems()).singleElement().asString().contains("not kept");
        assertThat(texts(BOB)).containsExactly("hello");
    }

    private static JsonObject message(String id, int second, String fate, String text) {
        return Json.object(
                "kind",
                "message",
                "id",
                id,
                "own",
                !fate.equals("RECEIVED"),
                "text",
                text,
                "when",
                Sitting.time(NOON.plusSeconds(second)),
                "fate",
                fate,
                "problem",
                null);
    }

    private static JsonObject session(String id, int second, String step) {
        return Json.object(
                "kind", "session",
                "id", id,
                "role", "INVITER",
                "name", "Probe",
                "when", Sitting.time(NOON.plusSeconds(second)),
                "state", "INVITATION",
                "step", step);
    }

    private List<JsonObject> entries(String contact) {
        return history.entries(contact, null).getAsJsonArray("entries").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .toList();
    }

    private List<String> texts(String contact) {
        return entries(contact).stream().map(entry -> text(entry, "text")).toList();
    }

    private static String text(JsonObject entry, String name) {
        return Json.textOrNull(entry, name);
    }

    private static JsonObject first(JsonObject page) {
        return page.getAsJsonArray("entries").get(0).getAsJsonObject();
    }

    private int all(String contact) {
        JsonObject page = history.entries(contact, null);
        int count = page.getAsJsonArray("entries").size();
        while (page.get("more").getAsBoolean()) {
            page = history.entries(
                    contact, Instant.parse(first(page).get("when").getAsString()));
            count += page.getAsJsonArray("entries").size();
        }
        return count;
    }

    private JsonObject shown(String contact) {
        return history.conversations().asList().stream()
                .map(JsonElement::getAsJsonObject)
                .filter(each -> each.get("contact").getAsString().equals(contact))
                .findFirst()
                .orElseThrow();
    }

    private int unread(String contact) {
        return shown(contact).get("unread").getAsInt();
    }

    private String last(String contact) {
        return shown(contact).getAsJsonObject("last").get("text").getAsString();
    }
}
