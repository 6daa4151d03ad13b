package dev.beckon.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.beckon.Application;
import dev.beckon.Session;
import dev.beckon.SessionState;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.openqa.selenium.Keys;

/** How the window looks and behaves: to eyes, to keys, to screen readers, and to people who mean ill. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WindowMannersIT {
    private static final String MARKUP = "<img src=x onerror=window.hacked=1><script>window.hacked=2</script>\"'&amp;";
    private static final String OVERRIDE = "annexe\u202Efdp.sh";
    private static final String FAMILY = "\uD83D\uDC69\u200D\uD83D\uDC69\u200D\uD83D\uDC67";
    private static final String RIGHT_TO_LEFT = "\u05E9\u05DC\u05D5\u05DD (12)";

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
        List<Person> both = stage.peopleWith("", "alice", "bob");
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

    @Test
    @Order(1)
    void everyViewIsAccessibleInLightAndDarkAtAnyWidth() {
        alice.messenger().addContact(bob.address(), "Bob Bright");
        bob.messenger().addContact(alice.address(), "Alice Armstrong");
        register(alice, "Whiteboard");
        register(bob, "Whiteboard");
        atAlice.awaitApplication("Whiteboard");
        atBob.talkTo("Alice Armstrong");
        atBob.say("Shall we look at the plan together? I have an hour.");
        atAlice.talkTo("Bob Bright");
        atAlice.say("Yes \u2013 on the whiteboard.");
        alice.messenger().invite(alice.contact(bob), guid, "the plan of the house");
        atBob.answer(atBob.card("Alice Armstrong"), "Decline");
        atBob.session().awaitStanding("Declined");
        alice.messenger().invite(alice.contact(bob), guid, "now I have time too");
        atBob.card("Alice Armstrong");
        atAlice.session().awaitStanding("Ringing");

        for (String colours : List.of("light", "dark")) {
            for (WindowPage page : List.of(atAlice, atBob)) {
                page.dark(colours.equals("dark"));
            }
            atBob.widen(1280, 800);
            atBob.assertAccessible("a conversation with an invitation, " + colours);
            atBob.screenshot("window-" + colours);
            atBob.widen(1920, 1080);
            atBob.assertFits();
            atBob.screenshot("wide-" + colours);
            atBob.widen(320, 640);
            atBob.assertFits();
            atBob.assertAccessible("the same at 320 px, " + colours);
            atBob.screenshot("narrow-" + colours);
            atAlice.widen(1280, 800);
            atAlice.screenshot("inviting-" + colours);
        }
        for (WindowPage page : List.of(atAlice, atBob)) {
            page.dark(false);
            page.widen(1280, 800);
        }
        atAlice.at("button", "Invite…").click();
        atAlice.assertAccessible("the dialog that invites");
        atAlice.screenshot("invite-dialog");
        atAlice.at("dialog", "Invite").at("button", "Cancel").click();
        atAlice.at("button", "Actions for Bob Bright").click();
        atAlice.assertAccessible("the menu of a contact");
        atAlice.press(Keys.ESCAPE);
        for (String view : List.of("Applications", "Missed", "Settings")) {
            atAlice.view(view);
            atAlice.assertAccessible(view);
            atAlice.screenshot(view.toLowerCase(java.util.Locale.ROOT));
            atAlice.widen(320, 640);
            atAlice.assertFits();
            atAlice.widen(1280, 800);
        }
    }

    @Test
    @Order(2)
    void aWholeInvitationAndItsAnswerNeedNoPointer() {
        register(alice, "Typewriter");
        register(bob, "Typewriter");
        atAlice.awaitApplication("Typewriter");
        atAlice.beginAnew();
        atAlice.tabTo(atAlice.contact("Bob Bright"));
        atAlice.press(Keys.ENTER);
        atAlice.tabTo("button", "Invite…");
        atAlice.press(Keys.ENTER);
        Spot wanted = atAlice.at("dialog", "Invite").at("radio", "Typewriter");
        wanted.awaitThere();
        for (int i = 0; i < 10 && !wanted.hasFocus(); i++) {
            atAlice.press(Keys.ARROW_DOWN);
        }
        atAlice.tabTo("textbox", "A line to go along");
        atAlice.press("by hand", Keys.ENTER);

        Spot card = atBob.card("Alice Armstrong");
        atBob.tabTo("link", "Go to the invitation");
        atBob.press(Keys.ENTER);
        atBob.tabTo(card.at("button", "Accept"));
        card.at("button", "Accept").awaitAttribute("aria-disabled", null);
        atBob.press(Keys.ENTER);
        try (Launches.Launched there = stage.launches().await(guid, alice.address());
                Launches.Launched here = stage.launches().await(guid, bob.address())) {
            there.await("connected");
            here.await("connected");
            atBob.session().awaitStanding("Connected");
            atAlice.session().awaitStanding("Connected");
            atAlice.tabTo(atAlice.session().button("End session"));
            atAlice.press(Keys.ENTER);
            atAlice.tabTo(atAlice.at("dialog", "End this session?").at("button", "End session"));
            atAlice.press(Keys.ENTER);
            atBob.session().awaitStanding("Ended");
        }
    }

    @Test
    @Order(3)
    void nothingIsAcceptedByAStrayKeyNorInTheFirstHalfSecondNorWhileItMoves() {
        register(alice, "Roulette");
        register(bob, "Roulette");
        atBob.talkTo("Alice Armstrong");
        atBob.at("textbox", "Message").click();
        atBob.evaluate("""
                window.seen = {};
                new MutationObserver(() => {
                  const accept = [...document.querySelectorAll('#invitations button')].find((each) => each.textContent === 'Accept');
                  if (accept) {
                    seen.shown ??= performance.now();
                    if (!accept.hasAttribute('aria-disabled')) {
                      seen.ready ??= performance.now();
                    }
                  }
                }).observe(document.body, { subtree: true, childList: true, attributes: true });""");
        Session invitation = alice.messenger().invite(alice.contact(bob), guid, null);
        atBob.await("the card can be answered", () -> {
            atBob.press(" y", Keys.ENTER);
            return Boolean.TRUE.equals(atBob.evaluate("return 'ready' in seen"));
        });
        assertThat((Number) atBob.evaluate("return seen.ready - seen.shown"))
                .extracting(Number::doubleValue)
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.DOUBLE)
                .isGreaterThanOrEqualTo(499);
        atBob.press(" y", Keys.ENTER);
        atBob.evaluate("document.activeElement.blur()");
        atBob.press(" ay", Keys.ENTER, Keys.SPACE);
        assertThat(invitation.state()).isEqualTo(SessionState.INVITATION);

        Spot accept = atBob.card("Alice Armstrong").at("button", "Accept");
        atBob.evaluate("""
                const title = document.querySelector('#invitations h2');
                let step = 0;
                window.shakes = true;
                (function shake() {
                  title.style.paddingTop = (step++ % 2) * 3 + 'px';
                  if (window.shakes) {
                    requestAnimationFrame(shake);
                  }
                })();""");
        accept.awaitAttribute("aria-disabled", "true");
        accept.click();
        accept.evaluate("arguments[0].focus()");
        atBob.press(Keys.ENTER);
        atBob.press(Keys.SPACE);
        accept.evaluate("arguments[0].click()");
        assertThat(invitation.state()).isEqualTo(SessionState.INVITATION);
        assertThat(stage.launches().unclaimed()).isZero();

        atBob.evaluate("window.shakes = false");
        accept.awaitAttribute("aria-disabled", null);
        accept.evaluate("arguments[0].click()");
        assertThat(invitation.state()).isEqualTo(SessionState.INVITATION);
        accept.click();
        await().atMost(Times.LONG).until(() -> invitation.state() != SessionState.INVITATION);
    }

    @Test
    @Order(4)
    void hostileNamesAndTextsAreShownAndDoNothing() {
        String longest = "W".repeat(500);
        String longestName = "W".repeat(256);
        Person mallory = stage.person("mallory");
        stage.befriend(mallory, bob);
        for (String name : List.of(MARKUP + OVERRIDE, longestName, FAMILY + RIGHT_TO_LEFT)) {
            bob.messenger().addContact(mallory.address(), name);
            atBob.contact(shown(name)).awaitThere();
        }
        atBob.widen(320, 640);
        mallory.messenger()
                .registerApplication(new Application(
                        guid,
                        (MARKUP + OVERRIDE + longest).substring(0, 256),
                        "https://mallory.example/" + "x".repeat(200),
                        stage.probe(guid).toString()));
        for (String text : List.of(MARKUP, OVERRIDE, longest, FAMILY, RIGHT_TO_LEFT, "a\u202Eb\nc\u2066d")) {
            mallory.messenger().sendMessage(bob.address(), text);
        }
        mallory.messenger()
                .invite(mallory.contact(bob), guid, (MARKUP + FAMILY + OVERRIDE + longest).substring(0, 400));
        Spot card = atBob.card(FAMILY + RIGHT_TO_LEFT);
        assertThat(card.text()).contains(MARKUP).contains(shown(OVERRIDE)).contains(FAMILY);
        assertHarmless("hostile-card");
        atBob.evaluate("location.hash = '#/with/' + encodeURIComponent('" + mallory.address() + "')");
        Spot log = atBob.at("log", "Conversation with " + FAMILY);
        log.awaitText(shown(OVERRIDE));
        assertThat(log.text()).contains(MARKUP, longest, FAMILY, RIGHT_TO_LEFT);
        assertHarmless("hostile-conversation");
        atBob.widen(1280, 800);
        assertHarmless("hostile-wide");

        // Who is named from right to left is named first all the same: nothing after the name moves before it.
        assertThat(card.evaluate("""
                        const [name, application] = arguments[0].querySelectorAll('.card-title bdi');
                        const between = document.createRange();
                        between.setStartAfter(name);
                        between.setEndBefore(application);
                        const [first] = between.getClientRects();
                        return name.getBoundingClientRect().right <= first.left + 1""")).isEqualTo(true);
        bob.messenger().addContact(mallory.address(), longestName);
        atBob.contact(longestName).awaitThere();
        atBob.widen(320, 640);
        assertHarmless("hostile-long-name");
        atBob.answer(atBob.at("region", "Invitations").at("article", "Invitation from"), "Decline");
        atBob.evaluate("location.hash = '#/'");
        assertHarmless("hostile-list");
    }

    /** As it is shown: what cannot be seen, by its number. */
    private static String shown(String text) {
        return text.replace("\u202E", "\u27E8U+202E\u27E9");
    }

    private static void assertHarmless(String screenshot) {
        atBob.screenshot(screenshot);
        assertThat(atBob.evaluate("return window.hacked ?? null")).isNull();
        assertThat(atBob.evaluate("return document.querySelectorAll('img[src=x], script:not([src])').length"))
                .isEqualTo(0L);
        assertThat(String.valueOf(atBob.evaluate("return document.title + document.body.textContent")))
                .doesNotContain("\u202E");
        atBob.assertFits();
    }

    private void register(Person person, String name) {
        person.messenger()
                .registerApplication(new Application(
                        guid,
                        name,
                        "https://example.org/" + name.toLowerCase(java.util.Locale.ROOT),
                        stage.probe(guid).toString()));
    }
}
