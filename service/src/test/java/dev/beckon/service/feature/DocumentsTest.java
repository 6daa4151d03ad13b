package dev.beckon.service.feature;

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

/** What clients keep with the service: private data (XEP-0049), cards (XEP-0054). */
class DocumentsTest {
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
    }

    @AfterEach
    void close() {
        realm.close();
    }

    private static String priv(String content) {
        return "<query xmlns='jabber:iq:private'>" + content + "</query>";
    }

    private static Element kept(Element answer) {
        assertThat(answer.attribute("type")).isEqualTo("result");
        return answer.firstChild().firstChild();
    }

    @Test
    void privateDataIsKeptByTheNameOfItsElement() throws Exception {
        assertThat(alice.ask("set", "", priv("<a xmlns='u'><b c='d'>e</b></a>")).attribute("type"))
                .isEqualTo("result");
        alice.ask("set", "", priv("<a xmlns='v'>other</a>"));
        assertThat(kept(alice.ask("get", "", priv("<a xmlns='u'/>"))).toXml("u"))
                .isEqualTo("<a><b c='d'>e</b></a>");
        alice.ask("set", "", priv("<a xmlns='u'/>"));
        assertThat(kept(alice.ask("get", "", priv("<a xmlns='u'/>"))).children())
                .isEmpty();
        assertThat(kept(alice.ask("get", "", priv("<a xmlns='v'/>"))).text()).isEqualTo("other");
        assertThat(kept(bob.ask("get", "", priv("<a xmlns='v'/>"))).text()).isEmpty();
    }

    @Test
    void privateDataIsItsOwnersAloneAndBounded() throws Exception {
        assertThat(error(bob.ask("get", "alice@x", priv("<a xmlns='u'/>")))).isEqualTo("forbidden");
        assertThat(error(bob.ask("set", "alice@x", priv("<a xmlns='u'/>")))).isEqualTo("forbidden");
        assertThat(error(bob.ask("get", "", priv("")))).isEqualTo("bad-request");
        assertThat(error(bob.ask("get", "", priv("<a xmlns='u'/><b xmlns='u'/>"))))
                .isEqualTo("bad-request");
        for (int i = 0; i < 64; i++) {
            assertThat(bob.ask("set", "", priv("<a xmlns='u" + i + "'/>")).attribute("type"))
                    .isEqualTo("result");
        }
        assertThat(error(bob.ask("set", "", priv("<a xmlns='more'/>")))).isEqualTo("resource-constraint");
        assertThat(bob.ask("set", "", priv("<a xmlns='u0'>again</a>")).attribute("type"))
                .isEqualTo("result");
        assertThat(error(bob.ask("set", "", priv("<a xmlns='u0'>" + "x".repeat(256 * 1024) + "</a>"))))
                .isEqualTo("resource-constraint");
    }

    @Test
    void aCardIsReadByOthersAndChangedByItsOwner() throws Exception {
        String card = "<vCard xmlns='vcard-temp'><NICKNAME>Al</NICKNAME></vCard>";
        assertThat(alice.ask("get", "", "<vCard xmlns='vcard-temp'/>")
                        .firstChild()
                        .children())
                .isEmpty();
        assertThat(error(bob.ask("get", "alice@x", "<vCard xmlns='vcard-temp'/>")))
                .isEqualTo(error(bob.ask("get", "nobody@x", "<vCard xmlns='vcard-temp'/>")));
        assertThat(alice.ask("set", "", card).attribute("type")).isEqualTo("result");
        assertThat(bob.ask("get", "alice@x", "<vCard xmlns='vcard-temp'/>")
                        .firstChild()
                        .firstChild()
                        .text())
                .isEqualTo("Al");
        assertThat(error(bob.ask("set", "alice@x", card))).isEqualTo("forbidden");
        assertThat(error(alice.ask(
                        "set", "", "<vCard xmlns='vcard-temp'><PHOTO>" + "x".repeat(128 * 1024) + "</PHOTO></vCard>")))
                .isEqualTo("resource-constraint");
    }

    @Test
    void whatAnAccountKeptGoesWithIt() throws Exception {
        alice.ask("set", "", priv("<a xmlns='u'>secret</a>"));
        realm.store().accounts().remove("alice").join();
        realm.accounts("alice");
        Device heir = realm.signIn("alice", "new");
        assertThat(kept(heir.ask("get", "", priv("<a xmlns='u'/>"))).text()).isEmpty();
    }
}
