package dev.beckon.agent.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class DownloadPageTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String URL = "https://example.org/get?a=1&b=$(id)%20;x";

    @TempDir
    Path temp;

    private final List<String> notices = new CopyOnWriteArrayList<>();

    @Test
    void theChosenCommandGetsTheAddressAsOneArgument() throws IOException {
        Path opened = temp.resolve("opened");
        Path browser = Scripts.script(
                temp, "browser", "printf '%s\\n' \"$@\" > " + opened + ".new; mv " + opened + ".new " + opened);
        page(List.of(browser.toString(), "--new tab")).open("https://example.org/get?a=1&b=2;c='d'");

        await().atMost(LONG).until(() -> Files.exists(opened));
        assertThat(opened).content().isEqualTo("--new tab\nhttps://example.org/get?a=1&b=2;c='d'\n");
        assertThat(notices).isEmpty();
    }

    @Test
    void whereNothingOpensItTheUserIsToldTheAddress() {
        page(List.of()).open("https://example.org/get");
        assertThat(notices).singleElement().asString().contains("Install").contains("https://example.org/get");
    }

    @Test
    void whereOpeningFailsTheUserIsToldTheAddress() throws IOException {
        page(List.of(temp.resolve("none").toString())).open("https://example.org/1");
        page(List.of(Scripts.script(temp, "broken", "exit 3").toString())).open("https://example.org/2");
        await().atMost(LONG).until(() -> notices.size() == 2);
        assertThat(notices.get(0)).contains("https://example.org/1");
        assertThat(notices.get(1)).contains("https://example.org/2");
    }

    @Test
    void nothingButAWebAddressIsOpened() throws IOException {
        Path opened = temp.resolve("opened");
        Path browser = Scripts.script(temp, "browser", "printf '%s\\n' \"$@\" >> " + opened);
        DownloadPage page = page(List.of(browser.toString()));
        for (String url : List.of("file:///etc/passwd", "javascript:alert(1)", "--help", "https://u:p@example.org/")) {
            page.open(url);
        }
        // It is handed over as one argument, so nothing in it is run.
        page.open(URL);
        await().atMost(LONG).until(() -> Files.exists(opened) && Files.size(opened) > 0);
        assertThat(opened).content().isEqualTo(URL + "\n");
        assertThat(notices).isEmpty();
    }

    private DownloadPage page(List<String> command) {
        return new DownloadPage(new Browser(() -> command, List.of()), notices::add);
    }
}
