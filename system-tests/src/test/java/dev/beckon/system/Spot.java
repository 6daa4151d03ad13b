package dev.beckon.system;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.openqa.selenium.By;
import org.openqa.selenium.ElementNotInteractableException;
import org.openqa.selenium.JavascriptException;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;

/** A place on a page, told by roles and names as a screen reader tells them; looked for anew whenever it is used. */
final class Spot {
    private static final String FIND = """
            const WHERE = {
              alert: '[role=alert]', article: 'article', button: 'button:not([role]), summary', checkbox: 'input[type=checkbox]',
              combobox: 'select', dialog: 'dialog[open]', form: 'form', heading: 'h1, h2, h3', item: 'li', link: 'a[href]',
              list: 'ol, ul', log: '[role=log]', menu: '[role=menu]', menuitem: '[role=menuitem]', navigation: 'nav',
              radio: 'input[type=radio]', region: 'section', searchbox: 'input[type=search]', status: '[role=status]',
              textbox: 'textarea, input:not([type]), input[type=text], input[type=password]', timer: '[role=timer]',
            };
            const clean = (text) => text.replace(/\\s+/g, ' ').trim();
            const name = (node) => clean(
              node.getAttribute('aria-label')
                ?? node.getAttribute('aria-labelledby')?.split(' ').map((id) => document.getElementById(id)?.textContent).join(' ')
                ?? (node.labels?.length ? [...node.labels].map((label) => label.textContent).join(' ') : node.textContent));
            const modal = [...document.querySelectorAll('dialog[open]')].pop();
            let found = [modal ? modal.parentNode : document];
            for (const [role, wanted] of arguments[0]) {
              const all = [...new Set(found.flatMap((within) => [...within.querySelectorAll(WHERE[role])]))]
                .filter((node) => (!modal || modal.contains(node)) && node.checkVisibility({ visibilityProperty: true }));
              const exact = wanted ? all.filter((node) => name(node) === wanted) : [];
              found = exact.length ? exact : all.filter((node) => name(node).includes(wanted));
            }
            return found;""";

    private final WindowPage page;
    private final List<List<String>> path;

    Spot(WindowPage page, List<List<String>> path) {
        this.page = page;
        this.path = path;
    }

    /** What has this role and name within it. */
    Spot at(String role, String name) {
        List<List<String>> longer = new ArrayList<>(path);
        longer.add(List.of(role, name));
        return new Spot(page, List.copyOf(longer));
    }

    private List<WebElement> found() {
        Object found = page.evaluate(FIND, path);
        List<WebElement> elements = new ArrayList<>();
        ((List<?>) found).forEach(each -> elements.add((WebElement) each));
        return elements;
    }

    boolean isThere() {
        return !found().isEmpty();
    }

    /** How many there are. */
    int count() {
        return found().size();
    }

    void awaitThere() {
        page.await(this + " is there", this::isThere);
    }

    void awaitGone() {
        page.await(this + " is gone", () -> !isThere());
    }

    /** The one there is, as soon as there is one. */
    private WebElement one() {
        List<WebElement> one = new ArrayList<>();
        page.await("one " + this, () -> {
            one.clear();
            one.addAll(found());
            return one.size() == 1;
        });
        return one.get(0);
    }

    private interface Deed<T> {
        T on(WebElement element);
    }

    /** Pages change while they are used: what moved away under the pointer is pressed where it is now. */
    private <T> T doing(Deed<T> deed) {
        long deadline = System.nanoTime() + Times.LONG.toNanos();
        while (true) {
            try {
                return deed.on(one());
            } catch (StaleElementReferenceException | ElementNotInteractableException | JavascriptException e) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError(this + " cannot be used", e);
                }
            }
        }
    }

    void click() {
        doing(element -> {
            element.click();
            return null;
        });
    }

    /** Clicks where it is there and can be pressed just now. */
    void clickIfReady() {
        try {
            found().stream()
                    .filter(element -> element.getDomAttribute("aria-disabled") == null)
                    .findFirst()
                    .ifPresent(WebElement::click);
        } catch (StaleElementReferenceException | ElementNotInteractableException e) {
            // It went away or moved under the pointer.
        }
    }

    /** Puts this text in place of what it holds. */
    void type(String text) {
        doing(element -> {
            element.click();
            page.evaluate("arguments[0].select()", element);
            page.driver().executeCdpCommand("Input.insertText", Map.of("text", text));
            return null;
        });
    }

    /** Chooses what has this value. */
    void choose(String value) {
        doing(element -> {
            element.findElement(By.cssSelector("option[value='" + value + "']")).click();
            return null;
        });
    }

    /** What can be read there. */
    String text() {
        return doing(WebElement::getText);
    }

    void awaitText(String wanted) {
        page.await(this + " says " + wanted, () -> text().contains(wanted));
    }

    /** Waits until an attribute is this, or gone where it is null. */
    void awaitAttribute(String name, String wanted) {
        page.await(this + " has " + name + " " + wanted, () -> Objects.equals(attribute(name), wanted));
    }

    String attribute(String name) {
        return doing(element -> element.getDomAttribute(name));
    }

    void awaitValue(String wanted) {
        page.await(this + " holds " + wanted, () -> value().equals(wanted));
    }

    /** What is typed there. */
    String value() {
        return doing(element -> element.getDomProperty("value"));
    }

    /** What a script says of it, which has it as {@code arguments[0]}. */
    Object evaluate(String script) {
        return doing(element -> page.evaluate(script, element));
    }

    boolean hasFocus() {
        return found().stream()
                .anyMatch(each ->
                        Boolean.TRUE.equals(page.evaluate("return arguments[0] === document.activeElement", each)));
    }

    @Override
    public String toString() {
        return String.join(
                " / ",
                path.stream()
                        .map(step -> step.get(0) + " \"" + step.get(1) + "\"")
                        .toList());
    }
}
