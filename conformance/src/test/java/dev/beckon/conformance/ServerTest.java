package dev.beckon.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.assertj.core.api.Assertions;
import org.igniterealtime.smack.inttest.SmackIntegrationTestEnvironment;
import org.igniterealtime.smack.inttest.annotations.SmackIntegrationTest;
import org.jivesoftware.smack.AbstractXMPPConnection;
import org.jivesoftware.smack.StanzaCollector;
import org.jivesoftware.smack.XMPPConnection;
import org.jivesoftware.smack.packet.Message;
import org.jivesoftware.smack.packet.Presence;
import org.jivesoftware.smack.sasl.SASLErrorException;
import org.jivesoftware.smackx.delay.packet.DelayInformation;
import org.jivesoftware.smackx.disco.ServiceDiscoveryManager;
import org.jivesoftware.smackx.iqprivate.PrivateDataManager;
import org.jivesoftware.smackx.iqprivate.packet.DefaultPrivateData;
import org.jivesoftware.smackx.iqregister.AccountManager;
import org.jivesoftware.smackx.iqversion.VersionManager;
import org.jivesoftware.smackx.ping.PingManager;
import org.jivesoftware.smackx.time.EntityTimeManager;
import org.jivesoftware.smackx.vcardtemp.VCardManager;
import org.jivesoftware.smackx.vcardtemp.packet.VCard;

/** Small services of the service itself: XEP-0030, 0049, 0054, 0077, 0092, 0160, 0199, 0202. */
public class ServerTest extends OwnTest {
    public ServerTest(SmackIntegrationTestEnvironment environment) {
        super(environment);
    }

    @SmackIntegrationTest
    public void privateDataIsKept() throws Exception {
        PrivateDataManager manager = PrivateDataManager.getInstanceFor(conOne);
        DefaultPrivateData data = new DefaultPrivateData("settings", "urn:example:settings");
        String value = unique("value");
        data.setValue("name", value);
        manager.setPrivateData(data);
        assertThat(((DefaultPrivateData) manager.getPrivateData("settings", "urn:example:settings")).getValue("name"))
                .isEqualTo(value);
    }

    @SmackIntegrationTest
    public void aCardIsKeptAndOthersReadIt() throws Exception {
        VCard card = new VCard();
        String name = unique("name");
        card.setNickName(name);
        VCardManager.getInstanceFor(conOne).saveVCard(card);
        assertThat(VCardManager.getInstanceFor(conOne).loadVCard().getNickName())
                .isEqualTo(name);
        assertThat(VCardManager.getInstanceFor(conTwo)
                        .loadVCard(conOne.getUser().asEntityBareJid())
                        .getNickName())
                .isEqualTo(name);
    }

    @SmackIntegrationTest
    public void theServiceTellsItsTimeAndVersionAndWhatItCanDo() throws Exception {
        Instant told = EntityTimeManager.getInstanceFor(conOne)
                .getTime(conOne.getXMPPServiceDomain())
                .getTime()
                .toInstant();
        assertThat(told).isCloseTo(Instant.now(), Assertions.within(Duration.ofMinutes(1)));
        assertThat(VersionManager.getInstanceFor(conOne)
                        .getVersion(conOne.getXMPPServiceDomain())
                        .getName())
                .isNotBlank();
        assertThat(ServiceDiscoveryManager.getInstanceFor(conOne)
                        .serverSupportsFeature("http://jabber.org/protocol/disco#info"))
                .isTrue();
    }

    @SmackIntegrationTest
    public void aMessageForSomebodyAwayComesLater() throws Exception {
        String text = unique("offline");
        try (StanzaCollector messages = collect(conTwo, body(text))) {
            conTwo.sendStanza(presence(conTwo, Presence.Type.unavailable));
            // Answered once the presence before it has taken effect.
            PingManager.getInstanceFor(conTwo).pingMyServer();
            conOne.sendStanza(chat(conOne, conTwo.getUser().asBareJid(), text).build());
            expectNothing(messages, "a message while no device is available");
            conTwo.sendStanza(presence(conTwo, Presence.Type.available));
            Message message = expect(messages, "the message once a device is available");
            assertThat(DelayInformation.from(message)).as("when it came").isNotNull();
        }
    }

    private static Presence presence(XMPPConnection from, Presence.Type type) {
        return from.getStanzaFactory().buildPresenceStanza().ofType(type).build();
    }

    @SmackIntegrationTest
    public void aPasswordCanBeChanged() throws Exception {
        AbstractXMPPConnection three = (AbstractXMPPConnection) conThree;
        String user = three.getConfiguration().getUsername().toString();
        String old = three.getConfiguration().getPassword();
        try {
            AccountManager.getInstance(conThree).changePassword("new-" + old);
            signIn(user, "new-" + old, "changed");
            assertThatThrownBy(() -> signIn(user, old, "unchanged")).isInstanceOf(SASLErrorException.class);
        } finally {
            closeExtra();
        }
    }
}
