package dev.beckon.service.feature;

import static dev.beckon.service.feature.SubscriptionTest.befriend;
import static dev.beckon.service.feature.SubscriptionTest.error;
import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.realm.Device;
import dev.beckon.service.realm.Realm;
import dev.beckon.service.xml.Element;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one account may keep and ask: who goes over it is told so, and the others go on. */
class QuotaTest {
    @TempDir
    Path home;

    private Realm realm;

    private void open(String limits) {
        realm = new Realm(
                        Realm.config(home).withOpenRegistration(true).with("limits { " + limits + " }"),
                        (store, config) -> List.of(new Features(store, config)))
                .accounts("alice", "bob", "carol", "dave");
    }

    @AfterEach
    void close() {
        realm.close();
    }

    @Test
    void aFullContactListTakesNoMoreContacts() throws Exception {
        open("roster-items = 2");
        Device alice = realm.online("alice", "a");
        assertThat(add(alice, "bob@x").attribute("type")).isEqualTo("result");
        assertThat(add(alice, "carol@x").attribute("type")).isEqualTo("result");
        assertThat(error(add(alice, "dave@x"))).isEqualTo("resource-constraint");
        alice.received();
        alice.send("<presence type='subscribe' to='dave@x'/>");
        assertThat(error(alice.take())).isEqualTo("resource-constraint");
        assertThat(add(alice, "bob@x").attribute("type"))
                .as("one that is there")
                .isEqualTo("result");
        assertThat(add(realm.online("bob", "b"), "dave@x").attribute("type")).isEqualTo("result");
    }

    @Test
    void strangersFillTheirOwnShareAndNotTheContactList() throws Exception {
        open("roster-items = 1, subscription-requests = 2");
        for (String stranger : List.of("bob", "carol", "dave")) {
            realm.online(stranger, "s").send("<presence type='subscribe' to='alice@x'/>");
        }
        Device alice = realm.signIn("alice", "a");
        alice.send("<presence/>");
        assertThat(alice.heard())
                .filteredOn(each -> each.startsWith("presence:subscribe"))
                .containsExactlyInAnyOrder("presence:subscribe from bob@x", "presence:subscribe from carol@x");
        assertThat(add(alice, "dave@x").attribute("type")).isEqualTo("result");
    }

    @Test
    void whoAsksManyPeopleIsStopped() throws Exception {
        open("subscription-requests-per-hour = 2");
        Device spammer = realm.online("alice", "a");
        spammer.send("<presence type='subscribe' to='bob@x'/>");
        spammer.send("<presence type='subscribe' to='carol@x'/>");
        spammer.received();
        spammer.send("<presence type='subscribe' to='dave@x'/>");
        assertThat(error(spammer.take())).isEqualTo("resource-constraint");
        assertThat(realm.store().rosters().of("dave")).isEmpty();
        realm.online("bob", "b").send("<presence type='subscribe' to='dave@x'/>");
        assertThat(realm.store().rosters().of("dave")).hasSize(1);
    }

    @Test
    void aBlocklistIsBounded() throws Exception {
        open("blocked-addresses = 2");
        Device alice = realm.online("alice", "a");
        assertThat(error(block(alice, "bob@x", "carol@x", "dave@x"))).isEqualTo("resource-constraint");
        assertThat(realm.store().blocklists().of("alice")).as("all or nothing").isEmpty();
        assertThat(block(alice, "bob@x", "carol@x").attribute("type")).isEqualTo("result");
        assertThat(block(realm.online("bob", "b"), "dave@x").attribute("type")).isEqualTo("result");
    }

    @Test
    void whatIsKeptForAnAccountIsBounded() throws Exception {
        open("private-elements = 1, private-bytes = 100, vcard-bytes = 100");
        Device alice = realm.online("alice", "a");
        Device bob = realm.online("bob", "b");
        assertThat(keep(alice, "<a xmlns='u'/>").attribute("type")).isEqualTo("result");
        assertThat(error(keep(alice, "<a xmlns='v'/>"))).isEqualTo("resource-constraint");
        assertThat(error(keep(alice, "<a xmlns='u'>" + "x".repeat(100) + "</a>")))
                .isEqualTo("resource-constraint");
        String card = "<vCard xmlns='vcard-temp'><NICKNAME>%s</NICKNAME></vCard>";
        assertThat(error(alice.ask("set", "", card.formatted("x".repeat(100))))).isEqualTo("resource-constraint");
        assertThat(alice.ask("set", "", card.formatted("Al")).attribute("type")).isEqualTo("result");
        assertThat(keep(bob, "<a xmlns='v'/>").attribute("type")).isEqualTo("result");
    }

    @Test
    void soManyMessagesOfContactsWait() throws Exception {
        open("offline-messages = 2");
        Device alice = realm.online("alice", "a");
        Device bob = realm.online("bob", "b");
        befriend(alice, bob);
        bob.vanish();
        alice.received();
        for (int i = 0; i < 2; i++) {
            alice.send("<message to='bob@x' id='m" + i + "'><body>hello</body></message>");
        }
        alice.send("<message to='bob@x' id='over'><body>hello</body></message>");
        Element refused;
        do {
            refused = alice.take();
        } while (!refused.name().equals("message"));
        assertThat(refused.attribute("id")).isEqualTo("over");
        assertThat(error(refused)).isEqualTo("service-unavailable");
        assertThat(realm.store().keptMessages().of("bob")).hasSize(2);
    }

    @Test
    void oneNetworkOfIpv6CountsAsOneAddress() throws Exception {
        open("registrations-per-hour = 1");
        assertThat(register("erin", "2001:db8:0:1::1").attribute("type")).isEqualTo("result");
        assertThat(error(register("frank", "2001:db8:0:1:ffff::2"))).isEqualTo("resource-constraint");
        assertThat(register("frank", "2001:db8:0:2::1").attribute("type")).isEqualTo("result");
        assertThat(register("grace", "192.0.2.1").attribute("type")).isEqualTo("result");
        assertThat(register("heidi", "192.0.2.2").attribute("type")).isEqualTo("result");
    }

    private Element register(String name, String address) throws Exception {
        return realm.askBeforeSignIn(
                "set",
                "<query xmlns='jabber:iq:register'><username>" + name
                        + "</username><password>secret</password></query>",
                address);
    }

    private static Element add(Device device, String contact) throws Exception {
        return device.ask("set", "", "<query xmlns='jabber:iq:roster'><item jid='" + contact + "'/></query>");
    }

    private static Element keep(Device device, String element) throws Exception {
        return device.ask("set", "", "<query xmlns='jabber:iq:private'>" + element + "</query>");
    }

    private static Element block(Device device, String... addresses) throws Exception {
        StringBuilder items = new StringBuilder();
        for (String address : addresses) {
            items.append("<item jid='").append(address).append("'/>");
        }
        return device.ask("set", "", "<block xmlns='urn:xmpp:blocking'>" + items + "</block>");
    }
}
