package dev.beckon.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatObject;

import org.igniterealtime.smack.inttest.SmackIntegrationTestEnvironment;
import org.igniterealtime.smack.inttest.annotations.SmackIntegrationTest;
import org.igniterealtime.smack.inttest.annotations.SpecificationReference;
import org.jivesoftware.smack.StanzaCollector;
import org.jivesoftware.smack.XMPPConnection;
import org.jivesoftware.smack.filter.StanzaFilter;
import org.jivesoftware.smack.packet.Message;
import org.jivesoftware.smackx.carbons.CarbonManager;
import org.jivesoftware.smackx.carbons.packet.CarbonExtension;
import org.jivesoftware.smackx.carbons.packet.CarbonExtension.Direction;

@SpecificationReference(document = "XEP-0280")
public class CarbonsTest extends OwnTest {
    public CarbonsTest(SmackIntegrationTestEnvironment environment) {
        super(environment);
    }

    private static StanzaFilter copyOf(String body, Direction direction) {
        return stanza -> {
            CarbonExtension copy = stanza instanceof Message message ? CarbonExtension.from(message) : null;
            return copy != null
                    && copy.getDirection() == direction
                    && body.equals(((Message) copy.getForwarded().getForwardedStanza()).getBody());
        };
    }

    @SmackIntegrationTest
    public void whatOneDeviceSendsAndGetsTheOthersSee() throws Exception {
        XMPPConnection other = device(conOne, "other");
        try {
            CarbonManager carbons = CarbonManager.getInstanceFor(other);
            assertThat(carbons.isSupportedByServer())
                    .as("the service announces it")
                    .isTrue();
            carbons.enableCarbons();
            aReceivedMessageIsCopied(other);
            aSentMessageIsCopied(other);
            aPrivateMessageIsNot(other);
            carbons.disableCarbons();
            String after = unique("after");
            try (StanzaCollector copies = collect(other, copyOf(after, Direction.received));
                    StanzaCollector originals = collect(conOne, body(after))) {
                conTwo.sendStanza(chat(conTwo, conOne.getUser(), after).build());
                expect(originals, "the message after copies were switched off");
                expectNothing(copies, "a copy after copies were switched off");
            }
        } finally {
            closeExtra();
        }
    }

    private void aReceivedMessageIsCopied(XMPPConnection other) throws Exception {
        String text = unique("in");
        try (StanzaCollector copies = collect(other, copyOf(text, Direction.received));
                StanzaCollector originals = collect(conOne, body(text))) {
            conTwo.sendStanza(chat(conTwo, conOne.getUser(), text).build());
            expect(originals, "the message itself");
            Message copy = expect(copies, "a copy of the received message");
            assertThatObject(copy.getFrom()).isEqualTo(conOne.getUser().asBareJid());
            Message inner = (Message) CarbonExtension.from(copy).getForwarded().getForwardedStanza();
            assertThatObject(inner.getFrom()).isEqualTo(conTwo.getUser());
            assertThatObject(inner.getTo()).isEqualTo(conOne.getUser());
        }
    }

    private void aSentMessageIsCopied(XMPPConnection other) throws Exception {
        String text = unique("out");
        try (StanzaCollector copies = collect(other, copyOf(text, Direction.sent))) {
            conOne.sendStanza(chat(conOne, conTwo.getUser(), text).build());
            expect(copies, "a copy of the sent message");
        }
    }

    private void aPrivateMessageIsNot(XMPPConnection other) throws Exception {
        String text = unique("private");
        try (StanzaCollector copies = collect(other, copyOf(text, Direction.received));
                StanzaCollector originals = collect(conOne, body(text))) {
            Message message = chat(conTwo, conOne.getUser(), text).build();
            CarbonManager.disableCarbons(message);
            conTwo.sendStanza(message);
            expect(originals, "the private message");
            expectNothing(copies, "a copy of a private message");
        }
    }
}
