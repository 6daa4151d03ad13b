package dev.beckon.service.feature;

import static dev.beckon.service.feature.SubscriptionTest.befriend;
import static dev.beckon.service.feature.SubscriptionTest.error;
import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.realm.Device;
import dev.beckon.service.realm.Realm;
import dev.beckon.service.xml.Element;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** XEP-0160: messages wait for the next sign-in. */
class OfflineTest {
    @TempDir
    Path home;

    private Realm realm;
    private Device alice;

    @BeforeEach
    void open() throws Exception {
        start().accounts("alice", "bob", "mallory");
        alice = realm.online("alice", "a");
        Device bob = realm.online("bob", "b");
        befriend(alice, bob);
        bob.vanish();
        alice.received();
    }

    private Realm start() {
        realm = new Realm(Realm.config(home), (store, config) -> List.of(new Features(store, config)));
        return realm;
    }

    @AfterEach
    void close() {
        realm.close();
    }

    private void awaitKept(int count) throws InterruptedException {
        awaitKept("bob", count);
    }

    private void awaitKept(String owner, int count) throws InterruptedException {
        Instant end = Instant.now().plusSeconds(30);
        while (realm.store().keptMessages().of(owner).size() != count
                && Instant.now().isBefore(end)) {
            Thread.sleep(5);
        }
        assertThat(realm.store().keptMessages().of(owner)).hasSize(count);
    }

    /** Bob becomes available; what he is handed besides presence. */
    private List<Element> bobComes(String presence) throws Exception {
        Device bob = realm.signIn("bob", "b");
        bob.send(presence);
        return bob.received().stream()
                .filter(stanza -> stanza.name().equals("message"))
                .toList();
    }

    @Test
    void whatComesWhileSomebodyComesBackComesOnce() throws Exception {
        List<String> sent = IntStream.range(0, 80).mapToObj(i -> "m" + i).toList();
        for (String id : sent.subList(0, 40)) {
            alice.send("<message type='chat' to='bob@x' id='" + id + "'><body>b</body></message>");
        }
        Device bob = realm.signIn("bob", "b");
        bob.send("<presence/>");
        for (String id : sent.subList(40, 80)) {
            alice.send("<message type='chat' to='bob@x' id='" + id + "'><body>b</body></message>");
        }
        awaitKept(0);
        List<String> got = new ArrayList<>();
        while (!got.containsAll(sent)) {
            Element next = bob.take();
            if (next.name().equals("message")) {
                got.add(next.attribute("id"));
            }
        }
        bob.received().stream()
                .filter(element -> element.name().equals("message"))
                .forEach(element -> got.add(element.attribute("id")));
        assertThat(got).containsExactlyInAnyOrderElementsOf(sent);
    }

    @Test
    void aMessageWaitsOverARestartAndBearsTheTimeItCame() throws Exception {
        Instant before = Instant.now();
        alice.send("<message to='bob@x' type='chat' id='1'><body>first</body></message>");
        alice.send("<message to='bob@x' type='chat' id='2'><propose xmlns='urn:xmpp:jingle-message:0' id='i'/>"
                + "<store xmlns='urn:xmpp:hints'/></message>");
        awaitKept(2);
        realm.close();
        start();
        List<Element> messages = bobComes("<presence/>");
        assertThat(messages).extracting(each -> each.attribute("id")).containsExactly("1", "2");
        Element first = messages.get(0);
        assertThat(first.attribute("from")).isEqualTo("alice@x/a");
        assertThat(first.child("body", "jabber:client").text()).isEqualTo("first");
        Element delay = first.child("delay", "urn:xmpp:delay");
        assertThat(delay.attribute("from")).isEqualTo("x");
        assertThat(Instant.parse(delay.attribute("stamp")))
                .isBetween(before.minus(Duration.ofSeconds(1)), Instant.now());
        awaitKept(0);
    }

    @Test
    void nobodyElseStampsInTheNameOfTheService() throws Exception {
        alice.send("<message to='bob@x' type='chat'><body>b</body>"
                + "<delay xmlns='urn:xmpp:delay' from='X' stamp='2001-01-01T00:00:00Z'/>"
                + "<delay xmlns='urn:xmpp:delay' from='room@y' stamp='2002-01-01T00:00:00Z'/></message>");
        awaitKept(1);
        assertThat(bobComes("<presence/>").get(0).children("delay", "urn:xmpp:delay"))
                .extracting(delay -> delay.attribute("from"))
                .containsExactly("room@y", "x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<message to='bob@x' type='chat'><body>b</body><no-store xmlns='urn:xmpp:hints'/></message>",
                "<message to='bob@x' type='chat'><active xmlns='http://jabber.org/protocol/chatstates'/></message>",
                "<message to='bob@x/gone' type='chat'><proceed xmlns='urn:xmpp:jingle-message:0' id='i'/>"
                        + "<store xmlns='urn:xmpp:hints'/></message>",
                "<message to='bob@x' type='groupchat'><body>b</body></message>"
            })
    void whatIsNotToBeKeptIsRefused(String message) throws Exception {
        alice.send(message);
        assertThat(error(alice.take())).isEqualTo("service-unavailable");
        awaitKept(0);
    }

    @Test
    void whatIsOnlyToStayOutOfArchivesMayWait() throws Exception {
        alice.send(
                "<message to='bob@x' type='chat'><body>b</body><no-permanent-store xmlns='urn:xmpp:hints'/></message>");
        awaitKept(1);
    }

    @Test
    void whatAStrangerWritesWaitsToo() throws Exception {
        Device mallory = realm.online("mallory", "m");
        mallory.send("<message to='bob@x' type='chat' id='1'><body>there?</body></message>");
        awaitKept(1);
        assertThat(bobComes("<presence/>"))
                .extracting(Device::inShort)
                .containsExactly("message:chat from mallory@x/m");
        mallory.send("<message to='nobody@x' type='chat' id='1'><body>there?</body></message>");
        assertThat(error(mallory.take())).isEqualTo("service-unavailable");
    }

    @Test
    void oneStrangerTakesALittleOfTheStrangersShareWhomeverHeWritesTo() throws Exception {
        realm.accounts("carol");
        Device mallory = realm.online("mallory", "m");
        for (int i = 0; i < 10; i++) {
            String to = i % 2 == 0 ? "bob@x" : "carol@x";
            mallory.send("<message to='" + to + "' type='chat' id='" + i + "'><body>b</body></message>");
        }
        awaitKept(5);
        mallory.send("<message to='carol@x' type='chat' id='over'><body>b</body></message>");
        Element refused = mallory.take();
        assertThat(error(refused)).isEqualTo("service-unavailable");
        assertThat(refused.attribute("id")).isEqualTo("over");
        assertThat(bobComes("<presence/>")).hasSize(5);
        awaitKept(0);
        mallory.send("<message to='carol@x' type='chat' id='again'><body>b</body></message>");
        awaitKept("carol", 6);
    }

    @Test
    void strangersFillTheirShareOnlyAndContactsKeepTheirs() throws Exception {
        for (int i = 0; i < 4; i++) {
            realm.accounts("stranger" + i);
            Device stranger = realm.online("stranger" + i, "s");
            for (int j = 0; j < 10; j++) {
                stranger.send("<message to='bob@x' type='chat'><body>b</body></message>");
            }
        }
        awaitKept(30);
        for (int i = 0; i < 100; i++) {
            alice.send("<message to='bob@x' type='chat' id='" + i + "'><body>b</body></message>");
        }
        awaitKept(130);
        assertThat(alice.heard()).isEmpty();
    }

    @Test
    void soMuchWaitsAndNoMore() throws Exception {
        for (int i = 0; i < 101; i++) {
            alice.send("<message to='bob@x' type='chat' id='" + i + "'><body>b</body></message>");
        }
        Element refused = alice.take();
        assertThat(error(refused)).isEqualTo("service-unavailable");
        awaitKept(100);
    }

    @Test
    void aDeviceThatTakesNoMessagesIsHandedNoneUntilItDoes() throws Exception {
        alice.send("<message to='bob@x' type='chat'><body>b</body></message>");
        awaitKept(1);
        Device bob = realm.signIn("bob", "b");
        bob.send("<presence><priority>-1</priority></presence>");
        assertThat(bob.heard()).noneMatch(each -> each.startsWith("message"));
        bob.send("<presence/>");
        assertThat(bob.heard()).contains("message:chat from alice@x/a");
        awaitKept(0);
        alice.send("<message to='bob@x' type='chat'><body>c</body></message>");
        assertThat(bob.take().child("delay", "urn:xmpp:delay")).isNull();
    }

    @Test
    void aDeviceThatGoesAwayAndComesBackIsHandedWhatCameMeanwhile() throws Exception {
        Device bob = realm.online("bob", "b");
        bob.send("<presence type='unavailable'/>");
        alice.send("<message to='bob@x' type='chat'><body>meanwhile</body></message>");
        awaitKept(1);
        bob.send("<presence/>");
        assertThat(bob.heard()).contains("message:chat from alice@x/a");
        awaitKept(0);
    }
}
