package dev.beckon.conformance;

import java.util.List;
import org.igniterealtime.smack.inttest.AbstractSmackIntTest;
import org.jivesoftware.smack.ChatTest;
import org.jivesoftware.smack.LoginIntegrationTest;
import org.jivesoftware.smack.StreamManagementTest;
import org.jivesoftware.smack.WaitForClosingStreamElementTest;
import org.jivesoftware.smack.XmppConnectionIntegrationTest;
import org.jivesoftware.smack.c2s.SimpleXmppConnectionIntegrationTest;
import org.jivesoftware.smack.chat2.IncomingMessageListenerIntegrationTest;
import org.jivesoftware.smack.chat2.OutgoingMessageListenerIntegrationTest;
import org.jivesoftware.smack.roster.LowLevelRosterIntegrationTest;
import org.jivesoftware.smack.roster.RosterIntegrationTest;
import org.jivesoftware.smackx.caps.EntityCapsTest;
import org.jivesoftware.smackx.chatstate.ChatStateIntegrationTest;
import org.jivesoftware.smackx.commands.AdHocCommandIntegrationTest;
import org.jivesoftware.smackx.iot.IoTControlIntegrationTest;
import org.jivesoftware.smackx.iot.IoTDataIntegrationTest;
import org.jivesoftware.smackx.iqversion.VersionIntegrationTest;
import org.jivesoftware.smackx.ping.PingIntegrationTest;
import org.jivesoftware.smackx.softwareInfo.SoftwareInfoIntegrationTest;
import org.jivesoftware.smackx.xdata.FormTest;

/** The tests for what this service is: accounts, contact lists, presence, routing. */
final class Profile {
    /** Left out are rooms, publish-subscribe, archives, encryption and file transfer, none of which the service has a part in. */
    static final List<Class<? extends AbstractSmackIntTest>> TESTS = List.of(
            // RFC 6120: sign-in, several devices, closing a stream; messages between accounts.
            LoginIntegrationTest.class,
            SimpleXmppConnectionIntegrationTest.class,
            XmppConnectionIntegrationTest.class,
            WaitForClosingStreamElementTest.class,
            ChatTest.class,
            IncomingMessageListenerIntegrationTest.class,
            OutgoingMessageListenerIntegrationTest.class,
            // RFC 6121: contact lists, subscriptions, presence.
            RosterIntegrationTest.class,
            LowLevelRosterIntegrationTest.class,
            // XEP-0198 with resumption.
            StreamManagementTest.class,
            // XEP-0030 and XEP-0115 by way of presence; XEP-0232.
            EntityCapsTest.class,
            SoftwareInfoIntegrationTest.class,
            // XEP-0199, 0092, 0085, 0004, 0050: messages and requests between clients.
            PingIntegrationTest.class,
            VersionIntegrationTest.class,
            ChatStateIntegrationTest.class,
            FormTest.class,
            AdHocCommandIntegrationTest.class,
            IoTControlIntegrationTest.class,
            IoTDataIntegrationTest.class,
            // Our own.
            BlockingTest.class,
            CarbonsTest.class,
            JingleTest.class,
            ServerTest.class);

    private Profile() {}
}
