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

/** RFC 6121 §4, read as scripts. */
class PresenceTest {
    @TempDir
    Path home;

    private Realm realm;

    @BeforeEach
    void open() {
        realm = new Realm(Realm.config(home), (store, config) -> List.of(new Features(store, config)))
                .accounts("alice", "bob", "carol");
    }

    @AfterEach
    void close() {
        realm.close();
    }

    @Test
    void whoSignsInIsSeenAndSees() throws Exception {
        Device alice = realm.online("alice", "a");
        Device bob = realm.online("bob", "b");
        befriend(alice, bob);
        Device second = realm.signIn("alice", "a2");
        second.send("<presence><show>away</show></presence>");
        assertThat(bob.heard()).containsExactly("presence from alice@x/a2");
        assertThat(alice.heard()).containsExactly("presence from alice@x/a2");
        assertThat(second.heard())
                .containsExactly("presence from alice@x/a2", "presence from alice@x/a", "presence from bob@x/b");
    }

    @Test
    void aChangeIsBroadcastAsItWasSent() throws Exception {
        Device alice = realm.online("alice", "a");
        Device bob = realm.online("bob", "b");
        befriend(alice, bob);
        alice.send("<presence><show>dnd</show><status>Gone fishing</status></presence>");
        Element seen = bob.take();
        assertThat(seen.child("show", "jabber:client").text()).isEqualTo("dnd");
        assertThat(seen.child("status", "jabber:client").text()).isEqualTo("Gone fishing");
        assertThat(seen.attribute("to")).isEqualTo("bob@x");
        // The others' presence comes once, at the beginning.
        assertThat(alice.heard()).containsExactly("presence from alice@x/a");
    }

    @Test
    void aConnectionThatBreaksIsSeen() throws Exception {
        Device alice = realm.online("alice", "a");
        Device second = realm.online("alice", "a2");
        Device bob = realm.online("bob", "b");
        befriend(alice, bob);
        second.received();
        alice.vanish();
        assertThat(bob.heard()).containsExactly("presence:unavailable from alice@x/a");
        assertThat(second.heard()).containsExactly("presence:unavailable from alice@x/a");
    }

    @Test
    void strangersSeeNothing() throws Exception {
        Device carol = realm.online("carol", "c");
        Device alice = realm.online("alice", "a");
        alice.send("<presence><show>away</show></presence>");
        alice.vanish();
        assertThat(carol.heard()).isEmpty();
    }

    @Test
    void aSubscriptionInOneDirectionShowsInOneDirection() throws Exception {
        Device alice = realm.online("alice", "a");
        Device bob = realm.online("bob", "b");
        alice.send("<presence to='bob@x' type='subscribe'/>");
        bob.send("<presence to='alice@x' type='subscribed'/>");
        alice.received();
        bob.received();
        alice.send("<presence><show>away</show></presence>");
        bob.send("<presence><show>away</show></presence>");
        assertThat(alice.heard()).containsExactly("presence from alice@x/a", "presence from bob@x/b");
        assertThat(bob.heard()).containsExactly("presence from bob@x/b");
    }

    @Test
    void whoeverWasShownPresenceOneByOneIsToldOfTheEnd() throws Exception {
        Device alice = realm.online("alice", "a");
        Device bob = realm.online("bob", "b");
        Device carol = realm.online("carol", "c");
        alice.send("<presence to='bob@x'/>");
        alice.send("<presence to='carol@x/c'/>");
        alice.send("<presence to='carol@x/c' type='unavailable'/>");
        assertThat(bob.heard()).containsExactly("presence from alice@x/a");
        carol.received();
        alice.vanish();
        assertThat(bob.heard()).containsExactly("presence:unavailable from alice@x/a");
        assertThat(carol.heard()).isEmpty();
    }

    @Test
    void directedPresenceWithoutABroadcastEndsToo() throws Exception {
        Device alice = realm.signIn("alice", "a");
        Device bob = realm.online("bob", "b");
        alice.send("<presence to='bob@x/b'/>");
        bob.received();
        alice.vanish();
        assertThat(bob.heard()).containsExactly("presence:unavailable from alice@x/a");
    }

    @Test
    void aContactIsToldOnceThoughAlsoShownDirectly() throws Exception {
        Device alice = realm.online("alice", "a");
        Device bob = realm.online("bob", "b");
        befriend(alice, bob);
        alice.send("<presence to='bob@x/b'/>");
        bob.received();
        alice.send("<presence type='unavailable'/>");
        assertThat(bob.heard()).containsExactly("presence:unavailable from alice@x/a");
    }

    @Test
    void theFirstOfTooManyIsToldThatOneLeaves() throws Exception {
        Device alice = realm.online("alice", "a");
        Device bob = realm.online("bob", "b");
        alice.send("<presence to='bob@x'/>");
        bob.received();
        for (int i = 0; i < 256; i++) {
            alice.send("<presence to='somebody" + i + "@x'/>");
        }
        assertThat(bob.heard()).containsExactly("presence:unavailable from alice@x/a");
    }

    @Test
    void aProbeIsAnsweredToThoseWhoMaySee() throws Exception {
        Device alice = realm.online("alice", "a");
        Device bob = realm.online("bob", "b");
        befriend(alice, bob);
        alice.send("<presence type='probe' to='bob@x'/>");
        assertThat(alice.take().attribute("from")).isEqualTo("bob@x/b");
        bob.vanish();
        alice.received();
        alice.send("<presence type='probe' to='bob@x'/>");
        assertThat(alice.take().attribute("type")).isEqualTo("unavailable");
        Device carol = realm.online("carol", "c");
        carol.send("<presence type='probe' to='alice@x'/>");
        assertThat(alice.heard()).isEmpty();
        assertThat(carol.heard()).isEmpty();
    }
}
