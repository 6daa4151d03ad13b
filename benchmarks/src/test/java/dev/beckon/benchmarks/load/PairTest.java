package dev.beckon.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A pair takes exactly the ten stanzas, from the right sender and in order; whatever else comes is a fault. */
class PairTest {
    private static final String ALICE = "alice@x/load";
    private static final String BOB = "bob@x/load";

    private final Client a = Fed.signedIn(ALICE);
    private final Client b = Fed.signedIn(BOB);
    private final Fed alice = new Fed(a);
    private final Fed bob = new Fed(b);
    private final Faults faults = new Faults();
    private final ClosedLoop traffic = new ClosedLoop(faults);

    @BeforeEach
    void begin() {
        traffic.pairs.add(new Pair(traffic, 1, a, b));
        traffic.start();
    }

    @AfterEach
    void end() {
        alice.close();
        bob.close();
    }

    /** What a server does: puts in who sent it. */
    private static String from(String sender, String stanza) {
        int name = stanza.indexOf(' ');
        return stanza.substring(0, name) + " from='" + sender + "'" + stanza.substring(name);
    }

    private static String inShort(String who, String stanza) {
        StartTag tag = new StartTag();
        byte[] in = Wire.bytes(stanza);
        tag.read(in, 0, in.length);
        String action = stanza.replaceFirst("(?s).*action='([a-z-]+)'.*|.*<(propose|proceed) .*|.*", "$1$2");
        return who + " " + tag.type() + " " + tag.id() + (action.isEmpty() ? "" : " " + action);
    }

    @Test
    void anInvitationIsTenStanzasAndThenTheNextBegins() throws Exception {
        List<String> said = new ArrayList<>();
        while (traffic.tally().invitations == 0) {
            for (String stanza = alice.said(); !stanza.isEmpty(); stanza = alice.said()) {
                said.add(inShort("A", stanza));
                bob.feed(from(ALICE, stanza));
            }
            for (String stanza = bob.said(); !stanza.isEmpty(); stanza = bob.said()) {
                said.add(inShort("B", stanza));
                alice.feed(from(BOB, stanza));
            }
            faults.check();
        }
        assertThat(said)
                .containsExactly(
                        "A chat 1.1 propose",
                        "B chat 1.2 proceed",
                        "A set 1.3 session-initiate",
                        "B result 1.3",
                        "B set 1.5 session-accept",
                        "A result 1.5",
                        "A set 1.7 session-info",
                        "B result 1.7",
                        "A set 1.9 session-terminate",
                        "B result 1.9");
        assertThat(alice.said()).contains("id='2.1'", "<propose", "to='bob@x'");
        assertThat(traffic.take().whole.getTotalCount()).isEqualTo(1);
    }

    @Test
    void sessionInitiateIsOfTheSizeThatJingleHas() {
        int bytes = new Invitation(1, ALICE, BOB).of(Step.INITIATE).length();
        assertThat(bytes).isBetween(850, 1100);
    }

    @Test
    void aStanzaThatIsNotFromThePeerIsNoAnswer() throws Exception {
        String propose = alice.said();
        bob.feed(from("mallory@x/load", propose));
        faults.check();
        assertThat(bob.said()).isEmpty();
        assertThat(traffic.pairs.get(0).stalled(System.nanoTime()))
                .isEqualTo("alice waits for PROCEED, bob waits for PROPOSE");
    }

    @Test
    void aStanzaTwiceIsAFault() {
        String propose = from(ALICE, alice.said());
        bob.feed(propose);
        bob.feed(propose);
        assertThatThrownBy(faults::check).hasMessageContaining("bob: INITIATE was expected, the server sent <message");
    }

    @Test
    void aStanzaOfAnotherInvitationIsAFault() {
        bob.feed(from(ALICE, alice.said()).replace("1.1", "11.1"));
        assertThatThrownBy(faults::check).hasMessageContaining("PROPOSE was expected");
    }

    @Test
    void anErrorIsAFault() {
        alice.feed("<message type='error' id='1.1' from='bob@x'><error type='cancel'/></message>");
        assertThatThrownBy(faults::check).hasMessageContaining("alice: an error came");
    }

    @Test
    void theEndOfTheStreamIsAFault() {
        alice.feed("<stream:error><system-shutdown/></stream:error></stream:stream>");
        assertThatThrownBy(faults::check).hasMessageContaining("alice: the server ended the stream");
    }

    @Test
    void aPingIsAnsweredMeanwhile() throws Exception {
        alice.said();
        alice.feed("<iq type='get' id='p1' from='x'><ping xmlns='urn:xmpp:ping'/></iq>");
        assertThat(alice.said()).isEqualTo("<iq type='result' id='p1' to='x'/>");
        alice.feed("<iq type='get' id='v1' from='x'><query xmlns='jabber:iq:version'/></iq>");
        assertThat(alice.said()).contains("type='error'", "service-unavailable");
        faults.check();
    }
}
