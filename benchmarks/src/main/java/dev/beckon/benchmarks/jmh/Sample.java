package dev.beckon.benchmarks.jmh;

import java.nio.charset.StandardCharsets;

/** Stanzas as clients send them. */
public enum Sample {
    PROPOSE(
            "<message to='bob@load.example' type='chat' id='17.1'><propose xmlns='urn:xmpp:jingle-message:0' id='s000017'>"
                    + "<description xmlns='urn:example:session:0' guid='0f8fad5b-d9cb-469f-a165-70867728950e'"
                    + " name='Planning round' url='https://example.org/s/0f8fad5b'><data>" + "QmVja29u".repeat(12)
                    + "</data></description></propose></message>"),
    INITIATE("<iq to='bob@load.example/desk' type='set' id='17.3'><jingle xmlns='urn:xmpp:jingle:1' sid='s000017'"
            + " action='session-initiate' initiator='alice@load.example/desk'><content creator='initiator' name='data'>"
            + "<description xmlns='urn:xmpp:jingle:apps:datachannel:0'/>"
            + "<transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' pwd='asd88fgpdd777uzjYhagZg' ufrag='8hhy'>"
            + "<fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-256' setup='actpass'>"
            + "02:1A:CC:54:27:AB:EB:9C:53:3F:3E:4B:65:2E:7D:46:3F:54:42:CD:54:F1:7A:03:A2:7D:F9:B0:7F:46:19:B2"
            + "</fingerprint><candidate component='1' foundation='1' generation='0' id='el0747fg11' ip='192.0.2.1'"
            + " network='1' port='8998' priority='2130706431' protocol='udp' type='host'/><candidate component='1'"
            + " foundation='2' generation='0' id='y3s2b30v3r' ip='192.0.2.3' network='1' port='45664'"
            + " priority='1694498815' protocol='udp' rel-addr='192.0.2.1' rel-port='8998' type='srflx'/>"
            + "</transport></content></jingle></iq>"),
    RESULT("<iq to='bob@load.example/desk' type='result' id='17.3'/>"),
    PRESENCE("<presence to='bob@load.example/desk'><show>away</show><status>back at 3</status><c"
            + " xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='https://example.org/client'"
            + " ver='QgayPKawpkPSDYmwT/WM94uAlu0='/></presence>");

    private final byte[] bytes;

    Sample(String xml) {
        bytes = xml.getBytes(StandardCharsets.UTF_8);
    }

    /** Not to be changed. */
    byte[] bytes() {
        return bytes;
    }
}
