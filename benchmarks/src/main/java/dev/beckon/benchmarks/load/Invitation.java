package dev.beckon.benchmarks.load;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** The stanzas of the invitations between two users, each with a hole where the id goes. */
final class Invitation {
    /** Bytes before the id and after. */
    record Template(byte[] head, byte[] tail) {
        private static Template of(String stanza) {
            int hole = stanza.indexOf(ID);
            return new Template(
                    Wire.bytes(stanza.substring(0, hole)), Wire.bytes(stanza.substring(hole + ID.length())));
        }

        int length() {
            return head.length + tail.length;
        }
    }

    private static final String ID = "\u0000";

    private final Map<Step, Template> templates = new EnumMap<>(Step.class);

    /** Between these full addresses; {@code number} tells pairs apart. */
    Invitation(int number, String initiator, String responder) {
        String sid = String.format(Locale.ROOT, "s%06d", number);
        String bare = responder.substring(0, responder.indexOf('/'));
        String session = "<jingle xmlns='urn:xmpp:jingle:1' sid='" + sid + "' action=";
        put(
                Step.PROPOSE,
                bare,
                "<propose xmlns='urn:xmpp:jingle-message:0' id='" + sid
                        + "'><description xmlns='urn:example:session:0' guid='0f8fad5b-d9cb-469f-a165-70867728950e'"
                        + " name='Planning round' url='https://example.org/s/0f8fad5b'><data>" + filler(100)
                        + "</data></description></propose>");
        put(Step.PROCEED, initiator, "<proceed xmlns='urn:xmpp:jingle-message:0' id='" + sid + "'/>");
        put(
                Step.INITIATE,
                responder,
                session + "'session-initiate' initiator='" + initiator + "'>" + CONTENT + "</jingle>");
        put(Step.INITIATED, initiator, "");
        put(
                Step.ACCEPT,
                initiator,
                session + "'session-accept' responder='" + responder + "'>" + CONTENT + "</jingle>");
        put(Step.ACCEPTED, responder, "");
        put(
                Step.CONTEXT,
                responder,
                session + "'session-info'><context xmlns='urn:example:session:0'>" + filler(300)
                        + "</context></jingle>");
        put(Step.CONTEXT_TAKEN, initiator, "");
        put(Step.TERMINATE, responder, session + "'session-terminate'><reason><success/></reason></jingle>");
        put(Step.TERMINATED, initiator, "");
    }

    private void put(Step step, String to, String payload) {
        String kind = Wire.text(step.kind(), 0, step.kind().length);
        String type = Wire.text(step.type(), 0, step.type().length);
        String start = "<" + kind + " to='" + to + "' type='" + type + "' id='" + ID + "'";
        templates.put(step, Template.of(start + (payload.isEmpty() ? "/>" : ">" + payload + "</" + kind + ">")));
    }

    Template of(Step step) {
        return java.util.Objects.requireNonNull(templates.get(step));
    }

    /** Data channel, ICE-UDP with two candidates, fingerprint: about 900 bytes as an iq. */
    private static final String CONTENT = "<content creator='initiator' name='data'>"
            + "<description xmlns='urn:xmpp:jingle:apps:datachannel:0'/>"
            + "<transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' pwd='asd88fgpdd777uzjYhagZg' ufrag='8hhy'>"
            + "<fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-256' setup='actpass'>"
            + "02:1A:CC:54:27:AB:EB:9C:53:3F:3E:4B:65:2E:7D:46:3F:54:42:CD:54:F1:7A:03:A2:7D:F9:B0:7F:46:19:B2"
            + "</fingerprint><candidate component='1' foundation='1' generation='0' id='el0747fg11' ip='192.0.2.1'"
            + " network='1' port='8998' priority='2130706431' protocol='udp' type='host'/><candidate component='1'"
            + " foundation='2' generation='0' id='y3s2b30v3r' ip='192.0.2.3' network='1' port='45664'"
            + " priority='1694498815' protocol='udp' rel-addr='192.0.2.1' rel-port='8998' type='srflx'/>"
            + "</transport></content>";

    private static String filler(int length) {
        return "Vm9yIGRlbSBHZXNldHogc3RlaHQgZWluIFR1ZXJoo3Rlci4"
                .repeat(length / 40 + 1)
                .substring(0, length);
    }
}
