package dev.beckon.service.feature;

import static dev.beckon.service.feature.SubscriptionTest.befriend;
import static dev.beckon.service.feature.SubscriptionTest.error;
import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.Administration;
import dev.beckon.service.Limits;
import dev.beckon.service.ServiceConfig;
import dev.beckon.service.realm.Device;
import dev.beckon.service.realm.Realm;
import dev.beckon.service.route.StreamError;
import dev.beckon.service.xml.Element;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Accounts come, change and go: by their owners (XEP-0077), and by the operator while the service runs. */
class AccountTest {
    private static final String REGISTER = "jabber:iq:register";

    @TempDir
    Path home;

    private Realm realm;

    private Realm open(boolean registration) {
        ServiceConfig config = Realm.config(home).withOpenRegistration(registration);
        realm = new Realm(config, (store, same) -> List.of(new Features(store, same)));
        return realm;
    }

    @AfterEach
    void close() {
        realm.close();
    }

    @Test
    void whereRegistrationIsClosedNobodyHandlesIt() throws Exception {
        open(false);
        assertThat(realm.askBeforeSignIn("get", "<query xmlns='jabber:iq:register'/>"))
                .isNull();
    }

    @Test
    void aStrangerRegistersOnce() throws Exception {
        open(true);
        Element form = realm.askBeforeSignIn("get", "<query xmlns='jabber:iq:register'/>");
        assertThat(form.child("query", REGISTER).children())
                .extracting(Element::name)
                .containsExactly("instructions", "username", "password");
        assertThat(register("Alice", "secret").attribute("type")).isEqualTo("result");
        assertThat(realm.store().accounts().exists("alice")).isTrue();
        assertThat(error(register("alice", "other"))).isEqualTo("conflict");
        assertThat(error(register("al@ice", "secret"))).isEqualTo("not-acceptable");
        assertThat(error(register("", "secret"))).isEqualTo("not-acceptable");
        assertThat(error(register("bob", ""))).isEqualTo("not-acceptable");
        assertThat(error(realm.askBeforeSignIn("set", "<query xmlns='jabber:iq:register'><remove/></query>")))
                .isEqualTo("not-acceptable");
    }

    @Test
    void oneAddressDoesNotMakeAccountsWithoutEnd() throws Exception {
        open(true);
        int most = Limits.DEFAULT.registrationsPerHour();
        for (int i = 0; i < most; i++) {
            assertThat(register("user" + i, "secret").attribute("type")).isEqualTo("result");
        }
        assertThat(error(register("onemore", "secret"))).isEqualTo("resource-constraint");
    }

    @Test
    void theOwnerChangesThePasswordAndStaysSignedIn() throws Exception {
        open(false).accounts("alice");
        Device alice = realm.online("alice", "a");
        Device other = realm.online("alice", "b");
        assertThat(error(alice.ask("set", "x", query("<username>bob</username><password>new</password>"))))
                .isEqualTo("not-acceptable");
        byte[] before = storedKey("alice");
        assertThat(alice.ask("set", "x", query("<username>alice</username><password>new</password>"))
                        .attribute("type"))
                .isEqualTo("result");
        assertThat(storedKey("alice")).isNotEqualTo(before);
        assertThat(other.ended().condition()).isEqualTo(StreamError.Condition.NOT_AUTHORIZED);
        assertThat(alice.isEnded()).isFalse();
    }

    @Test
    void theOwnerLeavesAndIsForgotten() throws Exception {
        open(false).accounts("alice", "bob");
        Device alice = realm.online("alice", "a");
        Device bob = realm.online("bob", "b");
        befriend(alice, bob);
        assertThat(alice.ask("set", "", query("<remove/>")).attribute("type")).isEqualTo("result");
        assertThat(alice.ended().condition()).isEqualTo(StreamError.Condition.NOT_AUTHORIZED);
        assertThat(realm.store().accounts().exists("alice")).isFalse();
        assertThat(realm.store().rosters().of("alice")).isEmpty();
        Element push = bob.take();
        assertThat(push.child("query", "jabber:iq:roster").firstChild().attribute("subscription"))
                .isEqualTo("none");
        assertThat(bob.take().attribute("type")).isEqualTo("unavailable");
    }

    @Test
    void whatTheOperatorDoesTakesHoldWhileTheServiceRuns() throws Exception {
        open(false).accounts("alice", "bob");
        Device alice = realm.online("alice", "a");
        Device bob = realm.online("bob", "b");
        try (Administration operator = Administration.open(home)) {
            operator.setPassword("bob", "another");
            assertThat(bob.ended().condition()).isEqualTo(StreamError.Condition.NOT_AUTHORIZED);
            operator.removeUser("alice");
            assertThat(alice.ended().condition()).isEqualTo(StreamError.Condition.NOT_AUTHORIZED);
            operator.addUser("carol", "secret");
        }
        assertThat(realm.store().accounts().exists("carol")).isTrue();
    }

    @Test
    void anAccountThatIsGoneIsNotSignedIn() throws Exception {
        open(false).accounts("alice");
        byte[] salt = realm.salt("alice");
        realm.store().accounts().remove("alice").join();
        Device alice = realm.signIn("alice", "a", salt);
        assertThat(alice.ended().condition()).isEqualTo(StreamError.Condition.NOT_AUTHORIZED);
        realm.accounts("alice");
        Device reborn = realm.signIn("alice", "b", salt);
        assertThat(reborn.ended().condition()).isEqualTo(StreamError.Condition.NOT_AUTHORIZED);
    }

    @Test
    void aPasswordChangedWhileSomebodySignsInCounts() throws Exception {
        open(false).accounts("alice");
        byte[] salt = realm.salt("alice");
        realm.store().accounts().setPassword("alice", "another", null).join();
        Device old = realm.signIn("alice", "old", salt);
        assertThat(old.ended().condition()).isEqualTo(StreamError.Condition.NOT_AUTHORIZED);
    }

    @Test
    void whoSignedInWithTheNewPasswordStays() throws Exception {
        open(false).accounts("alice", "bob");
        Device old = realm.online("alice", "old");
        realm.store().accounts().setPassword("alice", "another", null).join();
        Device fresh = realm.online("alice", "fresh");
        // The second change is told after the first; when it has been honoured, so has the first.
        Device bob = realm.online("bob", "b");
        realm.store().accounts().setPassword("bob", "another", null).join();
        bob.ended();
        assertThat(old.isEnded()).isTrue();
        assertThat(fresh.isEnded()).isFalse();
    }

    @Test
    void theServiceTellsWhatItIs() throws Exception {
        open(false).accounts("alice", "bob");
        Device alice = realm.online("alice", "a");
        Element info = alice.ask("get", "x", "<query xmlns='http://jabber.org/protocol/disco#info'/>")
                .firstChild();
        assertThat(info.children("feature", info.namespace()))
                .extracting(feature -> feature.attribute("var"))
                .contains(
                        "http://jabber.org/protocol/disco#info",
                        "urn:xmpp:carbons:2",
                        "urn:xmpp:blocking",
                        "urn:xmpp:ping",
                        "jabber:iq:register");
        assertThat(info.child("identity", info.namespace()).attribute("category"))
                .isEqualTo("server");
        Element own = alice.ask("get", "alice@x", "<query xmlns='http://jabber.org/protocol/disco#info'/>")
                .firstChild();
        assertThat(own.child("identity", own.namespace()).attribute("category")).isEqualTo("account");
        assertThat(error(alice.ask("get", "bob@x", "<query xmlns='http://jabber.org/protocol/disco#info'/>")))
                .isEqualTo("service-unavailable");
        assertThat(alice.ask("get", "x", "<ping xmlns='urn:xmpp:ping'/>").attribute("type"))
                .isEqualTo("result");
        assertThat(alice.ask("get", "x", "<query xmlns='jabber:iq:version'/>")
                        .firstChild()
                        .child("name", "jabber:iq:version")
                        .text())
                .isEqualTo("Beckon");
        assertThat(alice.ask("get", "x", "<time xmlns='urn:xmpp:time'/>")
                        .firstChild()
                        .child("utc", "urn:xmpp:time")
                        .text())
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
    }

    @Test
    void passwordsAreNotChangedWithoutEnd() throws Exception {
        open(false).accounts("alice");
        Device alice = realm.signIn("alice", "a");
        String change = query("<username>alice</username><password>new</password>");
        for (int i = 0; i < 20; i++) {
            assertThat(alice.ask("set", "x", change).attribute("type")).isEqualTo("result");
        }
        assertThat(error(alice.ask("set", "x", change))).isEqualTo("resource-constraint");
    }

    private Element register(String name, String password) throws Exception {
        return realm.askBeforeSignIn(
                "set", query("<username>" + name + "</username><password>" + password + "</password>"));
    }

    private byte[] storedKey(String name) {
        return realm.store()
                .accounts()
                .credentials(name, dev.beckon.service.store.Accounts.Mechanism.SCRAM_SHA_256)
                .storedKey();
    }

    private static String query(String content) {
        return "<query xmlns='jabber:iq:register'>" + content + "</query>";
    }
}
