package dev.beckon.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;

/** A page of the window, used as a person uses it: by what is written on it, with pointer or keys. */
final class WindowPage implements AutoCloseable {
    private static final Path SCREENSHOTS = Installation.root().resolve("system-tests/target/screenshots");

    private static final Duration POLL = Duration.ofMillis(50);

    private final Browser browser;
    private final String handle;

    WindowPage(Browser browser, String handle) {
        this.browser = browser;
        this.handle = handle;
    }

    ChromeDriver driver() {
        return browser.showing(handle);
    }

    /** What has this role and this name: exactly, or where nothing has, within it. */
    Spot at(String role, String name) {
        return new Spot(this, List.of(List.of(role, name)));
    }

    Object evaluate(String script, Object... arguments) {
        return driver().executeScript(script, arguments);
    }

    void reload() {
        driver().navigate().refresh();
    }

    /** As it is when it is opened: nothing chosen, no dialog open. */
    void beginAnew() {
        evaluate("sessionStorage.clear(); location.hash = '#/'");
        reload();
        at("region", "You").awaitThere();
    }

    /** All that can be read on it. */
    String text() {
        return String.valueOf(evaluate("return document.body.innerText"));
    }

    void awaitText(String wanted) {
        await("the page says " + wanted, () -> text().contains(wanted));
    }

    /** Waits until it is so; where it never is, tells what the page said instead. */
    void await(String what, BooleanSupplier condition) {
        try {
            Awaitility.await().pollInterval(POLL).atMost(Times.LONG).until(() -> {
                try {
                    return condition.getAsBoolean();
                } catch (StaleElementReferenceException e) {
                    // It was made anew meanwhile.
                    return false;
                }
            });
        } catch (ConditionTimeoutException e) {
            screenshot("failed-" + handle);
            throw new AssertionError("not so: " + what + "; the page says:\n" + text(), e);
        }
    }

    // ---- keys

    /** Presses keys, wherever the focus is. */
    void press(CharSequence... keys) {
        new Actions(driver()).sendKeys(keys).perform();
    }

    /** Goes on with Tab until this has the focus. */
    void tabTo(String role, String name) {
        tabTo(at(role, name));
    }

    void tabTo(Spot wanted) {
        for (int i = 0; i < 60; i++) {
            if (wanted.hasFocus()) {
                return;
            }
            press(Keys.TAB);
        }
        assertThat(wanted.hasFocus()).as("%s is reached with Tab", wanted).isTrue();
    }

    // ---- how it looks

    /** Gives it a size, in CSS pixels. */
    void widen(int width, int height) {
        driver().executeCdpCommand(
                        "Emulation.setDeviceMetricsOverride",
                        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    /** The colours the user's desktop asks for. */
    void dark(boolean dark) {
        driver().executeCdpCommand(
                        "Emulation.setEmulatedMedia",
                        Map.of(
                                "features",
                                List.of(
                                        Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"),
                                        Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
    }

    /** Writes what is seen to {@code target/screenshots}. */
    void screenshot(String name) {
        try {
            Files.createDirectories(SCREENSHOTS);
            Files.write(SCREENSHOTS.resolve(name + ".png"), driver().getScreenshotAs(OutputType.BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Nothing sticks out at the side, and nothing has to be moved sideways to be read. */
    void assertFits() {
        assertThat(evaluate("""
                        const wide = document.documentElement.clientWidth;
                        const all = [document.documentElement, ...document.body.querySelectorAll('*')];
                        const overflow = (node) => getComputedStyle(node).overflowX;
                        const cut = (node) => {
                          for (let around = node.parentElement; around && around !== document.body; around = around.parentElement) {
                            if (overflow(around) !== 'visible') {
                              return true;
                            }
                          }
                          return false;
                        };
                        const sticksOut = (node) => {
                          const { right, left, width } = node.getBoundingClientRect();
                          return width > 1 && (right > wide + 1 || left < -1) && node.checkVisibility() && !cut(node);
                        };
                        const moves = (node) => ['auto', 'scroll'].includes(overflow(node)) && node.scrollWidth > node.clientWidth + 1;
                        const tooWide = (node) => moves(node) || (!node.closest('.spoken, .skip') && sticksOut(node));
                        return all.filter(tooWide).map((node) => node.outerHTML.slice(0, 120));"""))
                .as("what sticks out at %s px", evaluate("return innerWidth"))
                .isEqualTo(List.of());
    }

    /** axe-core finds nothing serious or critical in what is shown. */
    void assertAccessible(String view) {
        if (!Boolean.TRUE.equals(evaluate("return 'axe' in window"))) {
            evaluate(axe());
        }
        Object found = driver().executeAsyncScript("""
                const done = arguments[arguments.length - 1];
                axe.run(document, { resultTypes: ['violations'] }).then((result) => done(result.violations
                  .filter((each) => ['serious', 'critical'].includes(each.impact))
                  .map((each) => each.id + ': ' + each.nodes.map((node) => node.html.slice(0, 200) + ' ' + node.failureSummary).join(' | '))),
                  (problem) => done(['axe: ' + problem]))""");
        assertThat(found).as("what axe-core finds in %s", view).isEqualTo(List.of());
    }

    private static String axe() {
        try (InputStream in = Objects.requireNonNull(WindowPage.class.getResourceAsStream("/axe.min.js"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- what people do

    /** The list entry of a contact, which tells how they are. */
    Spot contact(String name) {
        return at("navigation", "Contacts").at("link", name);
    }

    /** Opens the conversation with a contact. */
    void talkTo(String name) {
        contact(name).click();
        at("heading", name).awaitThere();
    }

    void say(String text) {
        at("textbox", "Message").type(text);
        at("button", "Send").click();
    }

    /** Goes to Applications, Missed or Settings. */
    void view(String name) {
        at("navigation", "Views").at("link", name).click();
    }

    /** Waits until an application is listed: one that is registered elsewhere is seen within two seconds. */
    void awaitApplication(String name) {
        view("Applications");
        at("article", name).awaitThere();
    }

    /** Invites the contact whose conversation is open. */
    void invite(String application, String text) {
        at("button", "Invite…").click();
        at("dialog", "Invite").at("radio", application).click();
        at("dialog", "Invite").at("textbox", "A line to go along").type(text);
        at("dialog", "Invite").at("button", "Invite").click();
        at("dialog", "Invite").awaitGone();
    }

    /** The card of an invitation of somebody, as soon as it is there. */
    Spot card(String name) {
        Spot card = at("region", "Invitations").at("article", "Invitation from " + name);
        card.awaitThere();
        return card;
    }

    /** Presses a button of a card until the card is gone: where it had just moved, the first press does not count. */
    void answer(Spot card, String button) {
        press(card, button, () -> !card.isThere());
    }

    /** The same, until something else is so. */
    void press(Spot card, String button, BooleanSupplier done) {
        await(card + " is answered with " + button, () -> {
            if (done.getAsBoolean()) {
                return true;
            }
            card.at("button", button).clickIfReady();
            return false;
        });
    }

    /** The last session in the conversation that is open. */
    Session session() {
        return new Session();
    }

    /** A session in the conversation. */
    final class Session {
        /** Waits until it stands so: "Ringing", "Connected", "Declined" … */
        void awaitStanding(String wanted) {
            await("the last session stands " + wanted, () -> last(".pill").equals(wanted));
        }

        /** The steps it has taken. */
        List<String> steps() {
            List<?> steps = (List<?>) evaluate("""
                    const session = [...document.querySelectorAll('li.session')].pop();
                    return [...session.querySelectorAll('.steps .taken')].map((each) => each.dataset.step)""");
            return steps.stream().map(String::valueOf).toList();
        }

        /** Why it ended, and what to do. */
        String problem() {
            return last(".problem:not([hidden])");
        }

        Spot button(String name) {
            return at("log", "").at("button", name);
        }

        private String last(String selector) {
            return String.valueOf(evaluate(
                    "return [...document.querySelectorAll('li.session')].pop()?.querySelector(arguments[0])?.innerText",
                    selector));
        }
    }

    @Override
    public void close() {
        browser.close(handle);
    }
}
