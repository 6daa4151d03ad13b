package dev.beckon.xmpp;

/** The namespaces spoken. */
final class Names {
    static final String CLIENT = "jabber:client";
    static final String STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas";
    static final String ROSTER = "jabber:iq:roster";
    static final String DISCO_INFO = "http://jabber.org/protocol/disco#info";
    static final String DISCO_ITEMS = "http://jabber.org/protocol/disco#items";
    static final String FORMS = "jabber:x:data";
    static final String CAPS = "http://jabber.org/protocol/caps";
    static final String PING = "urn:xmpp:ping";
    static final String CARBONS = "urn:xmpp:carbons:2";
    static final String FORWARD = "urn:xmpp:forward:0";
    static final String DELAY = "urn:xmpp:delay";
    static final String STANZA_ID = "urn:xmpp:sid:0";
    static final String HINTS = "urn:xmpp:hints";
    static final String FALLBACK = "urn:xmpp:fallback:0";
    static final String BLOCKING = "urn:xmpp:blocking";
    static final String JINGLE = "urn:xmpp:jingle:1";
    static final String JINGLE_ERRORS = "urn:xmpp:jingle:errors:1";
    static final String JMI = "urn:xmpp:jingle-message:0";
    static final String APP = "urn:beckon:app:1";
    static final String LOCK = "urn:beckon:lock:1";

    private Names() {}
}
