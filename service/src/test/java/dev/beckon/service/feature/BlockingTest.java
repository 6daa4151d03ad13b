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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** XEP-0191: to the blocked person the account looks as if it were offline. */
class BlockingTest {
    private static final String ERRORS = "urn:xmpp:blocking:errors";

    @TempDir
    Path home;

    private Realm realm;
    private Device alice;
    private Device bob;

    @BeforeEach
    void open() throws Exception {
        realm = new Realm(Realm.config(home), (store, config) -> List.of(new Features(store, config)))
                .accounts("alice", "bob");
        alice = realm.online("alice", "a");
        bob = realm.online("bob", "b");
        befriend(alice, bob);
    }

    @AfterEach
    void close() {
        realm.close();
    }

    @Test
    void theBlockedPersonSeesTheOtherLeaveAndNothingMore() throws Exception {
        block("bob@x");
        assertThat(bob.heard()).containsExactly("presence:unavailable from alice@x/a");
        alice.send("<presence><show>away</show></presence>");
        assertThat(bob.heard()).isEmpty();
        bob.send("<presence><show>away</show></presence>");
        alice.received();
        bob.send("<message to='alice@x' type='chat' id='m1'><body>Hi</body></message>");
        bob.send("<message to='alice@x/a' type='chat' id='m2'><body>Hi</body></message>");
        assertThat(alice.heard()).isEmpty();
        assertThat(bob.received().stream().filter(each -> each.name().equals("message")))
                .hasSize(2)
                .allSatisfy(each -> assertThat(error(each)).isEqualTo("service-unavailable"));
        assertThat(error(bob.ask("get", "alice@x/a", "<ping xmlns='urn:xmpp:ping'/>")))
                .isEqualTo("service-unavailable");
        assertThat(error(bob.ask("get", "alice@x", "<query xmlns='http://jabber.org/protocol/disco#info'/>")))
                .isEqualTo("service-unavailable");
        bob.send("<presence type='probe' to='alice@x'/>");
        bob.send("<presence type='unsubscribe' to='alice@x'/>");
        assertThat(alice.heard()).isEmpty();
    }

    @Test
    void aBlockHoldsAfterSigningInAgain() throws Exception {
        block("bob@x");
        alice.vanish();
        bob.received();
        alice = realm.online("alice", "a");
        assertThat(bob.heard()).isEmpty();
        Device again = realm.signIn("bob", "b2");
        again.send("<presence/>");
        assertThat(again.heard()).containsExactly("presence from bob@x/b2", "presence from bob@x/b");
    }

    @Test
    void whatIsSentToSomebodyBlockedIsRefused() throws Exception {
        block("bob@x");
        bob.received();
        alice.send("<message to='bob@x' type='chat' id='m1'><body>Hi</body></message>");
        Element refusal = alice.take();
        assertThat(error(refusal)).isEqualTo("not-acceptable");
        assertThat(refusal.child("error", "jabber:client").child("blocked", ERRORS))
                .isNotNull();
        assertThat(refusal.child("error", "jabber:client").attribute("type")).isEqualTo("cancel");
        assertThat(error(alice.ask("get", "bob@x/b", "<ping xmlns='urn:xmpp:ping'/>")))
                .isEqualTo("not-acceptable");
        assertThat(bob.heard()).isEmpty();
    }

    @Test
    void afterUnblockingTheOtherIsSeenAgain() throws Exception {
        block("bob@x");
        bob.received();
        assertThat(alice.ask("set", "", "<unblock xmlns='urn:xmpp:blocking'/>").attribute("type"))
                .isEqualTo("result");
        assertThat(bob.heard()).containsExactly("presence from alice@x/a");
        assertThat(alice.heard()).containsExactly("presence from bob@x/b");
        bob.send("<message to='alice@x' type='chat'><body>Hi</body></message>");
        assertThat(alice.heard()).containsExactly("message:chat from bob@x/b");
    }

    @Test
    void oneDeviceIsBlockedAndTheOthersOfTheSamePersonAreNot() throws Exception {
        Device phone = realm.online("bob", "phone");
        bob.received();
        alice.received();
        block("bob@x/phone");
        assertThat(phone.heard()).containsExactly("presence:unavailable from alice@x/a");
        alice.send("<presence><show>away</show></presence>");
        assertThat(phone.heard()).isEmpty();
        assertThat(bob.heard()).containsExactly("presence from alice@x/a");
        alice.received();
        phone.send("<presence><show>dnd</show></presence>");
        bob.send("<presence><show>dnd</show></presence>");
        assertThat(alice.heard()).containsExactly("presence from bob@x/b");
        phone.received();
        bob.received();
        assertThat(error(alice.ask("get", "bob@x/phone", "<ping xmlns='urn:xmpp:ping'/>")))
                .isEqualTo("not-acceptable");
        assertThat(error(phone.ask("get", "alice@x/a", "<ping xmlns='urn:xmpp:ping'/>")))
                .isEqualTo("service-unavailable");
        alice.received();

        alice.vanish();
        assertThat(bob.heard()).containsExactly("presence:unavailable from alice@x/a");
        alice = realm.signIn("alice", "a");
        alice.ask("get", "", "<query xmlns='jabber:iq:roster'/>");
        alice.send("<presence/>");
        assertThat(alice.heard()).contains("presence from bob@x/b").doesNotContain("presence from bob@x/phone");
        assertThat(bob.heard()).containsExactly("presence from alice@x/a");
        assertThat(phone.heard()).isEmpty();

        alice.ask("set", "", "<unblock xmlns='urn:xmpp:blocking'><item jid='bob@x/phone'/></unblock>");
        assertThat(phone.heard()).containsExactly("presence from alice@x/a");
        assertThat(bob.heard()).isEmpty();
        assertThat(alice.heard()).contains("presence from bob@x/phone");
    }

    @Test
    void theListIsReadAndItsChangesArePushed() throws Exception {
        Device second = realm.online("alice", "a2");
        assertThat(list(second)).isEmpty();
        alice.received();
        second.received();
        block("bob@x");
        block("spam.example");
        assertThat(list(alice)).containsExactly("bob@x", "spam.example");
        List<Element> pushes = second.received();
        assertThat(pushes).hasSize(2);
        assertThat(pushes.get(0)
                        .child("block", "urn:xmpp:blocking")
                        .firstChild()
                        .attribute("jid"))
                .isEqualTo("bob@x");
        alice.ask("set", "", "<unblock xmlns='urn:xmpp:blocking'><item jid='bob@x'/></unblock>");
        assertThat(list(alice)).containsExactly("spam.example");
        assertThat(second.received()
                        .get(0)
                        .child("unblock", "urn:xmpp:blocking")
                        .children())
                .hasSize(1);
    }

    @Test
    void aBadRequestChangesNothing() throws Exception {
        assertThat(error(alice.ask("set", "", "<block xmlns='urn:xmpp:blocking'/>")))
                .isEqualTo("bad-request");
        assertThat(error(alice.ask("set", "", "<block xmlns='urn:xmpp:blocking'><item jid='@'/></block>")))
                .isEqualTo("jid-malformed");
        assertThat(error(alice.ask("get", "bob@x", "<blocklist xmlns='urn:xmpp:blocking'/>")))
                .isEqualTo("forbidden");
        assertThat(list(alice)).isEmpty();
    }

    @Test
    void nobodyIsBlockedFromHimself() throws Exception {
        block("x");
        block("alice@x");
        Device second = realm.signIn("alice", "a2");
        second.send("<presence/>");
        assertThat(second.heard()).contains("presence from alice@x/a");
        assertThat(alice.ask("get", "x", "<ping xmlns='urn:xmpp:ping'/>").attribute("type"))
                .isEqualTo("result");
    }

    private void block(String jid) throws Exception {
        assertThat(alice.ask("set", "", "<block xmlns='urn:xmpp:blocking'><item jid='" + jid + "'/></block>")
                        .attribute("type"))
                .isEqualTo("result");
    }

    private static List<String> list(Device device) throws Exception {
        return device
                .ask("get", "", "<blocklist xmlns='urn:xmpp:blocking'/>")
                .child("blocklist", "urn:xmpp:blocking")
                .children()
                .stream()
                .map(item -> item.attribute("jid"))
                .toList();
    }
}
