package dev.beckon.xmpp;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;
import javax.net.ssl.KeyManager;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import org.jivesoftware.smack.ConnectionConfiguration.SecurityMode;
import org.jivesoftware.smack.ConnectionListener;
import org.jivesoftware.smack.SmackException;
import org.jivesoftware.smack.SmackException.NotConnectedException;
import org.jivesoftware.smack.XMPPException;
import org.jivesoftware.smack.packet.Nonza;
import org.jivesoftware.smack.packet.XmlEnvironment;
import org.jivesoftware.smack.tcp.XMPPTCPConnection;
import org.jivesoftware.smack.tcp.XMPPTCPConnectionConfiguration;
import org.jivesoftware.smack.util.TLSUtils;
import org.jivesoftware.smack.xml.XmlPullParser;
import org.jivesoftware.smack.xml.XmlPullParserException;
import org.jspecify.annotations.Nullable;
import org.jxmpp.jid.impl.JidCreate;
import org.jxmpp.jid.parts.Localpart;
import org.jxmpp.jid.parts.Resourcepart;
import org.jxmpp.stringprep.XmppStringprepException;

/**
 * One stream to the service, from TCP to resource binding: Smack's connection. Once the resource is bound every stanza
 * goes, as it is read, to one consumer on the reader's thread: Smack's own parsing of payloads knows no bounds and its
 * listeners no common order.
 */
final class Stream extends XMPPTCPConnection {
    private final Consumer<Node> stanzas;
    private final String local;
    private final String wantedResource;
    private @Nullable BoundedReader bounded;

    private Stream(
            XMPPTCPConnectionConfiguration configuration, String local, String resource, Consumer<Node> stanzas) {
        super(configuration);
        this.stanzas = stanzas;
        this.local = local;
        this.wantedResource = resource;
    }

    /**
     * A stream that is not open yet.
     *
     * @param bare prepared address of the user
     * @param stanzas takes what comes in; on the reader's thread, in order
     * @param ended told once why the stream ended; any thread
     */
    static Stream of(
            XmppConfig config,
            String bare,
            String resource,
            Trust trust,
            Consumer<Node> stanzas,
            Consumer<String> ended) {
        try {
            XMPPTCPConnectionConfiguration.Builder builder = XMPPTCPConnectionConfiguration.builder()
                    .setXmppDomain(JidCreate.domainBareFrom(Jids.domainOf(bare)))
                    .setUsernameAndPassword(Jids.localOf(bare), null)
                    .setCallbackHandler(callbacks -> answer(callbacks, Jids.localOf(bare), config))
                    .setKeyManagers(new KeyManager[0])
                    .setSecurityMode(SecurityMode.required)
                    .setEnabledSSLProtocols(new String[] {TLSUtils.PROTO_TLSV1_3, TLSUtils.PROTO_TLSV1_2})
                    .setCustomX509TrustManager(trust)
                    .setHostnameVerifier(trust)
                    .setCompressionEnabled(false)
                    .setSendPresence(false)
                    .setDebuggerFactory(null)
                    .setLanguage(Locale.ENGLISH)
                    .setConnectTimeout(Math.toIntExact(config.reply().toMillis()));
            for (Scram.Hash hash : Scram.Hash.values()) {
                builder.addEnabledSaslMechanism(hash.mechanism());
            }
            if (config.host() != null) {
                builder.setHostAddressByNameOrIp(config.host()).setPort(config.port());
            }
            Stream stream = new Stream(builder.build(), Jids.localOf(bare), resource, stanzas);
            stream.setReplyTimeout(config.reply().toMillis());
            // Smack sends again what was not acknowledged when the next connection cannot be resumed, long after the
            // engine was told that it failed, and blocks senders meanwhile: no XEP-0198. See Outbox for what stands in.
            stream.setUseStreamManagement(false);
            stream.addConnectionListener(new ConnectionListener() {
                @Override
                public void connectionClosed() {
                    ended.accept("the service ended the connection");
                }

                @Override
                public void connectionClosedOnError(Exception e) {
                    ended.accept(Problem.of(e));
                }
            });
            return stream;
        } catch (XmppStringprepException e) {
            throw new IllegalArgumentException("not a prepared address", e);
        }
    }

    private static void answer(Callback[] callbacks, String local, XmppConfig config) {
        for (Callback callback : callbacks) {
            if (callback instanceof NameCallback name) {
                name.setName(local);
            } else if (callback instanceof PasswordCallback password) {
                char[] secret = config.password().get();
                password.setPassword(secret);
                Arrays.fill(secret, '\0');
            }
        }
    }

    /** Connects and signs in; blocks. The bound resource is then {@link #getUser}. */
    void open() throws SmackException, IOException, XMPPException, InterruptedException {
        connect();
        login(Localpart.from(local), null, Resourcepart.from(wantedResource));
    }

    /** Hands a stanza to the writer. */
    void write(Node stanza) throws NotConnectedException {
        try {
            sendNonza(new Raw(stanza));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NotConnectedException();
        }
    }

    /** Ends the stream without a word; may take a moment. */
    void abandon() {
        instantShutdown();
    }

    /** Ends the stream properly; waits for the service to do the same, at most this long. */
    void end(Duration patience) {
        setReplyTimeout(patience.toMillis());
        try {
            disconnect(null);
        } catch (NotConnectedException e) {
            // so it has ended
        }
    }

    /** Smack's hook between making a reader for the socket and parsing from it. */
    @Override
    protected void initDebugger() {
        super.initDebugger();
        BoundedReader guard = new BoundedReader(reader);
        bounded = guard;
        reader = guard;
    }

    @Override
    protected void parseAndProcessStanza(XmlPullParser parser)
            throws XmlPullParserException, IOException, InterruptedException {
        String type = String.valueOf(parser.getAttributeValue("type"));
        boolean answer = parser.getName().equals("iq") && (type.equals("result") || type.equals("error"));
        if (!isAuthenticated() && answer) {
            // Binding is Smack's; nothing else asks before it is done.
            super.parseAndProcessStanza(parser);
        } else {
            NodeReader.Read read = NodeReader.read(parser);
            if (read.whole()) {
                stanzas.accept(read.node());
            } else {
                refuse(read.node(), type);
            }
        }
        if (bounded != null) {
            bounded.complete();
        }
    }

    // RFC 6120 §8.2.3: every request is answered, one that cannot be read too.
    private void refuse(Node stanza, String type) {
        if (stanza.name().equals("iq") && (type.equals("get") || type.equals("set"))) {
            try {
                write(Node.of("iq", Names.CLIENT)
                        .with("type", "error")
                        .with("id", stanza.attribute("id"))
                        .with("to", stanza.attribute("from"))
                        .with(Refusal.error("policy-violation", "nested too deeply or too many elements", null)));
            } catch (NotConnectedException e) {
                // nobody there to be answered
            }
        }
    }

    private record Raw(Node stanza) implements Nonza {
        @Override
        public String getElementName() {
            return stanza.name();
        }

        @Override
        public String getNamespace() {
            return stanza.namespace();
        }

        @Override
        public CharSequence toXML(XmlEnvironment environment) {
            return stanza.xml(Names.CLIENT);
        }
    }
}
