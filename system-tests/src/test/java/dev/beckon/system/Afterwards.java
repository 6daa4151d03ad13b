package dev.beckon.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.beckon.service.xml.Element;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Holds a service that was killed and has started again against what it had acknowledged. */
final class Afterwards {
    /** Of the accounts that signed up, so many are tried; that all are there the store itself shows. */
    private static final int TRIED = 3;

    private final Stage stage;
    private final String round;
    private final Acknowledged said;

    Afterwards(Stage stage, String round, Acknowledged said) {
        this.stage = stage;
        this.round = round;
        this.said = said;
    }

    void check(Random random) throws IOException {
        List<String> names = new ArrayList<>(said.accounts.keySet());
        Collections.shuffle(names, random);
        for (String name : names.subList(0, Math.min(TRIED, names.size()))) {
            signIn(name).close();
        }
        checkChanges();
        checkMessages();
        checkGame();
    }

    /** With the password that was acknowledged, or else the one that was asked for. */
    private RawStream signIn(String name) throws IOException {
        String asked = said.askedPasswords.get(name);
        if (asked != null) {
            try {
                return new RawStream(stage.port()).secure().signIn(name, asked).bind("after");
            } catch (IOException e) {
                // It was not taken any more: then the one before holds.
                assertThat(e).hasMessageContaining("not-authorized");
            }
        }
        return new RawStream(stage.port())
                .secure()
                .signIn(name, said.accounts.get(name))
                .bind("after");
    }

    private void checkChanges() throws IOException {
        try (RawStream stream = signIn(round + "-changer")) {
            Map<String, Element> contacts = new TreeMap<>();
            for (Element item : list(stream)) {
                contacts.put(item.attribute("jid", ""), item);
                // A contact that is there is there whole.
                assertThat(item.attribute("name")).isEqualTo(item.attribute("jid"));
                assertThat(item.firstChild().text()).isEqualTo(item.attribute("jid"));
            }
            assertThat(contacts.keySet()).containsAll(said.contacts);
            assertThat(contacts.size() - said.contacts.size()).isBetween(0, 1);
            List<String> blocked = stream
                    .ask("get", "b", "<blocklist xmlns='urn:xmpp:blocking'/>", other -> {})
                    .firstChild()
                    .children()
                    .stream()
                    .map(item -> item.attribute("jid", ""))
                    .toList();
            assertThat(blocked).containsAll(said.blocked);
            String document = stream.ask(
                            "get", "d", "<query xmlns='jabber:iq:private'><d xmlns='urn:d'/></query>", other -> {})
                    .firstChild()
                    .firstChild()
                    .text();
            assertThat(document.isEmpty() ? -1 : Integer.parseInt(document))
                    .isBetween(said.document, said.document + 1);
        }
    }

    private void checkMessages() throws IOException {
        try (RawStream stream = signIn(round + "-writer")) {
            List<String> bodies = new ArrayList<>();
            stream.send("<presence/>").ask("get", "m", "<query xmlns='jabber:iq:roster'/>", other -> {
                if (other.name().equals("message")) {
                    bodies.add(other.child("body", "jabber:client").text());
                }
            });
            assertThat(bodies.size()).isBetween(said.messages, said.messages + 1);
            assertThat(bodies)
                    .isEqualTo(IntStream.range(0, bodies.size())
                            .mapToObj(Integer::toString)
                            .toList());
        }
    }

    private static List<Element> list(RawStream stream) throws IOException {
        return stream.ask("get", "l", "<query xmlns='jabber:iq:roster'/>", other -> {})
                .firstChild()
                .children();
    }

    /** Once both have signed in again their lists agree: on what was acknowledged last, or on the step that was under way. */
    private void checkGame() throws IOException {
        try (RawStream one = signIn(round + "-one");
                RawStream two = signIn(round + "-two")) {
            one.send("<presence/>");
            two.send("<presence/>");
            List<String> before = KillLoad.GAME.get(said.steps % KillLoad.GAME.size());
            List<String> after = KillLoad.GAME.get((said.steps + 1) % KillLoad.GAME.size());
            await().atMost(Times.LONG)
                    .untilAsserted(() -> assertThat(List.of(state(one), state(two)))
                            .as("after %d steps", said.steps)
                            .isIn(before, after));
        }
    }

    private static String state(RawStream stream) throws IOException {
        List<Element> list = list(stream);
        return list.isEmpty() ? "none" : KillLoad.state(list.get(0));
    }
}
