package dev.beckon.xmpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.beckon.ContactStatus;
import dev.beckon.LockResponse;
import dev.beckon.Messenger.Connection.State;
import dev.beckon.ResultCode;
import dev.beckon.SessionException;
import dev.beckon.service.Administration;
import dev.beckon.service.Environment;
import dev.beckon.session.Carrier.Carbon;
import dev.beckon.session.Carrier.Failure;
import dev.beckon.session.Carrier.Incoming;
import dev.beckon.session.ContactList.Entry;
import dev.beckon.session.Ending;
import dev.beckon.session.Jid;
import dev.beckon.session.LockAuthority;
import dev.beckon.session.Reason;
import dev.beckon.session.Signal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients over a real service. */
class XmppClientTest {
    private static final String SID = SignalCodecTest.SID;
    private static final String OTHER_SID = "00000000-0000-4000-8000-000000000000";
    private static final String GUID = SignalCodecTest.GUID;
    private static final String ALICE = "alice@" + ServiceHouse.DOMAIN;
    private static final String BOB = "bob@" + ServiceHouse.DOMAIN;
    private static final Signal.Propose PROPOSE = SignalCodecTest.PROPOSE;

    @TempDir
    Path home;

    private static <T> T done(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(Device.SOON.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void everySignalArrivesAsItWasSent() {
        try (ServiceHouse house = new ServiceHouse(home)) {
            Device alice = house.device("alice");
            Device bob = house.device("bob");
            assertThat(alice.self.bare()).isEqualTo(ALICE);
            assertThat(alice.carbons).isTrue();

            List<Signal> signals = java.util.stream.Stream.concat(
                            SignalCodecTest.messages(), SignalCodecTest.requests())
                    .toList();
            List<Device.Receipt> receipts =
                    signals.stream().map(signal -> alice.send(bob.self, signal)).toList();

            for (Signal signal : signals) {
                Incoming incoming = bob.next();
                assertThat(incoming.signal()).isEqualTo(signal);
                assertThat(incoming.from()).isEqualTo(alice.self);
                assertThat(incoming.to()).isEqualTo(bob.self);
                assertThat(incoming.delayed()).isNull();
                assertThat(incoming.carbon()).isEqualTo(Carbon.NONE);
            }
            receipts.forEach(Device.Receipt::isDelivered);
        }
    }

    @Test
    void anInvitationRingsOnEveryDeviceAndTheAnswerIsCopied() {
        try (ServiceHouse house = new ServiceHouse(home)) {
            Device alice = house.device("alice");
            Device phone = house.device("bob");
            Device desk = house.device("bob");

            alice.send(Jid.bare(BOB), PROPOSE).isDelivered();
            assertThat(phone.next().signal()).isEqualTo(PROPOSE);
            assertThat(desk.next().signal()).isEqualTo(PROPOSE);

            phone.send(alice.self, new Signal.Proceed(SID, "here"));
            assertThat(alice.next().from()).isEqualTo(phone.self);
            Incoming copy = desk.next();
            assertThat(copy.carbon()).isEqualTo(Carbon.SENT);
            assertThat(copy.from()).isEqualTo(phone.self);
            assertThat(copy.to()).isEqualTo(alice.self);
            assertThat(copy.signal()).isEqualTo(new Signal.Proceed(SID, "here"));
        }
    }

    @Test
    void aForgedCopyIsNoCopy() {
        try (ServiceHouse house = new ServiceHouse(home)) {
            Device carol = house.device("carol");
            Device bob = house.device("bob");

            Node proceed = JmiCodec.encode(new Signal.Proceed(SID, null), "bob")
                    .with("from", bob.self.bare() + "/other")
                    .with("to", ALICE);
            Node forged = Node.of("message", Names.CLIENT)
                    .with("type", "chat")
                    .with("to", BOB)
                    .with(Node.of("sent", Names.CARBONS)
                            .with(Node.of("forwarded", Names.FORWARD).with(proceed)));
            carol.client.sendRaw(forged);
            carol.send(bob.self, new Signal.Ringing(OTHER_SID, true));

            assertThat(bob.next().signal()).isEqualTo(new Signal.Ringing(OTHER_SID, true));
            assertThat(bob.received).isEmpty();
        }
    }

    @Test
    void refusalsComeBackToWhatWasSent() {
        try (ServiceHouse house = new ServiceHouse(home)) {
            Device alice = house.device("alice");
            Device bob = house.device("bob");
            bob.answer = incoming -> incoming.reply().refuse("item-not-found", "no such session");

            assertThat(alice.send(bob.self, new Signal.Ping(SID)).failure())
                    .isEqualTo(new Failure("item-not-found", bob.self));
            assertThat(alice.send(bob.self, new Signal.Proceed(SID, null)).failure())
                    .isEqualTo(new Failure("item-not-found", bob.self));
            assertThat(alice.send(new Jid(BOB, "nowhere"), new Signal.Ping(SID))
                            .failure()
                            .condition())
                    .isEqualTo("service-unavailable");
            assertThat(alice.send(
                                    Jid.bare("nobody@" + ServiceHouse.DOMAIN),
                                    new Signal.Retract(SID, new Ending(Reason.CANCEL, null, null, false)))
                            .failure()
                            .from())
                    .isNotNull();
        }
    }

    @Test
    void aWrongPasswordIsTriedOnceAndNamed() throws Exception {
        try (ServiceHouse house = new ServiceHouse(home)) {
            XmppConfig right = house.config("alice");
            boolean[] typedRight = {false};
            XmppConfig config = XmppConfig.of(
                            ALICE, () -> (typedRight[0] ? "password of alice" : "wrong").toCharArray())
                    .at(right.host(), right.port())
                    .trusting(right.certificates());
            Device alice = new Device(config);
            try {
                alice.client.connect();
                await().atMost(Device.SOON)
                        .until(() -> alice.client.connection().reason().contains("password"));
                assertThat(alice.client.connection().state()).isEqualTo(State.SIGNED_OUT);
                assertThat(alice.send(Jid.bare(BOB), PROPOSE).failure().condition())
                        .isEqualTo(Failure.OFFLINE);

                typedRight[0] = true;
                alice.signIn();
            } finally {
                alice.close();
            }
        }
    }

    @Test
    void aCertificateNobodyVouchesForIsNotTrusted() {
        try (ServiceHouse house = new ServiceHouse(home)) {
            Device alice = new Device(house.config("alice").trusting(List.of()));
            try {
                alice.client.connect();
                await().atMost(Device.SOON)
                        .until(() -> alice.client.connection().reason().contains("certificate"));
                assertThat(alice.client.connection().state()).isEqualTo(State.CONNECTING);
                assertThat(alice.story).isEmpty();
            } finally {
                alice.close();
            }
        }
    }

    @Test
    void aRestartedServiceIsFoundAgainAndNothingIsLostInSilence() {
        try (ServiceHouse house = new ServiceHouse(home)) {
            Device alice = house.device("alice");
            Device bob = house.device("bob");
            Jid before = alice.self;

            house.stop();
            await().atMost(Device.SOON).until(() -> alice.story.contains("down"));
            assertThat(alice.send(bob.self, PROPOSE).failure()).isEqualTo(new Failure(Failure.OFFLINE, null));
            assertThat(alice.client.connection().state()).isEqualTo(State.CONNECTING);
            house.start();

            await().atMost(Duration.ofSeconds(60))
                    .until(() -> alice.story.lastIndexOf("up") > 0 && bob.story.lastIndexOf("up") > 0);
            assertThat(alice.story).containsExactly("up", "down", "up");
            assertThat(alice.self).isEqualTo(before);
            alice.send(bob.self, PROPOSE).isDelivered();
            assertThat(bob.next().signal()).isEqualTo(PROPOSE);
        }
    }

    @Test
    void aDeadConnectionIsNoticedAndWhatWasSentIntoItFails() throws Exception {
        try (ServiceHouse house = new ServiceHouse(home);
                Cable cable = new Cable(house.service().port())) {
            Device bob = house.device("bob");
            Device alice = new Device(house.config("alice")
                    .at("127.0.0.1", cable.port())
                    .timed(Duration.ofSeconds(3), Duration.ofSeconds(600)));
            try {
                alice.signIn();
                cable.pull();
                Device.Receipt message = alice.send(Jid.bare(BOB), PROPOSE);
                Device.Receipt request = alice.send(bob.self, new Signal.Ping(SID));

                assertThat(message.failure()).isEqualTo(new Failure(Failure.OFFLINE, null));
                assertThat(request.failure().condition()).isIn(Failure.OFFLINE, Failure.TIMEOUT);
                await().atMost(Device.SOON).until(() -> alice.story.contains("down"));
                cable.plug();
                await().atMost(Device.SOON).until(() -> alice.story.lastIndexOf("up") > 0);
                alice.send(Jid.bare(BOB), PROPOSE).isDelivered();
                assertThat(bob.next().signal()).isEqualTo(PROPOSE);
                assertThat(message.isUndelivered()).isTrue();
            } finally {
                alice.close();
            }
        }
    }

    @Test
    void anIdleConnectionIsTested() throws Exception {
        try (ServiceHouse house = new ServiceHouse(home);
                Cable cable = new Cable(house.service().port())) {
            Device alice = new Device(house.config("alice")
                    .at("127.0.0.1", cable.port())
                    .timed(Duration.ofSeconds(3), Duration.ofSeconds(1)));
            try {
                alice.signIn();
                cable.pull();
                await().atMost(Device.SOON).until(() -> alice.story.contains("down"));
            } finally {
                alice.close();
            }
        }
    }

    @Test
    void onlyOnesOwnAccountChangesWhatIsOnesOwn() {
        try (ServiceHouse house = new ServiceHouse(home)) {
            Device carol = house.device("carol");
            Device bob = house.device("bob");

            carol.client.sendRaw(request(bob.self)
                    .with(Node.of("query", Names.ROSTER)
                            .with(Node.of("item", Names.ROSTER)
                                    .with("jid", "carol@" + ServiceHouse.DOMAIN)
                                    .with("subscription", "both"))));
            carol.client.sendRaw(request(bob.self)
                    .with(Node.of("block", Names.BLOCKING)
                            .with(Node.of("item", Names.BLOCKING).with("jid", ALICE))));
            carol.client.sendRaw(Node.of("message", Names.CLIENT)
                    .with("to", bob.self.toString())
                    .with(Node.of("challenge", Names.LOCK)
                            .with("cookie", "1")
                            .with("nonce", "x")
                            .with("expires", "2099-01-01T00:00:00Z")));
            carol.send(bob.self, new Signal.Ringing(SID, true));

            assertThat(bob.next().signal()).isInstanceOf(Signal.Ringing.class);
            assertThat(bob.contacts().entries()).isEmpty();
            assertThat(bob.contacts().blocked()).isEmpty();
            assertThat(bob.challenges).isEmpty();
        }
    }

    private static Node request(Jid to) {
        return Node.of("iq", Names.CLIENT).with("type", "set").with("id", "x").with("to", to.toString());
    }

    @Test
    void aStampOfSomebodyElseIsNoStamp() {
        try (ServiceHouse house = new ServiceHouse(home)) {
            Device carol = house.device("carol");
            Device bob = house.device("bob");

            carol.client.sendRaw(JmiCodec.encode(PROPOSE, "carol")
                    .with("to", bob.self.toString())
                    .with(Node.of("delay", Names.DELAY)
                            .with("from", "carol@" + ServiceHouse.DOMAIN)
                            .with("stamp", "2020-01-01T00:00:00Z")));

            assertThat(bob.next().delayed()).isNull();
        }
    }

    @Test
    void peopleWhoAddEachOtherSeeEachOther() throws Exception {
        try (ServiceHouse house = new ServiceHouse(home)) {
            Device alice = house.device("alice");
            Device bob = house.device("bob");

            done(alice.contacts().add(BOB, "Bob"));
            assertThat(Device.take(bob.requested)).isEqualTo(ALICE);
            assertThat(bob.contacts().requests()).containsExactly(ALICE);
            done(bob.contacts().add(ALICE, null));

            await().atMost(Device.SOON).untilAsserted(() -> {
                Entry seen = alice.contacts().entry(BOB);
                assertThat(seen.name()).isEqualTo("Bob");
                assertThat(seen.status()).isEqualTo(ContactStatus.ONLINE);
                assertThat(seen.devices()).containsExactly(bob.self);
                assertThat(seen.trusted()).isTrue();
                assertThat(bob.contacts().entry(ALICE).devices()).containsExactly(alice.self);
            });
            assertThat(bob.contacts().requests()).isEmpty();
            assertThat(alice.contacts().requests()).isEmpty();

            // Whoever comes back from being invisible knows again who is there.
            done(alice.contacts().status(ContactStatus.INVISIBLE));
            done(bob.contacts().status(ContactStatus.INVISIBLE));
            done(alice.contacts().status(ContactStatus.ONLINE));
            await().atMost(Device.SOON).until(() -> alice.contacts().entry(BOB).status() == ContactStatus.OFFLINE);
            assertThat(Device.take(bob.gone)).isEqualTo(alice.self);

            done(bob.contacts().status(ContactStatus.ON_THE_PHONE));
            await().atMost(Device.SOON).until(() -> alice.contacts().entry(BOB).status() == ContactStatus.ON_THE_PHONE);
            bob.close();
            assertThat(Device.take(alice.gone)).isEqualTo(bob.self);
            await().atMost(Device.SOON).until(() -> alice.contacts().entry(BOB).status() == ContactStatus.OFFLINE);

            done(alice.contacts().remove(BOB));
            await().atMost(Device.SOON).until(() -> alice.contacts().entry(BOB) == null);
        }
    }

    @Test
    void aRequestCanBeRefused() throws Exception {
        try (ServiceHouse house = new ServiceHouse(home)) {
            Device alice = house.device("alice");
            Device bob = house.device("bob");

            done(alice.contacts().add(BOB, null));
            Device.take(bob.requested);
            done(bob.contacts().remove(ALICE));

            assertThat(bob.contacts().requests()).isEmpty();
            assertThat(bob.contacts().entries()).isEmpty();
            assertThat(alice.contacts().entry(BOB).trusted()).isFalse();
        }
    }

    @Test
    void changesThatMakeNoSenseSayWhy() {
        try (ServiceHouse house = new ServiceHouse(home)) {
            Device alice = house.device("alice");

            fails(alice.contacts().add(ALICE, null), ResultCode.SR_INVITED_SELF);
            fails(alice.contacts().remove(BOB), ResultCode.E_INVALIDARG);
            fails(alice.contacts().status(ContactStatus.OFFLINE), ResultCode.E_INVALIDARG);
            assertThatThrownBy(() -> alice.contacts().prepare("nobody")).isInstanceOf(SessionException.class);
            alice.close();
        }
        Device nobody = new Device(XmppConfig.of(ALICE, () -> new char[] {'x'}));
        fails(nobody.contacts().add(BOB, null), ResultCode.MSGR_E_NOT_LOGGED_ON);
        nobody.close();
    }

    private static void fails(CompletionStage<Void> stage, ResultCode code) {
        assertThatThrownBy(() -> done(stage))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void whoIsBlockedIsNotHeard() throws Exception {
        try (ServiceHouse house = new ServiceHouse(home)) {
            Device alice = house.device("alice");
            Device bob = house.device("bob");
            Device other = house.device("bob");

            done(bob.contacts().block(ALICE, true));
            assertThat(bob.contacts().blocked()).containsExactly(ALICE);
            await().atMost(Device.SOON).until(() -> other.contacts().blocked().contains(ALICE));
            assertThat(alice.send(Jid.bare(BOB), PROPOSE).failure().condition()).isNotEqualTo(Failure.OFFLINE);
            assertThat(bob.received).isEmpty();

            done(bob.contacts().block(ALICE, false));
            alice.send(Jid.bare(BOB), PROPOSE);
            assertThat(bob.next().signal()).isEqualTo(PROPOSE);
        }
    }

    @Test
    void aServiceWithoutKeysDoesNotLock() {
        try (ServiceHouse house = new ServiceHouse(home)) {
            assertThat(Device.take(house.device("alice").locks)).isFalse();
        }
    }

    @Test
    void aTicketIsHadByProvingTheKeyAndJudgedByTheOtherSide() throws Exception {
        String key;
        try (Administration admin = Administration.open(home)) {
            key = admin.issueKey("board", List.of(GUID), Environment.PRODUCTION, null);
        }
        try (ServiceHouse house = new ServiceHouse(home)) {
            Device alice = house.device("alice");
            Device bob = house.device("bob");
            assertThat(Device.take(alice.locks)).isTrue();
            assertThat(Device.take(bob.locks)).isTrue();

            LockAuthority.Challenge wrong = done(alice.client.authority().challenge(16));
            assertThatThrownBy(() -> done(alice.client
                            .authority()
                            .respond(16, "board", LockResponse.hmacSha256("guess", wrong.nonce(), "board", ALICE))))
                    .hasCauseInstanceOf(LockAuthority.Refused.class);

            LockAuthority.Challenge challenge = done(alice.client.authority().challenge(17));
            assertThat(challenge.cookie()).isEqualTo(17);
            assertThat(challenge.expires()).isAfter(Instant.now());
            LockAuthority.Ticket ticket = done(alice.client
                    .authority()
                    .respond(17, "board", LockResponse.hmacSha256(key, challenge.nonce(), "board", ALICE)));
            assertThat(ticket.guids()).containsExactly(GUID);
            assertThat(ticket.expires()).isAfter(Instant.now());

            LockAuthority judge = bob.client.authority();
            assertThat(done(judge.judge(ticket.jws(), ALICE, GUID))).isEmpty();
            assertThat(done(judge.judge(ticket.jws(), ALICE, GUID))).isEmpty();
            assertThat(done(judge.judge(ticket.jws(), "carol@" + ServiceHouse.DOMAIN, GUID)))
                    .contains("another user");
            assertThat(done(judge.judge(ticket.jws(), ALICE, "{00000000-0000-4000-8000-000000000000}")))
                    .contains("other applications");
            assertThat(done(judge.judge(ticket.jws() + "A", ALICE, GUID))).isNotEmpty();
        }
    }

    @Test
    void closingLeavesNoThreadBehind() {
        try (ServiceHouse house = new ServiceHouse(home)) {
            house.device("alice").close();
        }
        await().atMost(Device.SOON)
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .extracting(Thread::getName)
                        .noneMatch(name -> name.startsWith("beckon-xmpp") && !name.equals("beckon-xmpp")
                                || name.startsWith("Smack Reader")
                                || name.startsWith("Smack Writer")));
    }
}
