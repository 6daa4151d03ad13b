package dev.beckon.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatObject;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.igniterealtime.smack.inttest.SmackIntegrationTestEnvironment;
import org.igniterealtime.smack.inttest.annotations.SmackIntegrationTest;
import org.igniterealtime.smack.inttest.annotations.SpecificationReference;
import org.jivesoftware.smack.StanzaCollector;
import org.jivesoftware.smack.XMPPConnection;
import org.jivesoftware.smack.iqrequest.AbstractIqRequestHandler;
import org.jivesoftware.smack.iqrequest.IQRequestHandler;
import org.jivesoftware.smack.packet.IQ;
import org.jivesoftware.smack.packet.Message;
import org.jivesoftware.smack.packet.StandardExtensionElement;
import org.jivesoftware.smack.packet.Stanza;
import org.jivesoftware.smack.packet.StanzaError;
import org.jivesoftware.smackx.carbons.CarbonManager;
import org.jivesoftware.smackx.carbons.packet.CarbonExtension;
import org.jxmpp.jid.Jid;
import org.jxmpp.jid.impl.JidCreate;
import org.jxmpp.jid.parts.Resourcepart;

/** What a service has to do for calls and invitations: Jingle between devices (XEP-0166), proposals to all of them (XEP-0353). */
@SpecificationReference(document = "XEP-0166")
public class JingleTest extends OwnTest {
    private static final String JINGLE = "urn:xmpp:jingle:1";
    private static final String PROPOSALS = "urn:xmpp:jingle-message:0";

    public JingleTest(SmackIntegrationTestEnvironment environment) {
        super(environment);
    }

    private static final class Terminate extends IQ {
        private final String sid;

        Terminate(Jid to, String sid) {
            super("jingle", JINGLE);
            setType(IQ.Type.set);
            setTo(to);
            this.sid = sid;
        }

        @Override
        protected IQChildElementXmlStringBuilder getIQChildElementBuilder(IQChildElementXmlStringBuilder xml) {
            xml.attribute("action", "session-terminate").attribute("sid", sid);
            xml.rightAngleBracket();
            xml.append("<reason><success/></reason>");
            return xml;
        }
    }

    @SmackIntegrationTest
    public void aRequestReachesTheDeviceAndItsAnswerComesBack() throws Exception {
        List<IQ> arrived = Collections.synchronizedList(new ArrayList<>());
        IQRequestHandler handler =
                new AbstractIqRequestHandler("jingle", JINGLE, IQ.Type.set, IQRequestHandler.Mode.sync) {
                    @Override
                    public IQ handleIQRequest(IQ request) {
                        arrived.add(request);
                        return IQ.createResultIQ(request);
                    }
                };
        IQRequestHandler before = conTwo.registerIQRequestHandler(handler);
        Terminate request = new Terminate(conTwo.getUser(), unique("sid").replace(' ', '-'));
        try (StanzaCollector answers =
                collect(conOne, stanza -> request.getStanzaId().equals(stanza.getStanzaId()))) {
            conOne.sendStanza(request);
            IQ answer = expect(answers, "an answer to the Jingle request");
            assertThat(answer.getType()).isEqualTo(IQ.Type.result);
            assertThatObject(answer.getFrom()).isEqualTo(conTwo.getUser());
            assertThat(arrived).extracting(IQ::getFrom).containsExactly(conOne.getUser());
        } finally {
            conTwo.unregisterIQRequestHandler(handler);
            if (before != null) {
                conTwo.registerIQRequestHandler(before);
            }
        }
    }

    @SmackIntegrationTest
    public void theServiceAnswersForADeviceThatIsGone() throws Exception {
        Jid gone = JidCreate.entityFullFrom(conTwo.getUser().asEntityBareJid(), Resourcepart.from("gone"));
        Terminate request = new Terminate(gone, "none");
        try (StanzaCollector answers =
                collect(conOne, stanza -> request.getStanzaId().equals(stanza.getStanzaId()))) {
            conOne.sendStanza(request);
            Stanza answer = expect(answers, "an error for the device that is gone");
            assertThat(answer.getError().getCondition()).isEqualTo(StanzaError.Condition.service_unavailable);
        }
    }

    @SmackIntegrationTest
    public void aProposalRingsOnAllDevicesAndTheAcceptanceStopsTheOthers() throws Exception {
        XMPPConnection other = device(conTwo, "other");
        try {
            CarbonManager.getInstanceFor(other).enableCarbons();
            String id = unique("call").replace(' ', '-');
            try (StanzaCollector first = collect(conTwo, stanza -> stanza.hasExtension("propose", PROPOSALS));
                    StanzaCollector second = collect(other, stanza -> stanza.hasExtension("propose", PROPOSALS))) {
                conOne.sendStanza(step("propose", id, conOne, conTwo.getUser().asBareJid()));
                expect(first, "the proposal at the first device");
                expect(second, "the proposal at the second device");
            }
            try (StanzaCollector answer = collect(conOne, stanza -> stanza.hasExtension("proceed", PROPOSALS));
                    StanzaCollector copy = collect(other, JingleTest::isCopyOfProceed)) {
                conTwo.sendStanza(step("proceed", id, conTwo, conOne.getUser()));
                expect(answer, "the acceptance at the caller");
                expect(copy, "a copy of the acceptance at the other device");
            }
        } finally {
            closeExtra();
        }
    }

    private static boolean isCopyOfProceed(Stanza stanza) {
        CarbonExtension copy = stanza instanceof Message message ? CarbonExtension.from(message) : null;
        return copy != null && copy.getForwarded().getForwardedStanza().hasExtension("proceed", PROPOSALS);
    }

    private static Message step(String name, String id, XMPPConnection from, Jid to) {
        return from.getStanzaFactory()
                .buildMessageStanza()
                .to(to)
                .ofType(Message.Type.chat)
                .addExtension(StandardExtensionElement.builder(name, PROPOSALS)
                        .addAttribute("id", id)
                        .build())
                .addExtension(StandardExtensionElement.builder("store", "urn:xmpp:hints")
                        .build())
                .build();
    }
}
