package dev.beckon.service.feature;

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

class CarbonsTest {
    private static final String ENABLE = "<enable xmlns='urn:xmpp:carbons:2'/>";

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
        for (Device device : List.of(alice, phone, laptop)) {
            assertThat(device.ask("set", "", ENABLE).attribute("type")).isEqualTo("result");
            device.received();
        }
    }

    @AfterEach
    void close() {
        realm.close();
    }

    @Test
    void anInvitationAnsweredOnOneDeviceStopsRingingOnTheOther() throws Exception {
        alice.send("<message to='bob@x' type='chat'><propose xmlns='urn:xmpp:jingle-message:0' id='1'/></message>");
        assertThat(phone.heard()).containsExactly("message:chat from alice@x/a");
        assertThat(laptop.heard()).containsExactly("message:chat from alice@x/a");
        phone.send("<message to='alice@x/a' type='chat'><proceed xmlns='urn:xmpp:jingle-message:0' id='1'/></message>");
        assertThat(alice.heard()).containsExactly("message:chat from bob@x/phone");
        Element copy = laptop.take();
        assertThat(copy.attribute("from")).isEqualTo("bob@x");
        assertThat(copy.attribute("to")).isEqualTo("bob@x/laptop");
        assertThat(copy.attribute("type")).isEqualTo("chat");
        Element original = inside(copy, "sent");
        assertThat(original.attribute("from")).isEqualTo("bob@x/phone");
        assertThat(original.attribute("to")).isEqualTo("alice@x/a");
        assertThat(original.child("proceed", "urn:xmpp:jingle-message:0").attribute("id"))
                .isEqualTo("1");
        assertThat(phone.heard()).isEmpty();
    }

    @Test
    void whatComesForOneDeviceIsCopiedToTheOthers() throws Exception {
        alice.send("<message to='bob@x/phone' type='chat'><body>Hi</body></message>");
        assertThat(phone.heard()).containsExactly("message:chat from alice@x/a");
        Element original = inside(laptop.take(), "received");
        assertThat(original.attribute("from")).isEqualTo("alice@x/a");
        assertThat(original.child("body", "jabber:client").text()).isEqualTo("Hi");
    }

    @Test
    void onlyWhatIsAConversationIsCopied() throws Exception {
        for (String message : List.of(
                "<message to='bob@x/phone' type='chat'><body>Hi</body><private xmlns='urn:xmpp:carbons:2'/></message>",
                "<message to='bob@x/phone' type='chat'><body>Hi</body><no-copy xmlns='urn:xmpp:hints'/></message>",
                "<message to='bob@x/phone'><x xmlns='urn:example:data'/></message>",
                "<message to='bob@x/phone' type='headline'><body>News</body></message>",
                "<message to='bob@x/phone' type='groupchat'><body>Hi</body></message>",
                "<message to='bob@x/phone' type='error'><error type='cancel'/></message>")) {
            alice.send(message);
        }
        assertThat(laptop.heard()).isEmpty();
        for (String message : List.of(
                "<message to='bob@x/phone'><body>Hi</body></message>",
                "<message to='bob@x/phone' type='normal'><received xmlns='urn:xmpp:receipts' id='1'/></message>",
                "<message to='bob@x/phone' type='chat'><active xmlns='http://jabber.org/protocol/chatstates'/></message>")) {
            alice.send(message);
            assertThat(laptop.heard()).as(message).hasSize(1);
        }
    }

    @Test
    void noCopyIsMadeOfWhatADeviceGetsAnyway() throws Exception {
        phone.send("<message to='bob@x' type='chat'><body>Note to self</body></message>");
        assertThat(laptop.heard()).hasSize(1);
        assertThat(phone.heard()).hasSize(1);
        phone.send("<message to='bob@x/laptop' type='chat'><body>Note to the laptop</body></message>");
        assertThat(laptop.heard()).containsExactly("message:chat from bob@x/phone");
        assertThat(phone.heard()).isEmpty();
    }

    @Test
    void thatAMessageDidNotArriveTheOtherDevicesLearnToo() throws Exception {
        phone.send("<message to='nobody@x' type='chat' id='m'><body>Hi</body></message>");
        assertThat(Device.inShort(phone.take())).isEqualTo("message:error from nobody@x");
        assertThat(inside(laptop.take(), "sent").attribute("id")).isEqualTo("m");
        Element error = inside(laptop.take(), "received");
        assertThat(error.attribute("type")).isEqualTo("error");
        assertThat(error.attribute("id")).isEqualTo("m");
        phone.send("<message to='nobody@x'><a xmlns='b'/></message>");
        assertThat(laptop.heard()).isEmpty();
    }

    @Test
    void switchedOffMeansOff() throws Exception {
        laptop.ask("set", "", "<disable xmlns='urn:xmpp:carbons:2'/>");
        laptop.ask("set", "", "<disable xmlns='urn:xmpp:carbons:2'/>");
        laptop.received();
        alice.send("<message to='bob@x/phone' type='chat'><body>Hi</body></message>");
        assertThat(laptop.heard()).isEmpty();
    }

    @Test
    void nobodySwitchesAnothersCarbons() throws Exception {
        assertThat(SubscriptionTest.error(alice.ask("set", "bob@x", ENABLE))).isEqualTo("not-allowed");
    }

    private static Element inside(Element copy, String direction) {
        return copy.child(direction, "urn:xmpp:carbons:2")
                .child("forwarded", "urn:xmpp:forward:0")
                .child("message", "jabber:client");
    }
}
