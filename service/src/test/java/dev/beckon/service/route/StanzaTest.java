package dev.beckon.service.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.route.Stanza.Stamp;
import dev.beckon.service.xml.XmlException;
import dev.beckon.service.xml.XmlScanner;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StanzaTest {
    private static final Jid ALICE = Jid.of("alice@example.test/a long resource");
    private static final Jid BOB = Jid.of("bob@example.test/phone");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<iq id='a&lt;ä' to='bob@example.test' type='get'><q xmlns='x'/></iq>",
                "<iq to='bob@example.test' id='a&lt;ä' type='get'><q xmlns='x'/></iq>",
                "<iq from='me' id='a&lt;ä' to='bob@example.test' type='get'><q xmlns='x'/></iq>",
                "<iq id='a&lt;ä' from='me' to='bob@example.test' type='get'><q xmlns='x'/></iq>",
                "<iq id='a&lt;ä' to='bob@example.test' from='alice@example.test/a long resource, and more' type='get'>"
                        + "<q xmlns='x'/></iq>",
                "<iq id='a&lt;ä' type='get'><q xmlns='x'/></iq>"
            })
    void itsIdIsFoundWhereverAddressesWerePutInOrReplaced(String sent) throws XmlException {
        Stanza stamped = stamped(sent);
        Stanza readdressed = stamped.to(BOB);
        for (Stanza stanza : new Stanza[] {stamped, readdressed, readdressed.to(ALICE)}) {
            assertThat(stanza.id()).isEqualTo("a<ä").isEqualTo(stanza.element().attribute("id"));
            assertThat(stanza.element().attribute("from")).isEqualTo(ALICE.toString());
        }
        assertThat(readdressed.element().attribute("to")).isEqualTo(BOB.toString());
        assertThat(stamped.result(null, BOB).id()).isEqualTo("a<ä");
    }

    @Test
    void noIdAndAnEmptyOneAreTwoThings() throws XmlException {
        assertThat(stamped("<message to='bob@example.test'/>").hasId()).isFalse();
        assertThat(stamped("<message to='bob@example.test'/>").id()).isNull();
        assertThat(stamped("<message id=''/>").id()).isEmpty();
    }

    /** As it comes: amid other bytes. */
    private static Stanza stamped(String sent) throws XmlException {
        byte[] in = ("<r/>" + sent + "<presence/>").getBytes(StandardCharsets.UTF_8);
        StanzaHead head = StanzaHead.scan(new XmlScanner(), in, "<r/>".length(), in.length);
        return Stanza.stamped(in, head, Stamp.of(ALICE), null);
    }
}
