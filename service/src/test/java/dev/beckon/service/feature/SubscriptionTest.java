package dev.beckon.service.feature;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.realm.Device;
import dev.beckon.service.realm.Realm;
import dev.beckon.service.store.Rosters.Outcome;
import dev.beckon.service.store.Subscription;
import dev.beckon.service.xml.Element;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** RFC 6121 §2 and §3 between accounts of one service, read as scripts. */
class SubscriptionTest {
    @TempDir
    Path home;

    private Realm realm;

    @BeforeEach
    void open() {
        realm = new Realm(Realm.config(home), (store, config) -> List.of(new Features(store, config)))
                .accounts("alice", "bob");
    }

    @AfterEach
    void close() {
        realm.close();
    }

    @Test
    void twoPeopleBecomeContacts() throws Exception {
        Device alice = realm.online("alice", "a");
        Device bob = realm.online("bob", "b");

        alice.send("<presence to='bob@x/anything' type='subscribe'/>");
        assertThat(alice.heard()).containsExactly("push bob@x none ask");
        assertThat(bob.heard()).containsExactly("presence:subscribe from alice@x");

        bob.send("<presence to='alice@x' type='subscribed'/>");
        assertThat(bob.heard()).containsExactly("push alice@x from");
        assertThat(alice.heard())
                .containsExactly("presence:subscribed from bob@x", "push bob@x to", "presence from bob@x/b");

        bob.send("<presence to='alice@x' type='subscribe'/>");
        assertThat(bob.heard()).containsExactly("push alice@x from ask");
        assertThat(alice.heard()).containsExactly("presence:subscribe from bob@x");

        alice.send("<presence to='bob@x' type='subscribed'/>");
        assertThat(alice.heard()).containsExactly("push bob@x both");
        assertThat(bob.heard())
                .containsExactly("presence:subscribed from alice@x", "push alice@x both", "presence from alice@x/a");
    }

    @Test
    void aRequestWaitsForTheNextSignInUntilItIsAnswered() throws Exception {
        Device alice = realm.online("alice", "a");
        alice.send(
                "<presence to='bob@x' type='subscribe'><nick xmlns='http://jabber.org/protocol/nick'>Al</nick></presence>");
        for (int i = 0; i < 2; i++) {
            Device bob = realm.signIn("bob", "b");
            assertThat(roster(bob)).isEmpty();
            bob.send("<presence/>");
            List<Element> heard = bob.received();
            assertThat(heard).extracting(each -> each.attribute("type", "")).containsExactly("", "subscribe");
            assertThat(heard.get(1)
                            .child("nick", "http://jabber.org/protocol/nick")
                            .text())
                    .isEqualTo("Al");
            bob.vanish();
        }
        Device bob = realm.online("bob", "b");
        bob.send("<presence to='alice@x' type='unsubscribed'/>");
        assertThat(bob.heard()).isEmpty();
        assertThat(alice.heard())
                .containsExactly("push bob@x none ask", "presence:unsubscribed from bob@x", "push bob@x none");
        bob.vanish();
        bob = realm.signIn("bob", "b");
        bob.send("<presence/>");
        assertThat(bob.heard()).containsExactly("presence from bob@x/b");
    }

    @Test
    void aRequestAskedTwiceIsDeliveredOnce() throws Exception {
        Device alice = realm.online("alice", "a");
        Device bob = realm.online("bob", "b");
        alice.send("<presence to='bob@x' type='subscribe'/>");
        alice.send("<presence to='bob@x' type='subscribe'/>");
        assertThat(bob.heard()).containsExactly("presence:subscribe from alice@x");
    }

    @Test
    void anUninvitedYesChangesNothingForTheOther() throws Exception {
        Device alice = realm.online("alice", "a");
        Device bob = realm.online("bob", "b");
        bob.send("<presence to='alice@x' type='subscribed'/>");
        assertThat(alice.heard()).isEmpty();
        assertThat(realm.store().rosters().item("alice", "bob@x")).isEmpty();
        // RFC 6121 §3.4: but it answers the question when that comes.
        alice.send("<presence to='bob@x' type='subscribe'/>");
        assertThat(alice.heard())
                .containsExactly(
                        "push bob@x none ask",
                        "presence:subscribed from bob@x",
                        "push bob@x to",
                        "presence from bob@x/b");
        assertThat(bob.heard()).containsExactly("push alice@x none", "push alice@x from");
    }

    @Test
    void takingItBackEndsWhatIsSeen() throws Exception {
        Device alice = realm.online("alice", "a");
        Device bob = realm.online("bob", "b");
        befriend(alice, bob);
        bob.send("<presence to='alice@x' type='unsubscribed'/>");
        assertThat(bob.heard()).containsExactly("push alice@x to");
        assertThat(alice.heard())
                .containsExactly(
                        "presence:unsubscribed from bob@x", "push bob@x from", "presence:unavailable from bob@x/b");
        bob.send("<presence><show>away</show></presence>");
        assertThat(alice.heard()).isEmpty();
    }

    @Test
    void unsubscribingEndsWhatIsSeen() throws Exception {
        Device alice = realm.online("alice", "a");
        Device bob = realm.online("bob", "b");
        befriend(alice, bob);
        alice.send("<presence to='bob@x' type='unsubscribe'/>");
        assertThat(alice.heard()).containsExactly("push bob@x from", "presence:unavailable from bob@x/b");
        assertThat(bob.heard()).containsExactly("presence:unsubscribe from alice@x", "push alice@x to");
    }

    @Test
    void removingAContactCancelsBothWays() throws Exception {
        Device alice = realm.online("alice", "a");
        Device bob = realm.online("bob", "b");
        befriend(alice, bob);
        Element done = alice.ask(
                "set", "", "<query xmlns='jabber:iq:roster'><item jid='bob@x' subscription='remove'/></query>");
        assertThat(done.attribute("type")).isEqualTo("result");
        assertThat(alice.heard()).containsExactly("push bob@x remove", "presence:unavailable from bob@x/b");
        assertThat(bob.heard())
                .containsExactly(
                        "presence:unsubscribe from alice@x",
                        "push alice@x to",
                        "presence:unsubscribed from alice@x",
                        "push alice@x none",
                        "presence:unavailable from alice@x/a");
        assertThat(realm.store().rosters().item("alice", "bob@x")).isEmpty();
        assertThat(realm.store().rosters().item("bob", "alice@x").orElseThrow().subscription())
                .isEqualTo(Subscription.NONE);
        assertThat(error(alice.ask(
                        "set",
                        "",
                        "<query xmlns='jabber:iq:roster'><item jid='bob@x' subscription='remove'/></query>")))
                .isEqualTo("item-not-found");
    }

    @Test
    void nameAndGroupsAreTheClientsTheRestIsTheServers() throws Exception {
        Device alice = realm.online("alice", "a");
        Device other = realm.online("alice", "b");
        alice.received();
        Element done = alice.ask(
                "set",
                "",
                "<query xmlns='jabber:iq:roster'><item jid='BOB@x' name='Bob' subscription='both' ask='subscribe'>"
                        + "<group>Friends</group><group>Work</group></item></query>");
        assertThat(done.attribute("type")).isEqualTo("result");
        assertThat(alice.heard()).containsExactly("push bob@x none");
        assertThat(other.heard()).containsExactly("push bob@x none");
        List<Element> roster = roster(alice);
        assertThat(roster).hasSize(1);
        assertThat(roster.get(0).attribute("name")).isEqualTo("Bob");
        assertThat(roster.get(0).attribute("ask")).isNull();
        assertThat(roster.get(0).children("group", "jabber:iq:roster"))
                .extracting(Element::text)
                .containsExactly("Friends", "Work");
    }

    @Test
    void aRosterSetThatBreaksARuleIsRefused() throws Exception {
        Device alice = realm.online("alice", "a");
        assertThat(refusal(alice, "")).isEqualTo("bad-request");
        assertThat(refusal(alice, "<item jid='bob@x'/><item jid='carol@x'/>")).isEqualTo("bad-request");
        assertThat(refusal(alice, "<item/>")).isEqualTo("bad-request");
        assertThat(refusal(alice, "<item jid='bob@x/full'/>")).isEqualTo("bad-request");
        assertThat(refusal(alice, "<item jid='@@'/>")).isEqualTo("bad-request");
        assertThat(refusal(alice, "<item jid='alice@x'/>")).isEqualTo("not-allowed");
        assertThat(refusal(alice, "<item jid='bob@x'><group/></item>")).isEqualTo("not-acceptable");
        assertThat(refusal(alice, "<item jid='bob@x'><group>A</group><group>A</group></item>"))
                .isEqualTo("bad-request");
        assertThat(refusal(alice, "<item jid='bob@x' name='" + "n".repeat(257) + "'/>"))
                .isEqualTo("not-acceptable");
        assertThat(error(alice.ask("set", "bob@x", "<query xmlns='jabber:iq:roster'><item jid='c@x'/></query>")))
                .isEqualTo("forbidden");
        assertThat(error(alice.ask("get", "bob@x", "<query xmlns='jabber:iq:roster'/>")))
                .isEqualTo("forbidden");
        assertThat(roster(alice)).isEmpty();
    }

    @Test
    void aSubscriptionToNobodyLeavesNoTrace() throws Exception {
        Device alice = realm.online("alice", "a");
        alice.send("<presence to='ghost@x' type='subscribe'/>");
        assertThat(alice.heard()).containsExactly("push ghost@x none ask");
        alice.send("<presence to='alice@x' type='subscribe'/>");
        alice.send("<presence to='x' type='subscribe'/>");
        assertThat(alice.heard()).isEmpty();
    }

    @Test
    void whatAKillLeftOpenBetweenTheTwoSidesIsSettledAtTheNextSignIn() throws Exception {
        // Alice's side says she asked, Bob's side never heard of it.
        realm.store()
                .rosters()
                .change(
                        "alice",
                        "bob@x",
                        (before, items) -> new Outcome<>(before.withListed(true).withAsk(true), items))
                .join();
        Device bob = realm.online("bob", "b");
        Device alice = realm.signIn("alice", "a");
        alice.send("<presence/>");
        assertThat(bob.take().attribute("type")).isEqualTo("subscribe");
        alice.vanish();
        // Bob's side says yes, Alice's side never heard of it.
        realm.store()
                .rosters()
                .change(
                        "bob",
                        "alice@x",
                        (before, items) -> new Outcome<>(
                                before.withRequest(null).withListed(true).withSubscription(Subscription.FROM), items))
                .join();
        alice = realm.signIn("alice", "a");
        alice.ask("get", "", "<query xmlns='jabber:iq:roster'/>");
        alice.received();
        alice.send("<presence/>");
        assertThat(until(alice, "push bob@x to"))
                .containsSubsequence("presence:subscribed from bob@x", "push bob@x to");
        alice.vanish();
        // Bob's side took it back, Alice's side never heard of it.
        realm.store()
                .rosters()
                .change(
                        "bob",
                        "alice@x",
                        (before, items) -> new Outcome<>(before.withSubscription(Subscription.NONE), items))
                .join();
        alice = realm.signIn("alice", "a");
        alice.ask("get", "", "<query xmlns='jabber:iq:roster'/>");
        alice.received();
        alice.send("<presence/>");
        assertThat(until(alice, "push bob@x none")).contains("presence:unsubscribed from bob@x");
    }

    private static List<String> until(Device device, String last) throws InterruptedException {
        List<String> heard = new ArrayList<>();
        while (!heard.contains(last)) {
            heard.add(Device.inShort(device.take()));
        }
        return heard;
    }

    /** Both see each other; what was said on the way is forgotten. */
    static void befriend(Device one, Device other) throws Exception {
        one.send("<presence to='" + other.jid().bare() + "' type='subscribe'/>");
        other.send("<presence to='" + one.jid().bare() + "' type='subscribed'/>");
        other.send("<presence to='" + one.jid().bare() + "' type='subscribe'/>");
        one.send("<presence to='" + other.jid().bare() + "' type='subscribed'/>");
        one.received();
        other.received();
    }

    private static List<Element> roster(Device device) throws Exception {
        Element answer = device.ask("get", "", "<query xmlns='jabber:iq:roster'/>");
        return answer.child("query", "jabber:iq:roster").children();
    }

    private static String refusal(Device device, String items) throws Exception {
        return error(device.ask("set", "", "<query xmlns='jabber:iq:roster'>" + items + "</query>"));
    }

    static String error(Element answer) {
        assertThat(answer.attribute("type")).isEqualTo("error");
        return answer.child("error", "jabber:client").firstChild().name();
    }
}
