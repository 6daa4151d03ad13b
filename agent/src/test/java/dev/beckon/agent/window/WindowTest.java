package dev.beckon.agent.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.beckon.service.Administration;
import dev.beckon.service.Service;
import dev.beckon.service.ServiceConfig;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What people do through their windows: two of them, a service and everything between. */
@DisabledOnOs(OS.WINDOWS)
class WindowTest {
    private static final String GUID = "{5D1B8A52-9D6C-4E5B-8F0A-0B0C7F1D2E3F}";
    private static final String DOMAIN = "beckon.test";
    private static final String ALICE = "alice@" + DOMAIN;
    private static final String BOB = "bob@" + DOMAIN;

    @TempDir
    Path temp;

    private Service service;
    private final List<AutoCloseable> opened = new ArrayList<>();

    @BeforeEach
    void serve() {
        Path home = temp.resolve("service");
        service = Service.start(ServiceConfig.of(home, DOMAIN).withAddress("127.0.0.1", 0));
        opened.add(service);
        try (Administration administration = Administration.open(home)) {
            administration.addUser("alice", password(ALICE));
            administration.addUser("bob", password(BOB));
        }
    }

    @AfterEach
    void leaveNothing() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    @Test
    void oneSignsInAndOutAndInAsSomebodyElse() throws IOException {
        Desk desk = desk("home");
        Visitor page = desk.page();
        assertThat(page.object("account").get("signedIn").getAsBoolean()).isFalse();
        assertThat(page.object("connection").get("state").getAsString()).isEqualTo("SIGNED_OUT");
        assertThat(page.section("self").isJsonNull()).isTrue();

        signIn(page, ALICE, false);
        page.awaitSection("account", account -> is(account, "user", ALICE));
        page.awaitSection("connection", connection -> is(connection, "state", "SIGNED_IN"));
        page.awaitSection("self", self -> !self.isJsonNull() && is(self, "status", "ONLINE"));
        page.does("status", "status", "BUSY");
        page.awaitSection("self", self -> is(self, "status", "BUSY"));
        assertThat(page.tries("sign-in", "user", BOB, "password", "x").statusCode())
                .isEqualTo(409);

        page.does("sign-out", "forget", false);
        page.awaitSection("account", account -> is(account, "signedIn", "false"));
        page.awaitSection("self", JsonElement::isJsonNull);
        assertThat(page.object("account")
                        .getAsJsonObject("remembered")
                        .get("user")
                        .getAsString())
                .isEqualTo(ALICE);
        // Whoever does not wish to stay signed in is asked for the password again, and not for the certificate.
        assertThat(page.tries("sign-in/again").statusCode()).isEqualTo(409);
        assertThat(Files.readString(desk.home.resolve("state/account.json"))).doesNotContain(password(ALICE));

        signIn(page, BOB, true);
        page.awaitSection("account", account -> is(account, "user", BOB));
        page.does("sign-out", "forget", true);
        page.awaitSection(
                "account",
                account -> account.getAsJsonObject().get("remembered").isJsonNull());
        assertThat(desk.home.resolve("state/account.json")).doesNotExist();
    }

    @Test
    void whoStaysSignedInIsSignedInWhenTheWindowOpensAgain() throws Exception {
        Desk desk = desk("home");
        signIn(desk.page(), ALICE, true);
        Path kept = desk.home.resolve("state/account.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
                .isEqualTo("rw-------");
        desk.close();
        opened.remove(desk);

        Desk again = desk("home");
        again.window.resume();
        Visitor page = again.page();
        page.awaitSection("connection", connection -> is(connection, "state", "SIGNED_IN"));
        page.does("sign-out");
        page.does("sign-in/again");
        page.awaitSection("connection", connection -> is(connection, "state", "SIGNED_IN"));
        assertThat(page.object("account")
                        .getAsJsonObject("remembered")
                        .get("stay")
                        .getAsBoolean())
                .isTrue();
    }

    @Test
    void whatKeepsOneFromSigningInIsSaid() {
        Visitor page = desk("home").page();
        HttpResponse<String> wrong = page.tries(
                "sign-in",
                "user",
                ALICE,
                "password",
                "not this one",
                "host",
                "127.0.0.1",
                "port",
                service.port(),
                "certificate",
                certificate());
        assertThat(wrong.statusCode()).isEqualTo(409);
        assertThat(wrong.body())
                .contains("SR_AUTHENTICATION_FAILED", "password is wrong")
                .doesNotContain("not this one");
        page.awaitSection(
                "account", account -> !account.getAsJsonObject().get("problem").isJsonNull());

        HttpResponse<String> nobody =
                page.tries("sign-in", "user", ALICE, "password", "x", "host", "127.0.0.1", "port", 1);
        assertThat(nobody.statusCode()).isEqualTo(409);
        assertThat(nobody.body()).contains("MSGR_E_NOT_LOGGED_ON", "reached");
        assertThat(page.tries("sign-in", "user", "no address", "password", "x").statusCode())
                .isEqualTo(400);
        assertThat(page.tries("sign-in", "user", ALICE, "password", "x", "certificate", "no PEM")
                        .body())
                .contains("certificate.pem");
        assertThat(page.tries("sign-in", "user", ALICE).body()).contains("password is missing");
        page.awaitSection("account", account -> is(account, "signedIn", "false") && is(account, "busy", "false"));
    }

    @Test
    void contactsAreAddedSeenBlockedAndRemoved() {
        Visitor alice = signedIn("alice", ALICE);
        Visitor bob = signedIn("bob", BOB);
        alice.does("contacts/add", "contact", BOB, "name", "Bobby");
        assertThat(bob.awaits("requests", each -> is(each, "address", ALICE))).isNotNull();
        bob.does("contacts/add", "contact", ALICE);
        JsonObject seen = alice.awaits("contacts", each -> is(each, "address", BOB) && is(each, "status", "ONLINE"));
        assertThat(seen.get("name").getAsString()).isEqualTo("Bobby");

        bob.does("status", "status", "ON_THE_PHONE");
        alice.awaits("contacts", each -> is(each, "status", "ON_THE_PHONE"));
        alice.does("contacts/block", "contact", BOB, "blocked", true);
        alice.awaits("contacts", each -> is(each, "blocked", "true"));
        alice.does("contacts/block", "contact", BOB, "blocked", false);
        alice.does("contacts/remove", "contact", BOB);
        alice.awaitSection("contacts", contacts -> contacts.getAsJsonArray().isEmpty());
        assertThat(alice.tries("contacts/remove", "contact", BOB).statusCode()).isEqualTo(400);
        assertThat(alice.tries("status", "status", "DANCING").statusCode()).isEqualTo(400);
    }

    @Test
    void anInvitationRingsAndIsDeclinedWithAWord() {
        Visitor alice = signedIn("alice", ALICE);
        Visitor bob = signedIn("bob", BOB);
        befriend(alice, bob);
        register(alice);
        String id = alice.does("invite", "contact", BOB, "application", GUID, "text", "shall we?")
                .get("id")
                .getAsString();

        JsonObject card = bob.awaits("sessions", each -> is(each, "toAnswer", "true"));
        assertThat(card.get("id").getAsString()).isEqualTo(id);
        assertThat(card.getAsJsonObject("contact").get("address").getAsString()).isEqualTo(ALICE);
        assertThat(card.get("name").getAsString()).isEqualTo("Probe");
        assertThat(card.get("text").getAsString()).isEqualTo("shall we?");
        assertThat(card.get("installed").getAsBoolean()).isFalse();
        assertThat(card.get("link").getAsString()).isEqualTo("https://example.org/probe");
        assertThat(card.get("expires").getAsString()).isGreaterThan("2026");
        alice.awaits("sessions", each -> is(each, "step", "RINGING") && is(each, "toAnswer", "false"));
        alice.awaits(
                "contacts",
                each -> each.getAsJsonObject("apps").has(GUID)
                        && !each.getAsJsonObject("apps").get(GUID).getAsBoolean());

        bob.does("sessions/decline", "id", id, "text", "not now");
        JsonObject ended = alice.awaits("sessions", each -> is(each, "step", "ENDED"));
        assertThat(ended.get("result").getAsString()).isEqualTo("SR_INVITATION_DECLINED");
        assertThat(ended.get("problem").getAsString()).isEqualTo("The invitation was declined.");
        alice.awaits("sessions", each -> is(each, "answer", "not now"));
        await().atMost(Visitor.LONG)
                .until(() -> alice.entries().stream()
                        .map(each -> each.getAsJsonObject("entry"))
                        .anyMatch(entry -> is(entry, "id", id) && is(entry, "step", "ENDED")));
        assertThat(bob.tries("sessions/accept", "id", id).body()).contains("SR_SESSION_STATE_INVALID");
        assertThat(bob.tries("sessions/accept", "id", "{nonsense}").statusCode())
                .isEqualTo(404);
        assertThat(alice.conversation(BOB)).singleElement().satisfies(entry -> {
            assertThat(entry.get("kind").getAsString()).isEqualTo("session");
            assertThat(entry.get("text").getAsString()).isEqualTo("shall we?");
            assertThat(entry.getAsJsonArray("steps")).hasSizeGreaterThanOrEqualTo(3);
        });
    }

    @Test
    void anAcceptedInvitationStartsBothApplicationsAndConnectsThem() throws IOException {
        Visitor alice = signedIn("alice", ALICE);
        Visitor bob = signedIn("bob", BOB);
        befriend(alice, bob);
        register(alice, probe("alice", "192.0.2.1:7001"));
        register(bob, probe("bob", "192.0.2.2:7002"));
        String id = alice.does("invite", "contact", BOB, "application", GUID)
                .get("id")
                .getAsString();
        JsonObject card = bob.awaits("sessions", each -> is(each, "toAnswer", "true"));
        assertThat(card.get("installed").getAsBoolean()).isTrue();
        bob.does("sessions/accept", "id", id, "text", "coming");

        JsonObject connected = alice.awaits("sessions", each -> is(each, "step", "CONNECTED"));
        assertThat(connected.get("remoteAddress").getAsString()).isEqualTo("192.0.2.2:7002");
        assertThat(connected.get("answer").getAsString()).isEqualTo("coming");
        assertThat(connected.getAsJsonArray("steps"))
                .extracting(step -> step.getAsJsonObject().get("step").getAsString())
                .containsExactly("INVITED", "RINGING", "ACCEPTED", "LAUNCHING", "ATTACHED", "CONNECTED");
        bob.awaits("sessions", each -> is(each, "step", "CONNECTED"));
        alice.awaits("contacts", each -> is(each.getAsJsonObject("apps"), GUID, "true"));

        alice.does("sessions/cancel", "id", id);
        bob.awaits("sessions", each -> is(each, "problem", "The other side ended it."));
        alice.awaits("sessions", each -> is(each, "problem", "You ended it."));
        await().atMost(Visitor.LONG)
                .untilAsserted(
                        () -> assertThat(ProcessHandle.current().descendants()).isEmpty());
    }

    @Test
    void anApplicationThatIsMissingIsFetchedAndTheInvitationGoesOn() throws IOException {
        Path led = temp.resolve("led");
        Desk.configure(temp.resolve("bob"), "download.open = [\"" + browser(led) + "\"]");
        Visitor alice = signedIn("alice", ALICE);
        Visitor bob = signedIn("bob", BOB);
        befriend(alice, bob);
        register(alice, probe("alice", "192.0.2.1:7001"));
        String id = alice.does("invite", "contact", BOB, "application", GUID)
                .get("id")
                .getAsString();
        bob.awaits("sessions", each -> is(each, "toAnswer", "true"));
        bob.does("download", "id", id);
        await().atMost(Visitor.LONG).until(() -> Files.exists(led) && Files.size(led) > 0);
        assertThat(Files.readAllLines(led)).containsExactly("https://example.org/probe");

        bob.does("sessions/accept", "id", id);
        bob.awaits("sessions", each -> is(each, "step", "APP_MISSING") && is(each, "toAnswer", "false"));
        alice.awaits("sessions", each -> is(each, "step", "APP_MISSING"));
        alice.awaits("contacts", each -> is(each.getAsJsonObject("apps"), GUID, "false"));
        register(bob, probe("bob", "192.0.2.2:7002"));
        alice.awaits("sessions", each -> is(each, "step", "CONNECTED"));
        alice.does("sessions/cancel", "id", id);
        await().atMost(Visitor.LONG)
                .untilAsserted(
                        () -> assertThat(ProcessHandle.current().descendants()).isEmpty());
    }

    @Test
    void whoInvitesTooMuchIsBlockedFromTheCard() {
        Visitor alice = signedIn("alice", ALICE);
        Visitor bob = signedIn("bob", BOB);
        befriend(alice, bob);
        register(alice);
        String id = alice.does("invite", "contact", BOB, "application", GUID)
                .get("id")
                .getAsString();
        bob.awaits("sessions", each -> is(each, "toAnswer", "true"));
        bob.does("sessions/block", "id", id);
        bob.awaits("contacts", each -> is(each, "blocked", "true"));
        alice.awaits("sessions", each -> is(each, "result", "SR_INVITATION_DECLINED"));
    }

    @Test
    void anInvitationIsTakenBackAndMissed() {
        Visitor alice = signedIn("alice", ALICE);
        Visitor bob = signedIn("bob", BOB);
        befriend(alice, bob);
        register(alice);
        String id = alice.does("invite", "contact", BOB, "application", GUID)
                .get("id")
                .getAsString();
        bob.awaits("sessions", each -> is(each, "toAnswer", "true"));
        alice.does("sessions/cancel", "id", id);
        JsonObject missed = bob.awaits("missed", each -> is(each, "id", id));
        assertThat(missed.get("from").getAsString()).isEqualTo(ALICE);
        bob.awaits("sessions", each -> is(each, "toAnswer", "false") && is(each, "step", "ENDED"));
        assertThat(alice.tries("invite", "contact", BOB, "application", "{00000000-0000-0000-0000-000000000000}")
                        .body())
                .contains("SR_APP_NOT_REGISTERED");
        alice.does("applications/unregister", "guid", GUID);
        alice.awaitSection(
                "applications", applications -> applications.getAsJsonArray().isEmpty());
    }

    @Test
    void messagesGoBothWaysAndAreKept() throws Exception {
        Desk desk = desk("alice");
        Visitor alice = desk.page();
        signIn(alice, ALICE, true);
        Visitor bob = signedIn("bob", BOB);
        befriend(alice, bob);
        String hello = "hello\n<b>Bob</b> \u202E \uD83D\uDE00";
        String id =
                alice.does("messages", "contact", BOB, "text", hello).get("id").getAsString();
        JsonObject unread = bob.awaits("conversations", each -> is(each, "unread", "1"));
        assertThat(unread.getAsJsonObject("last").get("text").getAsString()).isEqualTo(hello);
        await().atMost(Visitor.LONG)
                .until(() -> alice.entries().stream()
                        .map(each -> each.getAsJsonObject("entry"))
                        .anyMatch(entry -> is(entry, "id", id) && is(entry, "fate", "SENT")));
        bob.does("conversation/read", "contact", ALICE);
        bob.awaits("conversations", each -> is(each, "unread", "0"));
        bob.does("messages", "contact", ALICE, "text", "hello Alice");
        alice.awaits("conversations", each -> is(each, "unread", "1"));
        assertThat(alice.tries("messages", "contact", BOB, "text", "x".repeat(5001))
                        .statusCode())
                .isEqualTo(400);

        desk.close();
        opened.remove(desk);
        Desk again = desk("alice");
        again.window.resume();
        Visitor later = again.page();
        later.awaits("conversations", each -> is(each, "unread", "1"));
        assertThat(later.conversation(BOB))
                .extracting(entry -> entry.get("text").getAsString())
                .containsExactly(hello, "hello Alice");
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(again.home.resolve("history/" + ALICE + "/" + BOB + ".jsonl"))))
                .isEqualTo("rw-------");

        later.does("conversation/clear", "contact", BOB);
        await().atMost(Visitor.LONG).until(() -> later.cleared().contains(BOB));
        later.awaitSection(
                "conversations", conversations -> conversations.getAsJsonArray().isEmpty());
        assertThat(later.conversation(BOB)).isEmpty();
        assertThat(again.home.resolve("history/" + ALICE + "/" + BOB + ".jsonl"))
                .doesNotExist();
    }

    @Test
    void whatSomebodyElseSaidAtThisSeatIsNotShown() {
        Desk desk = desk("shared");
        Visitor page = desk.page();
        signIn(page, ALICE, false);
        page.does("messages", "contact", "carol@" + DOMAIN, "text", "secret");
        page.awaits("conversations", each -> is(each, "contact", "carol@" + DOMAIN));
        page.does("sign-out");
        signIn(page, BOB, false);
        page.awaitSection("connection", connection -> is(connection, "state", "SIGNED_IN"));
        page.awaitSection(
                "conversations", conversations -> conversations.getAsJsonArray().isEmpty());
        assertThat(page.conversation("carol@" + DOMAIN)).isEmpty();
    }

    @Test
    void twoPagesAgreeAndAReloadedOneIsToldAll() {
        Desk desk = desk("alice");
        Visitor one = desk.page();
        signIn(one, ALICE, false);
        Visitor other = desk.page();
        assertThat(other.object("account").get("user").getAsString()).isEqualTo(ALICE);
        one.does("status", "status", "AWAY");
        other.awaitSection("self", self -> is(self, "status", "AWAY"));
        register(other);
        one.awaits("applications", each -> is(each, "guid", GUID));
    }

    @Test
    void aServiceThatIsGoneIsSaidAndItsReturnToo() {
        Visitor alice = signedIn("alice", ALICE);
        int port = service.port();
        service.close();
        alice.awaitSection(
                "connection",
                connection -> is(connection, "state", "CONNECTING")
                        && !connection
                                .getAsJsonObject()
                                .get("reason")
                                .getAsString()
                                .isEmpty());
        assertThat(alice.tries("status", "status", "AWAY").body()).contains("MSGR_E_NOT_LOGGED_ON");
        assertThat(alice.object("account").get("signedIn").getAsBoolean()).isTrue();
        Service again =
                Service.start(ServiceConfig.of(temp.resolve("service"), DOMAIN).withAddress("127.0.0.1", port));
        opened.add(0, again);
        alice.awaitSection("connection", connection -> is(connection, "state", "SIGNED_IN"));
    }

    @Test
    void anInvitationOpensTheWindowWhereNoPageIsOpen() throws IOException {
        Path led = temp.resolve("led");
        Desk.configure(temp.resolve("bob"), "download.open = [\"" + browser(led) + "\"]");
        Desk desk = desk("bob");
        Visitor bob = desk.page();
        signIn(bob, BOB, false);
        Visitor alice = signedIn("alice", ALICE);
        befriend(alice, bob);
        register(alice);

        alice.does("invite", "contact", BOB, "application", GUID);
        bob.awaits("sessions", each -> is(each, "toAnswer", "true"));
        assertThat(led).as("opened though a page is open").doesNotExist();
        bob.close();
        await().atMost(Visitor.LONG).until(() -> !bob.isListening());

        // Until the page is known to be gone nothing opens: so once more.
        await().atMost(Visitor.LONG).until(() -> {
            String id = alice.does("invite", "contact", BOB, "application", GUID)
                    .get("id")
                    .getAsString();
            await().atMost(Visitor.LONG)
                    .until(() -> alice.list("sessions").stream()
                            .anyMatch(each -> is(each, "id", id) && is(each, "step", "RINGING")));
            alice.does("sessions/cancel", "id", id);
            return Files.exists(led) && Files.size(led) > 0;
        });
        Path file = Path.of(java.net.URI.create(Files.readAllLines(led).get(0)));
        assertThat(file).hasParent(desk.seat.state());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(file).content().contains("http://127.0.0.1:", "/enter?token=");
    }

    private Desk desk(String name) {
        Desk desk = new Desk(temp.resolve(name));
        opened.add(desk);
        return desk;
    }

    private Visitor signedIn(String name, String user) {
        Visitor page = desk(name).page();
        signIn(page, user, false);
        return page;
    }

    private void signIn(Visitor page, String user, boolean stay) {
        page.does(
                "sign-in",
                "user",
                user,
                "password",
                password(user),
                "host",
                "127.0.0.1",
                "port",
                service.port(),
                "certificate",
                certificate(),
                "stay",
                stay);
    }

    private String certificate() {
        try {
            return Files.readString(service.certificate());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void befriend(Visitor alice, Visitor bob) {
        alice.does("contacts/add", "contact", BOB);
        bob.awaits("requests", each -> is(each, "address", ALICE));
        bob.does("contacts/add", "contact", ALICE);
        alice.awaits("contacts", each -> is(each, "address", BOB) && is(each, "status", "ONLINE"));
        bob.awaits("contacts", each -> is(each, "address", ALICE) && is(each, "status", "ONLINE"));
    }

    private static void register(Visitor page) {
        register(page, java());
    }

    private static void register(Visitor page, String path) {
        page.does(
                "applications/register",
                "name",
                "Probe",
                "path",
                path,
                "url",
                "https://example.org/probe",
                "guid",
                GUID);
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** What starts the probe that tells this address. */
    private String probe(String name, String address) throws IOException {
        Path arguments = Files.writeString(
                temp.resolve(name + ".arguments"),
                String.join(
                        "\n",
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx64m",
                        "-cp",
                        "\"" + System.getProperty("java.class.path") + "\""));
        return "\"" + java() + "\" \"@" + arguments + "\" dev.beckon.agent.Probe \"" + temp.resolve(name + ".report")
                + "\" " + GUID + " " + address;
    }

    /** A browser that writes down what it was given. */
    private Path browser(Path led) throws IOException {
        Path made = Files.writeString(temp.resolve("browser.made"), "#!/bin/sh\necho \"$1\" >> " + led + "\n");
        assertThat(made.toFile().setExecutable(true)).isTrue();
        return Files.move(made, temp.resolve("browser"));
    }

    private static boolean is(JsonElement object, String name, String value) {
        JsonElement element = object.getAsJsonObject().get(name);
        return element != null && !element.isJsonNull() && element.getAsString().equals(value);
    }

    private static String password(String user) {
        return "secret of " + user;
    }
}
