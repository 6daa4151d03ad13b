package dev.beckon.service.feature;

import static dev.beckon.service.feature.SubscriptionTest.befriend;
import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.realm.Device;
import dev.beckon.service.realm.Realm;
import dev.beckon.service.xml.Element;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** XEP-0359: every device means the same message by the same name. */
class StanzaIdTest {
    private static final String IDS = "urn:xmpp:sid:0";

    @TempDir
    Path home;

    private Realm realm;
    private Device alice;
    private Device phone;
    private Device laptop;

    @BeforeEach
    void open() throws Exception {
        realm = new Realm(Realm.config(home), (store, config) -> List.of(new Features(store, config)))
                .accounts("alice", "bob");
        alice = realm.online("alice", "a");
        phone = realm.online("bob", "phone");
        laptop = realm.online("bob", "laptop");
        phone.received();
    }

    @AfterEach
    void close() {
        realm.close();
    }

    private static List<Element> ids(Element message) {
        return message.children("stanza-id", IDS);
    }

    @Test
    void allDevicesGetOneAndTheSameIdByTheirAccount() throws Exception {
        alice.send("<message to='bob@x' type='chat' id='1'><body>Hi</body></message>");
        List<Element> ids = ids(phone.take());
        assertThat(ids).hasSize(1);
        assertThat(ids.get(0).attribute("by")).isEqualTo("bob@x");
        assertThat(ids.get(0).attribute("id")).hasSize(16);
        assertThat(ids(laptop.take())).isEqualTo(ids);
        alice.send("<message to='bob@x' type='chat' id='2'><body>Hi</body></message>");
        assertThat(ids(phone.take())).isNotEqualTo(ids);
    }

    @Test
    void aCopyForAnotherDeviceBearsTheSameId() throws Exception {
        laptop.ask("set", "", "<enable xmlns='urn:xmpp:carbons:2'/>");
        alice.send("<message to='bob@x/phone' type='chat'><proceed xmlns='urn:xmpp:jingle-message:0' id='i'/>"
                + "<store xmlns='urn:xmpp:hints'/></message>");
        Element copied = laptop.take()
                .child("received", "urn:xmpp:carbons:2")
                .child("forwarded", "urn:xmpp:forward:0")
                .child("message", "jabber:client");
        assertThat(ids(copied)).hasSize(1).isEqualTo(ids(phone.take()));
    }

    @Test
    void aMessageThatWaitedBearsOneToo() throws Exception {
        befriend(alice, phone);
        phone.vanish();
        laptop.vanish();
        alice.send("<message to='bob@x' type='chat'><body>later</body></message>");
        phone = realm.signIn("bob", "phone");
        phone.send("<presence/>");
        Element message = phone.take();
        while (!message.name().equals("message")) {
            message = phone.take();
        }
        assertThat(ids(message)).extracting(each -> each.attribute("by")).containsExactly("bob@x");
    }

    @Test
    void nobodyElseNamesMessagesForTheAccount() throws Exception {
        alice.send("<message to='bob@x/phone' type='chat'><body>Hi</body>"
                + "<stanza-id xmlns='urn:xmpp:sid:0' by='BOB@x' id='forged'/>"
                + "<stanza-id xmlns='urn:xmpp:sid:0' by='room@y' id='kept'/>"
                + "<origin-id xmlns='urn:xmpp:sid:0' id='mine'/></message>");
        Element message = phone.take();
        assertThat(ids(message)).extracting(each -> each.attribute("by")).containsExactly("room@y", "bob@x");
        assertThat(ids(message)).noneMatch(each -> "forged".equals(each.attribute("id")));
        assertThat(message.child("origin-id", IDS)).isNotNull();
        alice.send("<message to='bob@x/phone' type='chat'><a xmlns='b'/>"
                + "<stanza-id xmlns='urn:xmpp:sid:0' by='bob@x' id='forged'/></message>");
        assertThat(ids(phone.take())).isEmpty();
    }

    @Test
    void whatIsNotWorthNamingPassesUntouched() throws Exception {
        for (String message : List.of(
                "<message to='bob@x/phone' type='chat'><active xmlns='http://jabber.org/protocol/chatstates'/></message>",
                "<message to='bob@x/phone' type='error'><body>b</body><error type='cancel'/></message>",
                "<message to='bob@x/phone'/>")) {
            alice.send(message);
            assertThat(ids(phone.take())).as(message).isEmpty();
        }
    }
}
