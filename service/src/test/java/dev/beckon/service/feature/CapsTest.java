package dev.beckon.service.feature;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.realm.Device;
import dev.beckon.service.realm.Realm;
import dev.beckon.service.route.Disco.Identity;
import dev.beckon.service.xml.Element;
import dev.beckon.service.xml.XmlScanner;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** XEP-0115, with the examples of the specification. */
class CapsTest {
    private static final List<String> FEATURES = List.of(
            "http://jabber.org/protocol/muc",
            "http://jabber.org/protocol/disco#items",
            "http://jabber.org/protocol/disco#info",
            "http://jabber.org/protocol/caps");

    @Test
    void theHashIsThatOfTheSpecification() {
        assertThat(Caps.hash(List.of(new Identity("client", "pc", "Exodus 0.9.1")), FEATURES, List.of()))
                .isEqualTo("QgayPKawpkPSDYmwT/WM94uAlu0=");
    }

    @Test
    void aFormIsSortedByItsFieldsAndTheirValues() throws Exception {
        Element form = XmlScanner.parse(("<x xmlns='jabber:x:data' type='result'>"
                        + "<field var='FORM_TYPE' type='hidden'><value>urn:xmpp:dataforms:softwareinfo</value></field>"
                        + "<field var='software_version'><value>0.11</value></field>"
                        + "<field var='ip_version'><value>ipv6</value><value>ipv4</value></field></x>")
                .getBytes(StandardCharsets.UTF_8));
        assertThat(Caps.text(List.of(new Identity("server", "im", null)), List.of("b", "a"), List.of(form)))
                .isEqualTo(
                        "server/im//<a<b<urn:xmpp:dataforms:softwareinfo<ip_version<ipv4<ipv6<software_version<0.11<");
    }

    @Test
    void whatTheServiceNamesByItsHashItTells(@TempDir Path home) throws Exception {
        try (Realm realm = new Realm(Realm.config(home), (store, config) -> List.of(new Features(store, config)))
                .accounts("alice")) {
            Device alice = realm.online("alice", "a");
            Element plain = query(alice, "");
            List<Identity> identities = plain.children("identity", DiscoFeature.INFO).stream()
                    .map(each ->
                            new Identity(each.attribute("category"), each.attribute("type"), each.attribute("name")))
                    .toList();
            List<String> features = plain.children("feature", DiscoFeature.INFO).stream()
                    .map(each -> each.attribute("var"))
                    .toList();
            String node = "urn:beckon:service#" + Caps.hash(identities, features, List.of());
            Element named = query(alice, " node='" + node + "'");
            assertThat(named.attribute("node")).isEqualTo(node);
            assertThat(named.children()).isEqualTo(plain.children());
            Element unknown =
                    alice.ask("get", "x", "<query xmlns='" + DiscoFeature.INFO + "' node='urn:beckon:service#else'/>");
            assertThat(SubscriptionTest.error(unknown)).isEqualTo("item-not-found");
        }
    }

    private static Element query(Device device, String node) throws Exception {
        return device.ask("get", "x", "<query xmlns='" + DiscoFeature.INFO + "'" + node + "/>")
                .child("query", DiscoFeature.INFO);
    }
}
