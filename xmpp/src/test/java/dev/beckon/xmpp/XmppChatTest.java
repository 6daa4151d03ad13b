package dev.beckon.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.beckon.session.Carrier.Carbon;
import dev.beckon.session.Carrier.Failure;
import dev.beckon.session.Chat;
import dev.beckon.session.Jid;
import dev.beckon.session.Signal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plain messages over a real service. */
class XmppChatTest {
    private static final String ALICE = "alice@" + ServiceHouse.DOMAIN;
    private static final String BOB = "bob@" + ServiceHouse.DOMAIN;
    private static final String CAROL = "carol@" + ServiceHouse.DOMAIN;

    @TempDir
    Path home;

    private static Node chat(String to, String text) {
        return Node.of("message", Names.CLIENT)
                .with("type", "chat")
                .with("to", to)
                .with(Node.of("body", Names.CLIENT).containing(text));
    }

    @Test
    void aMessageReachesEveryDeviceOfBothPeopleOnce() {
        try (ServiceHouse house = new ServiceHouse(home)) {
            Device desk = house.device("alice");
            Device phone = house.device("alice");
            Device bob = house.device("bob");
            Device bobsPhone = house.device("bob");

            desk.say(BOB, "hello").isDelivered();
            for (Device device : new Device[] {bob, bobsPhone}) {
                Chat.Incoming heard = device.nextMessage();
                assertThat(heard.text()).isEqualTo("hello");
                assertThat(heard.from()).isEqualTo(desk.self);
                assertThat(heard.to().bare()).isEqualTo(BOB);
                assertThat(heard.delayed()).isNull();
            }
            Chat.Incoming copy = phone.nextMessage();
            assertThat(copy.carbon()).isEqualTo(Carbon.SENT);
            assertThat(copy.from()).isEqualTo(desk.self);
            assertThat(copy.to()).isEqualTo(Jid.bare(BOB));
            assertThat(copy.text()).isEqualTo("hello");

            bob.say(ALICE, "hello yourself").isDelivered();
            assertThat(desk.nextMessage().text()).isEqualTo("hello yourself");
            assertThat(phone.nextMessage().text()).isEqualTo("hello yourself");
            assertThat(bobsPhone.nextMessage().carbon()).isEqualTo(Carbon.SENT);
            desk.say(BOB, "last").isDelivered();
            assertThat(bob.nextMessage().text()).isEqualTo("last");
            assertThat(bobsPhone.nextMessage().text()).isEqualTo("last");
            assertThat(desk.messages).isEmpty();
        }
    }

    @Test
    void whatIsSaidToOneDeviceIsCopiedToTheOthers() {
        try (ServiceHouse house = new ServiceHouse(home)) {
            Device carol = house.device("carol");
            Device bob = house.device("bob");
            Device bobsPhone = house.device("bob");

            carol.client.sendRaw(chat(bob.self.toString(), "to the desk"));
            assertThat(bob.nextMessage().carbon()).isEqualTo(Carbon.NONE);
            Chat.Incoming copy = bobsPhone.nextMessage();
            assertThat(copy.carbon()).isEqualTo(Carbon.RECEIVED);
            assertThat(copy.from()).isEqualTo(carol.self);
            assertThat(copy.text()).isEqualTo("to the desk");
        }
    }

    @Test
    void everyCharacterArrivesAsItWasWritten() {
        try (ServiceHouse house = new ServiceHouse(home)) {
            Device alice = house.device("alice");
            Device bob = house.device("bob");

            for (String text : new String[] {
                " \r\n\t\n <b>&amp;</b> ]]> ' \" \u202E\u2066 e\u0301 \uD83C\uDFA8 ", "\uD83C\uDFA8".repeat(5000)
            }) {
                alice.say(BOB, text).isDelivered();
                assertThat(bob.nextMessage().text()).isEqualTo(text);
            }
        }
    }

    @Test
    void aMessageForSomebodyAwayWaitsAndBearsTheTimeItWasStored() {
        try (ServiceHouse house = new ServiceHouse(home)) {
            Device alice = house.device("alice");
            Instant before = Instant.now().minusSeconds(5);
            alice.say(BOB, "when you are back").isDelivered();

            Chat.Incoming heard = house.device("bob").nextMessage();
            assertThat(heard.text()).isEqualTo("when you are back");
            assertThat(heard.delayed()).isBetween(before, Instant.now().plusSeconds(5));
        }
    }

    @Test
    void anErrorComesBackToWhatWasSent() {
        try (ServiceHouse house = new ServiceHouse(home)) {
            Device alice = house.device("alice");
            Device bob = house.device("bob");
            bob.chatAnswer = message -> message.reply().refuse("not-acceptable", "too long");

            assertThat(alice.say(BOB, "hello").failure()).isEqualTo(new Failure("not-acceptable", bob.self));
            Failure nobody = alice.say("nobody@" + ServiceHouse.DOMAIN, "hello").failure();
            assertThat(nobody.condition()).isEqualTo("service-unavailable");
            assertThat(nobody.from()).isNotNull();
        }
    }

    @Test
    void invitationsAreNoChatAndChatIsNoInvitation() {
        try (ServiceHouse house = new ServiceHouse(home)) {
            Device alice = house.device("alice");
            Device bob = house.device("bob");

            alice.send(Jid.bare(BOB), SignalCodecTest.PROPOSE).isDelivered();
            alice.client.sendRaw(chat(BOB, "a call of another kind")
                    .with(Node.of("propose", Names.JMI)
                            .with("id", "call-1")
                            .with(Node.of("description", "urn:xmpp:jingle:apps:rtp:1")
                                    .with("media", "audio"))));
            alice.client.sendRaw(chat(BOB, "something newer of ours").with(Node.of("newer", Names.APP)));
            alice.client.sendRaw(chat(BOB, "news").with("type", "headline"));
            alice.client.sendRaw(chat(BOB, ""));
            alice.client.sendRaw(chat(BOB, "forged")
                    .with(Node.of("sent", Names.CARBONS)
                            .with(Node.of("forwarded", Names.FORWARD)
                                    .with(chat(CAROL, "never written").with("from", BOB + "/x")))));
            alice.client.sendRaw(chat(BOB, "a normal message").with("type", "normal"));

            assertThat(bob.nextMessage().text()).isEqualTo("forged"); // its body is what alice wrote, and no more
            assertThat(bob.nextMessage().text()).isEqualTo("a normal message");
            assertThat(bob.messages).isEmpty();
            assertThat(bob.next().signal()).isInstanceOf(Signal.Propose.class);
            assertThat(bob.received).isEmpty();
        }
    }

    @Test
    void whatComesTwiceIsHeardOnce() {
        try (ServiceHouse house = new ServiceHouse(home)) {
            Device carol = house.device("carol");
            Device bob = house.device("bob");
            Node origin = Node.of("origin-id", Names.STANZA_ID).with("id", "o-1");

            carol.client.sendRaw(chat(BOB, "once").with("id", "1").with(origin));
            carol.client.sendRaw(chat(BOB, "once").with("id", "2").with(origin));
            // Ids that a client uses again are no reason to drop what people write.
            carol.client.sendRaw(chat(BOB, "ok").with("id", "3"));
            carol.client.sendRaw(chat(BOB, "ok").with("id", "3"));
            carol.client.sendRaw(chat(BOB, "no id"));
            carol.client.sendRaw(chat(BOB, "no id"));
            carol.client.sendRaw(chat(BOB, "end"));

            for (String text : new String[] {"once", "ok", "ok", "no id", "no id", "end"}) {
                assertThat(bob.nextMessage().text()).isEqualTo(text);
            }
            assertThat(bob.messages).isEmpty();
        }
    }

    @Test
    void whatIsSentIntoADeadConnectionFailsAndIsNotSentAgain() throws Exception {
        try (ServiceHouse house = new ServiceHouse(home);
                Cable cable = new Cable(house.service().port())) {
            Device bob = house.device("bob");
            Device alice = new Device(house.config("alice")
                    .at("127.0.0.1", cable.port())
                    .timed(Duration.ofSeconds(3), Duration.ofSeconds(600)));
            try {
                alice.signIn();
                cable.pull();
                Device.Receipt message = alice.say(BOB, "into the void");
                assertThat(message.failure()).isEqualTo(new Failure(Failure.OFFLINE, null));
                assertThat(alice.say(BOB, "not signed in").failure()).isEqualTo(new Failure(Failure.OFFLINE, null));
                cable.plug();
                await().atMost(Device.SOON).until(() -> alice.story.lastIndexOf("up") > 0);
                alice.say(BOB, "back").isDelivered();
                assertThat(bob.nextMessage().text()).isEqualTo("back");
                assertThat(message.isUndelivered()).isTrue();
            } finally {
                alice.close();
            }
        }
    }
}
