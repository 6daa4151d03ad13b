package dev.beckon.session;

import static dev.beckon.session.Device.BOARD;
import static dev.beckon.session.Device.CHESS;
import static dev.beckon.session.Device.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.Contact;
import dev.beckon.MessengerListener;
import dev.beckon.ResultCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who is known to have an application. */
class InstallationsTest {
    private static final String ALICE = "alice@a.example";
    private static final String BOB = "bob@b.example";

    private final TurnedScheduler clock = new TurnedScheduler();
    private final Network network = new Network(clock);
    private final Device alice = new Device(network, ALICE, "desk", "192.0.2.1")
            .knows(BOB)
            .with(BOARD, "Board")
            .with(CHESS, "Chess");
    private final Device bob = new Device(network, BOB, "desk", "192.0.2.2").knows(ALICE);

    @Test
    void nothingIsKnownBeforeAnInvitation() {
        assertThat(alice.window.applicationKnown(BOB, BOARD)).isNull();
        assertThat(failure(() -> alice.window.applicationKnown(BOB, "board"))).isEqualTo(ResultCode.E_INVALIDARG);
        assertThat(failure(() -> alice.window.applicationKnown("", BOARD))).isEqualTo(ResultCode.E_INVALIDARG);
    }

    @Test
    void ringingTellsWhetherTheApplicationIsThereAndTheWindowsHearOfIt() {
        List<String> changed = new ArrayList<>();
        alice.window.addListener(new MessengerListener() {
            @Override
            public void onContactChanged(Contact contact) {
                changed.add(contact.signInName() + " " + alice.window.applicationKnown(BOB, BOARD));
            }
        });
        alice.invites(BOB, BOARD, null);
        assertThat(alice.window.applicationKnown("Bob@b.example", BOARD)).isFalse();
        assertThat(alice.window.applicationKnown(BOB, CHESS)).isNull();
        bob.with(BOARD, "Board");
        alice.invites(BOB, BOARD, null);
        assertThat(alice.window.applicationKnown(BOB, BOARD)).isTrue();
        alice.invites(BOB, BOARD, null);
        assertThat(changed).containsExactly(BOB + " false", BOB + " true");
    }

    @Test
    void whoInvitesHasIt() {
        alice.invites(BOB, BOARD, null);
        assertThat(bob.window.applicationKnown(ALICE, BOARD)).isTrue();
    }

    @Test
    void whoInstallsItAndAcceptsHasIt() {
        alice.invites(BOB, BOARD, null);
        bob.asked().accept(null);
        bob.settle();
        assertThat(alice.window.applicationKnown(BOB, BOARD)).isFalse();
        bob.with(BOARD, "Board");
        assertThat(alice.window.applicationKnown(BOB, BOARD)).isTrue();
    }

    @Test
    void oneDeviceThatHasItIsEnough() {
        Device phone = new Device(network, BOB, "phone", "192.0.2.3").knows(ALICE);
        bob.with(BOARD, "Board");
        alice.invites(BOB, BOARD, null);
        phone.asked().accept(null);
        clock.settle();
        assertThat(alice.window.applicationKnown(BOB, BOARD)).isTrue();
    }

    @Test
    void theOneHeardOfLongestAgoIsForgotten() {
        Installations installations = new Installations();
        for (int i = 0; i < Installations.KEPT; i++) {
            assertThat(installations.learn("person" + i, BOARD, true)).isTrue();
        }
        assertThat(installations.learn("person0", BOARD, true)).isFalse();
        installations.learn("one more", BOARD, false);
        assertThat(installations.known("person0", BOARD)).isTrue();
        assertThat(installations.known("person1", BOARD)).isNull();
        assertThat(installations.known("one more", BOARD)).isFalse();
    }
}
