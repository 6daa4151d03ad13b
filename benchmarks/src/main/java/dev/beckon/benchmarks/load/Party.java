package dev.beckon.benchmarks.load;

import java.util.List;

/** One side of a pair: checks each stanza of an invitation as it comes. On the pair's event loop. */
final class Party implements Connection.Reader {
    private static final byte[] IQ = Wire.bytes("iq");
    private static final byte[] ERROR = Wire.bytes("error");
    private static final byte[] PING = Wire.bytes("urn:xmpp:ping");
    private static final byte[] ROSTER = Wire.bytes("jabber:iq:roster");

    private final Pair pair;
    private final Client client;
    private final byte[] other;
    private final List<Step> expected;
    private int next;

    Party(Pair pair, Client client, Client other, boolean initiator) {
        this.pair = pair;
        this.client = client;
        this.other = Wire.bytes(other.jid());
        expected = Step.got(initiator);
        next = expected.size();
    }

    /** An invitation begins. */
    void begin() {
        next = 0;
    }

    void send(Invitation.Template template, byte[] id, int idLength) {
        client.connection.send(template.head(), id, idLength, template.tail());
    }

    /** What it waits for; empty between invitations. */
    String waitsFor() {
        return next < expected.size() ? client + " waits for " + expected.get(next) : "";
    }

    @Override
    public void element(byte[] in, int from, int to) {
        StartTag tag = client.connection.lane().tag;
        tag.read(in, from, to);
        if (!tag.fromIs(other)) {
            aside(tag, in, from, to);
            return;
        }
        if (next == expected.size()) {
            fault("nothing was expected", in, from, to);
            return;
        }
        Step step = expected.get(next);
        if (!tag.nameIs(step.kind()) || !tag.typeIs(step.type()) || !pair.idIs(tag, step)) {
            fault(step + " was expected", in, from, to);
            return;
        }
        next++;
        pair.took(this, step);
    }

    /** What is not from the other: presence, a ping, a contact list that changed. */
    private void aside(StartTag tag, byte[] in, int from, int to) {
        if (tag.typeIs(ERROR)) {
            fault("an error came", in, from, to);
        } else if (tag.nameIs(IQ) && (tag.type().equals("get") || tag.type().equals("set"))) {
            boolean known = Wire.find(in, from, to, PING) >= 0 || Wire.find(in, from, to, ROSTER) >= 0;
            String address = tag.hasFrom() ? "' to='" + tag.from() : "";
            client.connection.send("<iq type='" + (known ? "result" : "error") + "' id='" + tag.id() + address
                    + (known
                            ? "'/>"
                            : "'><error type='cancel'><service-unavailable"
                                    + " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"));
        }
    }

    private void fault(String what, byte[] in, int from, int to) {
        pair.fault(client + ": " + what + ", the server sent " + Wire.text(in, from, Math.min(to, from + 2000)));
    }

    @Override
    public void ended(String why) {
        pair.fault(client + ": " + why);
    }
}
