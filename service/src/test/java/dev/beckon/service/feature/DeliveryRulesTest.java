package dev.beckon.service.feature;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.realm.Device;
import dev.beckon.service.realm.Realm;
import dev.beckon.service.store.Rosters.Outcome;
import dev.beckon.service.xml.Element;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * RFC 6121 §8.5, row by row. Bob's devices: {@code desk} and {@code phone} are available, {@code shy} too, but takes no messages
 * (negative priority), {@code silent} has sent no presence; Carol is signed in and unavailable, Dora is not there, nobody else exists.
 */
class DeliveryRulesTest {
    @TempDir
    Path home;

    private Realm realm;
    private Device alice;
    private List<Device> others;

    @BeforeEach
    void open() throws Exception {
        realm = new Realm(Realm.config(home), (store, config) -> List.of(new Features(store, config)))
                .accounts("alice", "bob", "carol", "dora");
        alice = realm.signIn("alice", "a");
        Device desk = realm.signIn("bob", "desk");
        Device phone = realm.signIn("bob", "phone");
        Device shy = realm.signIn("bob", "shy");
        Device silent = realm.signIn("bob", "silent");
        Device carol = realm.signIn("carol", "c");
        desk.send("<presence/>");
        phone.send("<presence><priority>5</priority></presence>");
        shy.send("<presence><priority>-1</priority></presence>");
        others = List.of(desk, phone, shy, silent, carol);
        others.forEach(Device::received);
    }

    @AfterEach
    void close() {
        realm.close();
    }

    @ParameterizedTest(name = "§{0}: message {1} to {2} {3}")
    @CsvSource({
        // No such account: an error, but none for an error, and a headline may go unanswered.
        "8.5.1, '', nobody@x, refused",
        "8.5.1, chat, nobody@x, refused",
        "8.5.1, groupchat, nobody@x, refused",
        "8.5.1, headline, nobody@x, dropped",
        "8.5.1, error, nobody@x, dropped",
        // The account, with available devices: those of priority 0 and above.
        "8.5.2.1.1, '', bob@x, desk phone",
        "8.5.2.1.1, normal, bob@x, desk phone",
        "8.5.2.1.1, chat, bob@x, desk phone",
        "8.5.2.1.1, headline, bob@x, desk phone",
        "8.5.2.1.1, groupchat, bob@x, refused",
        "8.5.2.1.1, error, bob@x, dropped",
        // The account, with none.
        "8.5.2.2.1, '', carol@x, kept",
        "8.5.2.2.1, chat, carol@x, kept",
        "8.5.2.2.1, normal, dora@x, kept",
        "8.5.2.2.1, chat, dora@x, kept",
        "8.5.2.2.1, groupchat, dora@x, refused",
        "8.5.2.2.1, headline, dora@x, dropped",
        "8.5.2.2.1, error, dora@x, dropped",
        // A device that is there, whatever its presence.
        "8.5.3.1, '', bob@x/desk, desk",
        "8.5.3.1, chat, bob@x/shy, shy",
        "8.5.3.1, groupchat, bob@x/silent, silent",
        "8.5.3.1, headline, bob@x/phone, phone",
        "8.5.3.1, error, carol@x/c, c",
        // A device that is not: only a chat goes on to the others.
        "8.5.3.2.1, chat, bob@x/gone, desk phone",
        "8.5.3.2.1, chat, dora@x/gone, kept",
        "8.5.3.2.1, '', bob@x/gone, refused",
        "8.5.3.2.1, groupchat, bob@x/gone, refused",
        "8.5.3.2.1, headline, bob@x/gone, dropped",
        "8.5.3.2.1, error, bob@x/gone, dropped",
    })
    void messages(String clause, String type, String to, String expected) throws Exception {
        assertThat(outcome("<message id='1' to='" + to + "'" + type(type) + "><body>b</body></message>", to))
                .isEqualTo(expected);
    }

    @ParameterizedTest(name = "§{0}: presence {1} to {2} {3}")
    @CsvSource({
        "8.5.1, '', nobody@x, dropped",
        "8.5.1, unavailable, nobody@x, dropped",
        "8.5.2.1.2, '', bob@x, desk phone shy",
        "8.5.2.1.2, unavailable, bob@x, desk phone shy",
        "8.5.2.2.2, '', carol@x, dropped",
        "8.5.2.2.2, unavailable, dora@x, dropped",
        "8.5.3.1, '', bob@x/silent, silent",
        "8.5.3.1, unavailable, carol@x/c, c",
        "8.5.3.2.2, '', bob@x/gone, dropped",
    })
    void presence(String clause, String type, String to, String expected) throws Exception {
        assertThat(outcome("<presence id='1' to='" + to + "'" + type(type) + "/>", to))
                .isEqualTo(expected);
    }

    @ParameterizedTest(name = "§{0}: iq {1} to {2} {3}")
    @CsvSource({
        "8.5.1, get, nobody@x, refused",
        "8.5.1, result, nobody@x, dropped",
        "8.5.2.1.3, get, bob@x, refused",
        "8.5.2.1.3, set, bob@x, refused",
        "8.5.2.1.3, result, bob@x, dropped",
        "8.5.2.1.3, error, bob@x, dropped",
        "8.5.2.2.3, get, dora@x, refused",
        "8.5.3.1, get, bob@x/shy, shy",
        "8.5.3.1, set, carol@x/c, c",
        "8.5.3.1, result, bob@x/desk, desk",
        "8.5.3.2.3, get, bob@x/gone, refused",
        "8.5.3.2.3, set, dora@x/gone, refused",
        "8.5.3.2.3, error, bob@x/gone, dropped",
    })
    void requests(String clause, String type, String to, String expected) throws Exception {
        assertThat(outcome("<iq id='1' to='" + to + "'" + type(type) + "><a xmlns='test:nobody-handles'/></iq>", to))
                .isEqualTo(expected);
    }

    private static String type(String type) {
        return type.isEmpty() ? "" : " type='" + type + "'";
    }

    /** The devices that got it; else refused (with {@code service-unavailable}), kept, or dropped. */
    private String outcome(String stanza, String to) throws Exception {
        alice.send(stanza);
        TreeSet<String> got = new TreeSet<>();
        for (Device each : others) {
            List<Element> received = each.received();
            assertThat(received).hasSizeLessThan(2);
            if (!received.isEmpty()) {
                assertThat(received.get(0).attribute("from")).isEqualTo("alice@x/a");
                assertThat(received.get(0).attribute("to")).isEqualTo(to);
                got.add(each.jid().resource());
            }
        }
        return got.isEmpty() ? unheard(to) : String.join(" ", got);
    }

    /** What waits is written first, and what is refused for want of room or of an account is answered only then. */
    private String unheard(String to) throws Exception {
        // Writes are done in order: once this one is, the one that may keep the message is too.
        realm.store()
                .rosters()
                .change("alice", "z@x", (before, items) -> new Outcome<>(before, true))
                .join();
        String owner = to.substring(0, to.indexOf('@'));
        List<Element> answers = alice.received();
        boolean kept = !realm.store().keptMessages().of(owner).isEmpty();
        if (answers.isEmpty()) {
            return kept ? "kept" : "dropped";
        }
        assertThat(kept).isFalse();
        assertThat(answers).hasSize(1);
        assertThat(answers.get(0).attribute("from")).isEqualTo(to);
        assertThat(SubscriptionTest.error(answers.get(0))).isEqualTo("service-unavailable");
        return "refused";
    }
}
