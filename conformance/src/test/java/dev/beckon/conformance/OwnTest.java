package dev.beckon.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.igniterealtime.smack.inttest.AbstractSmackIntegrationTest;
import org.igniterealtime.smack.inttest.SmackIntegrationTestEnvironment;
import org.igniterealtime.smack.inttest.XmppConnectionManager;
import org.jivesoftware.smack.AbstractXMPPConnection;
import org.jivesoftware.smack.ConnectionConfiguration;
import org.jivesoftware.smack.StanzaCollector;
import org.jivesoftware.smack.XMPPConnection;
import org.jivesoftware.smack.filter.StanzaFilter;
import org.jivesoftware.smack.packet.Message;
import org.jivesoftware.smack.packet.MessageBuilder;
import org.jivesoftware.smack.packet.Stanza;
import org.jivesoftware.smack.util.StringUtils;
import org.jxmpp.jid.Jid;
import org.jxmpp.jid.parts.Resourcepart;

/** Base of our own tests for what Smack's suite does not test at all. They have no independent author, but their client has. */
abstract class OwnTest extends AbstractSmackIntegrationTest {
    /** How long to wait before believing that something does not come; behind it comes what was sent later. */
    private static final long SILENCE_MILLIS = 700;

    private final XmppConnectionManager connections;
    private final List<AbstractXMPPConnection> extra = new ArrayList<>();

    OwnTest(SmackIntegrationTestEnvironment environment) {
        super(environment);
        connections = environment.connectionManager;
    }

    /** One more device of the account of a connection. */
    AbstractXMPPConnection device(XMPPConnection of, String resource) throws Exception {
        ConnectionConfiguration config = ((AbstractXMPPConnection) of).getConfiguration();
        return signIn(config.getUsername().toString(), config.getPassword(), resource);
    }

    AbstractXMPPConnection signIn(String user, String password, String resource) throws Exception {
        Resourcepart name = Resourcepart.from(resource);
        AbstractXMPPConnection connection = connections
                .getDefaultConnectionDescriptor()
                .construct(
                        sinttestConfiguration,
                        builder ->
                                builder.setUsernameAndPassword(user, password).setResource(name));
        connection.setReplyTimeout(timeout);
        extra.add(connection);
        connection.connect().login();
        return connection;
    }

    void closeExtra() {
        extra.forEach(AbstractXMPPConnection::disconnect);
        extra.clear();
    }

    static String unique(String what) {
        return what + ' ' + StringUtils.insecureRandomString(8);
    }

    static MessageBuilder chat(XMPPConnection from, Jid to, String body) {
        return from.getStanzaFactory()
                .buildMessageStanza()
                .to(to)
                .ofType(Message.Type.chat)
                .setBody(body);
    }

    static StanzaFilter body(String body) {
        return stanza -> stanza instanceof Message message && body.equals(message.getBody());
    }

    static StanzaCollector collect(XMPPConnection connection, StanzaFilter filter) {
        return connection.createStanzaCollector(filter);
    }

    <S extends Stanza> S expect(StanzaCollector collector, String what) throws InterruptedException {
        S stanza = collector.nextResult(timeout);
        assertThat(stanza).as(what).isNotNull();
        return stanza;
    }

    static void expectNothing(StanzaCollector collector, String what) throws InterruptedException {
        Stanza stanza = collector.nextResult(SILENCE_MILLIS);
        assertThat(stanza).as(what).isNull();
    }
}
