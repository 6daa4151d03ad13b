package dev.beckon.agent.launch;

import dev.beckon.Application;
import dev.beckon.SessionException;
import java.net.URI;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens download pages in the user's browser or, where there is none, tells the user the address. */
public final class DownloadPage {
    private static final Logger log = LoggerFactory.getLogger(DownloadPage.class);

    private final Browser browser;
    private final Consumer<String> notices;

    /**
     * A way to download pages.
     *
     * @param notices takes what the user should read; any thread
     */
    public DownloadPage(Browser browser, Consumer<String> notices) {
        this.browser = browser;
        this.notices = notices;
    }

    /** Opens an address somebody else sent, if it is that of a plain web page. */
    public void open(String url) {
        String address;
        try {
            // What a stranger sent goes to another program: web addresses only, without letters that look like others.
            address = URI.create(Application.checkUrl(url)).toASCIIString();
        } catch (SessionException | IllegalArgumentException e) {
            log.warn("Not opening a download page: {}", e.getMessage());
            return;
        }
        if (address.isEmpty()) {
            notices.accept("Install the application; the invitation goes on once it is registered.");
            return;
        }
        browser.open(
                address,
                () -> notices.accept("Install the application from " + address
                        + " ; the invitation goes on once it is registered."));
    }
}
