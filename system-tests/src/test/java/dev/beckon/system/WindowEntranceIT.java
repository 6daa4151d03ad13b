package dev.beckon.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How people come in who have no more than {@code beckon open}: by an address they have, or by a service they start. */
class WindowEntranceIT {
    private static Browser browser;
    private static Stage stage;

    @BeforeAll
    static void open() {
        browser = Browser.start();
        stage = Stage.open();
    }

    @AfterAll
    static void close() {
        try (Browser used = browser;
                Stage ended = stage) {
            assertThat(used == null ? List.of() : used.complaints()).isEmpty();
        }
    }

    @Test
    void whoHasAnAddressJoinsAServiceSignsOutAndInAgain() throws IOException {
        stage.makeAccount("carol");
        String carol = "carol@" + Stage.DOMAIN;
        try (Running window = start("carol");
                WindowPage page = browser.open(entrance(window))) {
            page.at("heading", "Welcome to Beckon").awaitThere();
            page.assertAccessible("the first page");
            page.screenshot("sign-in");
            String certificate = Files.readString(stage.certificate());
            join(page, carol, "a wrong password", "127.0.0.1:" + stage.port(), certificate);
            page.at("alert", "password").awaitThere();

            page.at("checkbox", "Stay signed in").click();
            join(page, carol, Stage.PASSWORD, "127.0.0.1:" + stage.port(), certificate);
            page.at("region", "You").awaitText(carol);
            page.reload();
            page.at("region", "You").awaitText(carol);

            signOut(page, false);
            page.at("button", "Sign in as " + carol).click();
            page.at("region", "You").awaitText(carol);
            signOut(page, true);
            page.at("heading", "Welcome to Beckon").awaitThere();
        }
    }

    @Test
    void whoHasNoneStartsAServiceAndAnotherPersonJoinsIt() {
        try (Running anns = start("ann");
                Running bens = start("ben");
                WindowPage atAnn = browser.open(entrance(anns));
                WindowPage atBen = browser.open(entrance(bens))) {
            atAnn.at("radio", "Start a service on this computer").click();
            atAnn.assertAccessible("the page that starts a service");
            Spot start = atAnn.at("form", "Start a service on this computer");
            start.at("textbox", "Your name").type("ann");
            start.at("textbox", "Password").type(Stage.PASSWORD);
            start.at("button", "Start and sign in").click();
            atAnn.at("region", "You").awaitText("ann@beckon.localhost");

            atAnn.view("Settings");
            Spot service = atAnn.at("region", "The service on this computer");
            service.at("button", "Add a person").click();
            Spot add = service.at("form", "Add a person");
            add.at("textbox", "Name").type("ben");
            add.at("textbox", "Password").type(Stage.PASSWORD);
            add.at("button", "Add person").click();
            service.at("list", "Accounts").awaitText("ben@beckon.localhost");
            atAnn.assertAccessible("the settings");

            String server = service.text().replaceAll("(?s).*\\b(127\\.0\\.0\\.1:\\d+).*", "$1");
            String certificate = service.at("textbox", "Certificate").value();
            join(atBen, "ben@beckon.localhost", Stage.PASSWORD, server, certificate);
            atBen.at("region", "You").awaitText("ben@beckon.localhost");
            atBen.at("button", "Add a contact").click();
            Spot dialog = atBen.at("dialog", "Add a contact");
            dialog.at("textbox", "Address").type("ann@beckon.localhost");
            dialog.at("textbox", "Name").type("Ann");
            atBen.assertAccessible("the dialog that adds a contact");
            dialog.at("button", "Add").click();
            dialog.awaitGone();

            atAnn.at("button", "Accept ben@beckon.localhost").click();
            atAnn.contact("ben@beckon.localhost").awaitText("Online");
            atBen.contact("Ann").awaitText("Online");
        }
        try (Running again = start("ann");
                WindowPage atAnn = browser.open(entrance(again))) {
            atAnn.at("region", "You").awaitText("ann@beckon.localhost");
            atAnn.at("status", "onnecti").awaitGone();
        }
    }

    @Test
    void whoWasNotLetInIsTold() {
        try (Running window = start("dan")) {
            String entrance = entrance(window);
            try (WindowPage page = browser.open(entrance)) {
                page.at("heading", "Welcome to Beckon").awaitThere();
                page.evaluate("localStorage.clear()");
                page.reload();
                page.at("heading", "This page is locked").awaitThere();
                page.awaitText("beckon open");
                page.assertAccessible("the locked page");
                try (WindowPage later = browser.open(entrance)) {
                    assertThat(later.evaluate("return localStorage.length")).isEqualTo(0L);
                }
                Running open = stage.run(
                        Map.of(), "open", "--print", "--home", home("dan").toString());
                try (WindowPage let = browser.open(Browser.entrance(open.output()))) {
                    let.at("heading", "Welcome to Beckon").awaitThere();
                    page.at("heading", "Welcome to Beckon").awaitThere();
                }
            }
        }
    }

    // --- How

    private static Path home(String name) {
        return stage.folder().resolve(name);
    }

    private static Running start(String name) {
        return stage.start(
                "window of " + name,
                Map.of(),
                "open",
                "--print",
                "--home",
                home(name).toString());
    }

    private static String entrance(Running window) {
        return Browser.entrance(window.awaitLine(line -> line.contains("/enter?token="), "the address of its window"));
    }

    private static void join(WindowPage page, String user, String password, String server, String certificate) {
        Spot form = page.at("form", "Join a service");
        form.at("textbox", "Address").type(user);
        form.at("textbox", "Password").type(password);
        if (!form.at("textbox", "Server").isThere()) {
            form.at("button", "More").click();
        }
        form.at("textbox", "Server").type(server);
        form.at("textbox", "Certificate").type(certificate);
        form.at("button", "Sign in").click();
    }

    private static void signOut(WindowPage page, boolean forget) {
        page.at("button", "Sign out").click();
        Spot dialog = page.at("dialog", "Sign out?");
        if (forget) {
            dialog.at("checkbox", "Forget this account").click();
        }
        dialog.at("button", "Sign out").click();
        dialog.awaitGone();
    }
}
