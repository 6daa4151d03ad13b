package dev.beckon.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.beckon.Application;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What two people do in their windows, each with an agent, over a service: all of it real, in a real browser. */
class WindowIT {
    private static final String WHITEBOARD = "{5D1B1C2E-7A0F-4C39-9B6E-2F4B8C0A71D3}";
    private static final Path START = Installation.root().resolve("samples/whiteboard/whiteboard");
    private static final String DOWNLOAD = "https://probe.example/download";
    private static final List<String> ALL_THE_WAY =
            List.of("INVITED", "RINGING", "ACCEPTED", "LAUNCHING", "ATTACHED", "CONNECTED");

    private static Browser browser;
    private static Stage stage;
    private static Person alice;
    private static Person bob;
    private static WindowPage atAlice;
    private static WindowPage atBob;

    private final String guid = Stage.newGuid();

    @BeforeAll
    static void open() {
        browser = Browser.start();
        stage = Stage.openWithWindows();
        Path opened = stage.folder().resolve("opened");
        List<Person> both = stage.peopleWith(
                "download { open = [\"/bin/sh\", \"-c\", \"echo $0 >> '" + opened + "'\"] }", "alice", "bob");
        alice = both.get(0);
        bob = both.get(1);
        stage.befriend(alice, bob);
        atAlice = browser.open(stage, alice);
        atBob = browser.open(stage, bob);
    }

    @AfterAll
    static void close() {
        try (Browser used = browser;
                Stage ended = stage) {
            assertThat(used == null ? List.of() : used.complaints()).isEmpty();
        }
    }

    @BeforeEach
    void bothBeginAnew() {
        atAlice.beginAnew();
        atBob.beginAnew();
    }

    @AfterEach
    void noInvitationIsLeft() {
        alice.endSessions();
        bob.endSessions();
    }

    // --- How people are

    @Test
    void whatOneIsDoingTheOtherSees() {
        atAlice.contact(bob.address()).awaitText("Online");
        atBob.at("combobox", "Your status").choose("BUSY");
        atAlice.contact(bob.address()).awaitText("Busy");
        atBob.at("combobox", "Your status").choose("ONLINE");
        atAlice.contact(bob.address()).awaitText("Online");
    }

    // --- Invitations

    @Test
    void anInvitationAcceptedInTheWindowLaunchesBothWhiteboardsAndTheyConnect() {
        register(alice, "Whiteboard", "wait-connected", "stroke 10,10 20,20", "wait-stroke 1", "end");
        register(bob, "Whiteboard", "wait-connected", "wait-stroke 1", "stroke 30,30 40,40", "wait-end");
        atAlice.awaitApplication("Whiteboard");
        atBob.awaitApplication("Whiteboard");
        atAlice.at("button", "Actions for " + bob.address()).click();
        atAlice.at("menuitem", "Invite to Whiteboard").click();
        Spot dialog = atAlice.at("dialog", "Invite " + bob.address() + " to Whiteboard");
        dialog.at("textbox", "A line to go along").type("the plan of the house");
        dialog.at("button", "Invite").click();

        Spot card = atBob.card(alice.address());
        assertThat(card.text())
                .contains(alice.address() + " invites you to Whiteboard")
                .contains("the plan of the house")
                .contains("In your contacts")
                .contains("It is installed on this computer")
                .containsPattern("\\d:\\d\\d left");
        atBob.screenshot("invitation");
        atBob.answer(card, "Accept");

        for (WindowPage page : List.of(atAlice, atBob)) {
            page.session().awaitStanding("Ended");
            assertThat(page.session().steps().subList(0, ALL_THE_WAY.size())).isEqualTo(ALL_THE_WAY);
        }
        atAlice.screenshot("conversation");
        assertThat(alice.printedByLaunched()).contains("30,30 40,40");
        assertThat(bob.printedByLaunched()).contains("10,10 20,20");

        atAlice.view("Applications");
        atAlice.at("button", "Invite to Whiteboard…").click();
        atAlice.at("dialog", "Invite to Whiteboard").awaitText("has it");
        atAlice.at("button", "Cancel").click();
    }

    @Test
    void anInvitationFromAnApplicationIsDeclinedWithAWord() {
        registerProbe(alice, "Checkers");
        atAlice.awaitApplication("Checkers");
        atAlice.at("article", "Checkers").at("button", "Invite to Checkers…").click();
        Spot dialog = atAlice.at("dialog", "Invite to Checkers");
        dialog.at("radio", bob.address()).click();
        dialog.at("button", "Invite").click();

        Spot card = atBob.card(alice.address());
        card.at("button", "Decline with a word…").click();
        card.at("textbox", "A word to go along").type("after lunch");
        card.at("button", "Decline with this").click();
        card.awaitGone();
        atAlice.session().awaitStanding("Declined");
    }

    @Test
    void anInvitationNobodyAnswersLapsesAndIsListedAsMissed() {
        Person hannah = stage.personWith("hannah", "times { invitation = 3 s }");
        stage.befriend(hannah, bob);
        registerProbe(hannah, "Patience");
        try (WindowPage atHannah = browser.open(stage, hannah)) {
            atHannah.awaitApplication("Patience");
            atHannah.talkTo(bob.address());
            atHannah.invite("Patience", "now or never");
            atBob.card(hannah.address()).awaitGone();
            atHannah.session().awaitStanding("Not answered");
            assertThat(atHannah.session().problem()).contains("not answered in time");
            atBob.view("Missed");
            atBob.awaitText(hannah.address() + " invited you to Patience");
        }
    }

    @Test
    void aMissingApplicationIsRegisteredInTheWindowAndTheSessionGoesOn() throws IOException {
        registerProbe(alice, "Chess");
        atAlice.awaitApplication("Chess");
        atAlice.talkTo(bob.address());
        atAlice.invite("Chess", "");

        Spot card = atBob.card(alice.address());
        assertThat(card.text()).contains("not installed here").contains(DOWNLOAD);
        atBob.press(card, "Open download page", () -> card.text().contains("Opened in your web browser."));
        await().atMost(Times.LONG)
                .until(() -> Files.exists(stage.folder().resolve("opened"))
                        && Files.readString(stage.folder().resolve("opened")).contains(DOWNLOAD));
        atBob.answer(card, "Accept");
        atBob.session().awaitStanding("Not installed");
        atAlice.awaitText("does not have Chess yet and is getting it");

        atBob.session().button("Register it…").click();
        Spot form = atBob.at("form", "Register an application");
        form.at("textbox", "GUID").awaitValue(guid);
        assertThat(form.at("textbox", "Name").value()).isEqualTo("Chess");
        form.at("textbox", "Program").type(stage.probe(guid).toString());
        form.at("button", "Register").click();

        try (Launches.Launched there = stage.launches().await(guid, alice.address());
                Launches.Launched here = stage.launches().await(guid, bob.address())) {
            there.await("connected");
            here.await("connected");
            atAlice.session().awaitStanding("Connected");
            atBob.talkTo(alice.address());
            atBob.session().awaitStanding("Connected");
            assertThat(atBob.session().steps()).contains("APP_MISSING", "ATTACHED");

            atBob.session().button("End session").click();
            atBob.at("dialog", "End this session?").at("button", "End session").click();
            atAlice.session().awaitStanding("Ended");
        }
    }

    @Test
    void whatCannotBeStartedIsToldWithWhatToDo() {
        registerProbe(alice, "Backgammon");
        atAlice.awaitApplication("Backgammon");
        bob.messenger()
                .registerApplication(new Application(
                        guid, "Backgammon", DOWNLOAD, stage.script("exit 3").toString()));
        atAlice.talkTo(bob.address());
        atAlice.invite("Backgammon", "");
        atBob.answer(atBob.card(alice.address()), "Accept");
        for (WindowPage page : List.of(atAlice, atBob)) {
            page.session().awaitStanding("Failed");
            assertThat(page.session().problem())
                    .contains("could not be started")
                    .contains("log");
        }
    }

    @Test
    void severalInvitationsQueueUpVisibly() {
        registerProbe(alice, "Draughts");
        for (String text : List.of("first", "second", "third")) {
            alice.messenger().invite(alice.contact(bob), guid, text);
        }
        atBob.at("heading", "Invitation 1 of 3").awaitThere();
        Spot region = atBob.at("region", "Invitations");
        assertThat(region.text()).contains("first").doesNotContain("second").contains("Also waiting");
        atBob.screenshot("invitations-in-a-queue");
        for (String next : List.of("second", "third")) {
            atBob.press(
                    region.at("article", "Invitation"),
                    "Decline",
                    () -> region.text().contains(next));
        }
    }

    @Test
    void whoIsBlockedGetsNothingThroughAny() {
        registerProbe(alice, "Ludo");
        atAlice.awaitApplication("Ludo");
        atAlice.talkTo(bob.address());
        atAlice.invite("Ludo", "again and again");
        Spot card = atBob.card(alice.address());
        Spot dialog = atBob.at("dialog", "Block and decline?");
        atBob.press(card, "Block…", dialog::isThere);
        dialog.at("button", "Block").click();
        card.awaitGone();
        atAlice.session().awaitStanding("Declined");
        atBob.at("region", "Blocked").at("link", alice.address()).awaitThere();
        atAlice.contact(bob.address()).awaitText("Offline");

        atBob.at("button", "Actions for " + alice.address()).click();
        atBob.at("menuitem", "Unblock").click();
        atBob.at("dialog", "Unblock this contact?").at("button", "Unblock").click();
        atAlice.contact(bob.address()).awaitText("Online");
        atBob.contact(alice.address()).awaitText("Online");
    }

    // --- Messages

    @Test
    void messagesGoBothWays() {
        atBob.view("Settings");
        atAlice.talkTo(bob.address());
        atAlice.say("Are you there?");
        atBob.contact(alice.address()).awaitText("Are you there?");
        atBob.at("link", "1 unread").awaitThere();
        atBob.talkTo(alice.address());
        atBob.at("log", "").awaitText("Are you there?");
        atBob.at("textbox", "Message").click();
        atBob.press("As ever", org.openqa.selenium.Keys.ENTER);
        atAlice.at("log", "").awaitText("As ever");
        atBob.at("link", "unread").awaitGone();
        assertThat(atAlice.evaluate("return document.querySelector('.own-message:last-of-type')?.dataset.fate"))
                .isIn("SENT", null);

        atAlice.at("button", "More for this conversation").click();
        atAlice.at("menuitem", "Clear history…").click();
        atAlice.at("dialog", "Clear this history?")
                .at("button", "Clear history")
                .click();
        atAlice.awaitText("Nothing here yet");
        assertThat(atBob.at("log", "").text()).contains("As ever");
    }

    // --- Pages come and go

    @Test
    void aReloadInTheMiddleLosesNothing() {
        registerProbe(alice, "Go");
        atAlice.awaitApplication("Go");
        registerProbe(bob, "Go");
        atAlice.talkTo(bob.address());
        atAlice.invite("Go", "nineteen by nineteen");
        atBob.card(alice.address());
        atAlice.reload();
        atAlice.session().awaitStanding("Ringing");
        atBob.reload();
        Spot card = atBob.card(alice.address());
        assertThat(card.text()).contains("nineteen by nineteen");
        atBob.answer(card, "Accept");
        try (Launches.Launched there = stage.launches().await(guid, alice.address());
                Launches.Launched here = stage.launches().await(guid, bob.address())) {
            there.await("connected");
            here.await("connected");
            for (WindowPage page : List.of(atAlice, atBob)) {
                page.reload();
                page.session().awaitStanding("Connected");
                assertThat(page.session().steps()).isEqualTo(ALL_THE_WAY);
            }
        }
    }

    @Test
    void twoPagesAgree() {
        registerProbe(alice, "Mill");
        atAlice.awaitApplication("Mill");
        try (WindowPage other = browser.open(stage, bob)) {
            atAlice.talkTo(bob.address());
            atAlice.invite("Mill", "");
            Spot here = atBob.card(alice.address());
            Spot there = other.card(alice.address());
            other.answer(there, "Decline");
            here.awaitGone();
            there.awaitGone();

            atBob.at("combobox", "Your status").choose("AWAY");
            other.at("combobox", "Your status").awaitValue("AWAY");
            other.at("combobox", "Your status").choose("ONLINE");
            atBob.at("combobox", "Your status").awaitValue("ONLINE");

            other.talkTo(alice.address());
            atBob.talkTo(alice.address());
            other.say("from the other page");
            atBob.at("log", "").awaitText("from the other page");
        }
    }

    // --- The service comes and goes

    @Test
    void whenTheServiceIsKilledTheWindowSaysSoAndGoesOnOnceItIsBack() {
        stage.service().kill();
        for (WindowPage page : List.of(atAlice, atBob)) {
            page.at("status", "Reconnecting since").awaitThere();
        }
        atAlice.screenshot("reconnecting");
        stage.startService();
        for (WindowPage page : List.of(atAlice, atBob)) {
            page.at("status", "Reconnecting since").awaitGone();
        }
        atAlice.contact(bob.address()).awaitText("Online");
        atBob.contact(alice.address()).awaitText("Online");
        atAlice.talkTo(bob.address());
        atAlice.say("Back again");
        atBob.talkTo(alice.address());
        atBob.at("log", "").awaitText("Back again");
    }

    // --- How

    private void registerProbe(Person person, String name) {
        person.messenger()
                .registerApplication(
                        new Application(guid, name, DOWNLOAD, stage.probe(guid).toString()));
    }

    private static void register(Person person, String name, String... commands) {
        try {
            Path script = Files.write(Files.createTempFile(stage.folder(), "drawing", ""), List.of(commands));
            person.messenger()
                    .registerApplication(new Application(WHITEBOARD, name, DOWNLOAD, START + " --script " + script));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
