package dev.beckon.xmpp;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.jivesoftware.smack.SASLAuthentication;
import org.jivesoftware.smack.Smack;
import org.jivesoftware.smack.SmackConfiguration;
import org.jivesoftware.smack.util.stringencoder.Base64;
import org.jivesoftware.smack.xml.SmackXmlParser;

/** What Smack must be told once in a process, before any class of its connections is touched. */
final class SmackSetup {
    /** Held, since a logger nobody holds forgets its level. */
    private static final Logger LOG = Logger.getLogger("org.jivesoftware.smack");

    static {
        // Every lost connection is a warning with a stack there; the link says once, in words, what happened.
        LOG.setLevel(Level.SEVERE);
        SmackXmlParser.setXmlPullParserFactory(JdkXmlParser::of);
        Base64.setEncoder(new JdkBase64());
        // Nothing but the connection is used: no reconnecting by Smack itself, no extensions that answer strangers.
        SmackConfiguration.addDisabledSmackClass("org.jivesoftware.smack.ReconnectionManager");
        SmackConfiguration.addDisabledSmackClass("org.jivesoftware.smack.initializer.VmArgInitializer");
        SmackConfiguration.addDisabledSmackClass("org.jivesoftware.smackx");
        Smack.ensureInitialized();
        SASLAuthentication.unregisterSASLMechanism("org.jivesoftware.smack.sasl.core.SCRAMSHA1Mechanism");
        for (Scram.Hash hash : Scram.Hash.values()) {
            SASLAuthentication.registerSASLMechanism(new Scram(hash));
        }
    }

    private SmackSetup() {}

    /** Done once this has returned. */
    static void done() {}

    /** What Smack's module for desktop Java would set, with a resolver and SASL mechanisms that are not used here. */
    private static final class JdkBase64 implements Base64.Encoder {
        @Override
        public byte[] decode(String text) {
            // RFC 6120 §6.4.4 allows no line breaks, but services have written them.
            return java.util.Base64.getMimeDecoder().decode(text);
        }

        @Override
        public String encodeToString(byte[] data) {
            return java.util.Base64.getEncoder().encodeToString(data);
        }

        @Override
        public String encodeToStringWithoutPadding(byte[] data) {
            return java.util.Base64.getEncoder().withoutPadding().encodeToString(data);
        }

        @Override
        public byte[] encode(byte[] data) {
            return java.util.Base64.getEncoder().encode(data);
        }
    }
}
