package dev.beckon.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.igniterealtime.smack.inttest.SmackIntegrationTestEnvironment;
import org.igniterealtime.smack.inttest.annotations.SmackIntegrationTest;
import org.igniterealtime.smack.inttest.annotations.SpecificationReference;
import org.igniterealtime.smack.inttest.util.SimpleResultSyncPoint;
import org.jivesoftware.smack.StanzaCollector;
import org.jivesoftware.smack.XMPPConnection;
import org.jivesoftware.smack.filter.MessageTypeFilter;
import org.jivesoftware.smack.packet.ExtensionElement;
import org.jivesoftware.smack.packet.Message;
import org.jivesoftware.smack.packet.StanzaError;
import org.jivesoftware.smackx.blocking.BlockingCommandManager;
import org.jxmpp.jid.Jid;

@SpecificationReference(document = "XEP-0191")
public class BlockingTest extends OwnTest {
    private final BlockingCommandManager blocking;
    private final List<Jid> two;

    public BlockingTest(SmackIntegrationTestEnvironment environment) {
        super(environment);
        blocking = BlockingCommandManager.getInstanceFor(conOne);
        two = List.of(conTwo.getUser().asBareJid());
    }

    @SmackIntegrationTest
    public void whoIsBlockedIsNotHeard() throws Exception {
        assertThat(blocking.isSupportedByServer())
                .as("the service announces it")
                .isTrue();
        blocking.blockContacts(two);
        try {
            // Smack keeps its list up to date by the pushes.
            waitUntilTrue(() -> two.equals(blocking.getBlockList()));
            String text = unique("from the blocked");
            try (StanzaCollector messages = collect(conOne, body(text));
                    StanzaCollector errors = collect(conTwo, MessageTypeFilter.ERROR)) {
                conTwo.sendStanza(chat(conTwo, conOne.getUser(), text).build());
                Message error = expect(errors, "the answer to a message to somebody who blocks");
                assertThat(error.getError().getCondition()).isEqualTo(StanzaError.Condition.service_unavailable);
                expectNothing(messages, "a message from a blocked contact");
            }
        } finally {
            blocking.unblockContacts(two);
        }
        waitUntilTrue(() -> blocking.getBlockList().isEmpty());
        String text = unique("after the block");
        try (StanzaCollector messages = collect(conOne, body(text))) {
            conTwo.sendStanza(chat(conTwo, conOne.getUser(), text).build());
            expect(messages, "the message of the unblocked contact");
        }
    }

    @SmackIntegrationTest
    public void whatOneWritesToSomebodyBlockedIsRefused() throws Exception {
        blocking.blockContacts(two);
        String text = unique("to the blocked");
        try (StanzaCollector errors = collect(conOne, MessageTypeFilter.ERROR);
                StanzaCollector messages = collect(conTwo, body(text))) {
            conOne.sendStanza(chat(conOne, conTwo.getUser(), text).build());
            Message error = expect(errors, "an error for the message to a blocked contact");
            assertThat(error.getError().getCondition()).isEqualTo(StanzaError.Condition.not_acceptable);
            assertThat(error.getError().<ExtensionElement>getExtension("blocked", "urn:xmpp:blocking:errors"))
                    .isNotNull();
            expectNothing(messages, "a message to a blocked contact");
        } finally {
            blocking.unblockAll();
        }
    }

    @SmackIntegrationTest
    public void otherDevicesAreToldOfChanges() throws Exception {
        XMPPConnection other = device(conOne, "other");
        try {
            BlockingCommandManager its = BlockingCommandManager.getInstanceFor(other);
            // It is by asking that a device becomes interested.
            its.getBlockList();
            SimpleResultSyncPoint blocked = new SimpleResultSyncPoint();
            SimpleResultSyncPoint unblocked = new SimpleResultSyncPoint();
            its.addJidsBlockedListener(jids -> blocked.signal());
            its.addJidsUnblockedListener(jids -> unblocked.signal());
            blocking.blockContacts(two);
            assertResult(blocked, "the block at the other device");
            blocking.unblockContacts(two);
            assertResult(unblocked, "the unblock at the other device");
        } finally {
            closeExtra();
        }
    }
}
