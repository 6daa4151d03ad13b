package dev.beckon.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.PageLoadStrategy;
import org.openqa.selenium.UnexpectedAlertBehaviour;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * Chromium with nothing in it but the windows that a test opens: clicks and key presses come to the pages as a person's
 * do. It fetches nothing; where it is not installed, tests are skipped, or fail under {@code -Dbeckon.browser=required}.
 */
final class Browser implements AutoCloseable {
    private static final Pattern ENTRANCE = Pattern.compile("http://127\\.0\\.0\\.1:\\d+/enter\\?token=[\\w-]+");

    /** Held, so that its level stays: that it knows no typed DevTools of this version is no loss. */
    private static final Logger DEVTOOLS = Logger.getLogger("org.openqa.selenium.devtools");

    private final ChromeDriver driver;
    private final Path profile;
    /** The window it begins with stays empty: others are opened from it. */
    private final String blank;

    private String inFront;

    private Browser(ChromeDriver driver, Path profile) {
        this.driver = driver;
        this.profile = profile;
        this.blank = driver.getWindowHandle();
        this.inFront = blank;
    }

    /** Starts one, or skips the test. */
    static Browser start() {
        Path chromium = found("chromium", "chromium-browser", "google-chrome");
        Path chromeDriver = found("chromedriver");
        if (chromium == null || chromeDriver == null) {
            String missing = "no " + (chromium == null ? "chromium" : "chromedriver")
                    + " is on the path, so the window is not tried: apt-get install chromium chromium-driver";
            if ("required".equals(System.getProperty("beckon.browser"))) {
                fail(missing);
            }
            Assumptions.abort(missing);
        }
        DEVTOOLS.setLevel(Level.SEVERE);
        try {
            Path profile = Files.createTempDirectory("beckon-browser");
            ChromeOptions options = new ChromeOptions();
            options.setBinary(chromium.toFile());
            options.setPageLoadStrategy(PageLoadStrategy.EAGER);
            options.setUnhandledPromptBehaviour(UnexpectedAlertBehaviour.IGNORE);
            options.addArguments(
                    "--headless=new",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--disable-dev-shm-usage",
                    "--disable-extensions",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--disable-backgrounding-occluded-windows",
                    "--disable-renderer-backgrounding",
                    "--disable-background-timer-throttling",
                    "--no-proxy-server",
                    "--lang=en-GB",
                    "--force-color-profile=srgb",
                    "--window-size=1280,900",
                    "--user-data-dir=" + profile);
            LoggingPreferences logs = new LoggingPreferences();
            logs.enable(LogType.BROWSER, Level.ALL);
            options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
            ChromeDriverService service = new ChromeDriverService.Builder()
                    .usingDriverExecutable(chromeDriver.toFile())
                    .usingAnyFreePort()
                    .build();
            ChromeDriver driver = new ChromeDriver(service, options);
            driver.manage().timeouts().scriptTimeout(Times.LONG).pageLoadTimeout(Times.LONG);
            return new Browser(driver, profile);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path found(String... names) {
        List<String> folders = List.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator));
        return Stream.of(names)
                .flatMap(name -> folders.stream().map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    /** Somebody's window, come by as a person comes by it: with the address that {@code beckon open} prints. */
    WindowPage open(Stage stage, Person person) {
        // The agent is up before its window is.
        await().atMost(Times.LONG).until(() -> Files.exists(person.home().resolve("window")));
        WindowPage page = open(stage, person.home());
        page.at("region", "You").awaitThere();
        return page;
    }

    /** The window of a home whose agent runs. */
    WindowPage open(Stage stage, Path home) {
        Running open = stage.run(Map.of(), "open", "--print", "--home", home.toString());
        assertThat(open.awaitExit()).as(open.output()).isZero();
        return open(entrance(open.output()));
    }

    /** The address in what {@code beckon open} printed. */
    static String entrance(String printed) {
        Matcher address = ENTRANCE.matcher(printed);
        assertThat(address.find()).as("an address in: %s", printed).isTrue();
        return address.group();
    }

    /** A page of its own. */
    WindowPage open(String address) {
        showing(blank).switchTo().newWindow(WindowType.WINDOW);
        inFront = driver.getWindowHandle();
        WindowPage page = new WindowPage(this, inFront);
        page.widen(1280, 900);
        driver.get(address);
        return page;
    }

    /** The driver, with this page in front. */
    ChromeDriver showing(String handle) {
        if (!inFront.equals(handle)) {
            driver.switchTo().window(handle);
            inFront = handle;
        }
        return driver;
    }

    /** Closes this page. */
    void close(String handle) {
        showing(handle).close();
        showing(blank);
    }

    /** What pages should never have the browser say: scripts that fail, and what their policy keeps from running. */
    List<String> complaints() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(LogEntry::getMessage)
                .filter(said -> said.contains("Uncaught") || said.contains("Content Security Policy"))
                .toList();
    }

    @Override
    public void close() {
        driver.quit();
        // The browser's last processes may be writing yet.
        await().atMost(Times.LONG)
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptions()
                .until(() -> {
                    remove();
                    return true;
                });
    }

    private void remove() throws IOException {
        if (!Files.exists(profile)) {
            return;
        }
        try (Stream<Path> files = Files.walk(profile)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
