package dev.beckon.service;

import static dev.beckon.service.ManagedClient.SM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.route.Hooks;
import dev.beckon.service.route.Jid;
import dev.beckon.service.route.Router;
import dev.beckon.service.xml.Element;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** XEP-0198: acknowledgements, and sessions that outlive their connections. */
@Timeout(120)
class StreamManagementTest {
    private static final String BOB = "bob@example.test/desk";

    @TempDir
    Path home;

    private Router router;

    private TestService service(String settings) {
        return new TestService(home, settings, List.of((Hooks hooks, Router router) -> this.router = router));
    }

    private static String message(int id) {
        return "<message type='chat' to='" + BOB + "' id='" + id + "'><body>" + id + "</body></message>";
    }

    private void awaitConnected(String jid, boolean connected) throws InterruptedException {
        while (router.session(Jid.of(jid)).isConnected() != connected) {
            Thread.sleep(2);
        }
    }

    private void awaitGone(String jid) throws InterruptedException {
        while (router.session(Jid.of(jid)) != null) {
            Thread.sleep(2);
        }
    }

    @Test
    void itIsOfferedOnlyAfterSignInAndEnabledOnlyAfterBinding() throws IOException {
        try (TestService service = service("");
                TestClient alice = service.connect()) {
            assertThat(alice.open().child("sm", SM)).isNull();
            alice.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
            alice.expect("proceed");
            alice.startTls();
            assertThat(alice.open().child("sm", SM)).isNull();
            alice.authenticate("SCRAM-SHA-256", "alice", "secret");
            assertThat(alice.open().child("sm", SM)).isNotNull();
            alice.send("<enable xmlns='" + SM + "'/>");
            assertThat(alice.expect("failed").firstChild().name()).isEqualTo("unexpected-request");
            alice.bind("desk");
            alice.send("<enable xmlns='" + SM + "'/>");
            Element enabled = alice.expect("enabled");
            assertThat(enabled.attributes()).isEmpty();
        }
    }

    @Test
    void whoMayResumeIsToldForHowLong() throws IOException {
        try (TestService service = service("limits.resumption-time = 90 s");
                TestClient alice = service.signIn("alice", "a");
                TestClient bob = service.signIn("bob", "b")) {
            alice.send("<enable xmlns='" + SM + "' resume='1' max='1000'/>");
            Element enabled = alice.expect("enabled");
            assertThat(enabled.attribute("resume")).isEqualTo("true");
            assertThat(enabled.attribute("max")).isEqualTo("90");
            bob.send("<enable xmlns='" + SM + "' resume='true' max='7'/>");
            Element other = bob.expect("enabled");
            assertThat(other.attribute("max")).isEqualTo("7");
            assertThat(other.attribute("id")).hasSizeGreaterThan(20).isNotEqualTo(enabled.attribute("id"));
        }
    }

    @Test
    void aSecondEnableEndsTheStream() throws IOException {
        try (TestService service = service("");
                ManagedClient alice = ManagedClient.available(service, "alice", "a")) {
            alice.send("<enable xmlns='" + SM + "'/>");
            assertThat(alice.client().expectStreamError()).isEqualTo("policy-violation");
        }
    }

    @Test
    void stanzasAreCountedFromEnableOn() throws IOException {
        try (TestService service = service("");
                ManagedClient alice = ManagedClient.available(service, "alice", "a")) {
            // The presence and the iq.
            assertThat(alice.handledByService()).isEqualTo(2);
            alice.send(message(1) + message(2) + "<presence/>");
            assertThat(alice.handledByService()).isEqualTo(5);
        }
    }

    @Test
    void whoAcknowledgesMoreThanWasSentIsSentAway() throws IOException {
        try (TestService service = service("");
                ManagedClient alice = ManagedClient.available(service, "alice", "a")) {
            alice.send("<a xmlns='" + SM + "' h='" + (alice.handled() + 1) + "'/>");
            Element error = alice.client().expect("error");
            assertThat(error.firstChild().name()).isEqualTo("undefined-condition");
            Element tooHigh = error.child("handled-count-too-high", SM);
            assertThat(tooHigh.attribute("h")).isEqualTo(Integer.toString(alice.handled() + 1));
            assertThat(tooHigh.attribute("send-count")).isEqualTo(Integer.toString(alice.handled()));
        }
    }

    @Test
    void manyStanzasAreAskedForNowAndThen() throws IOException {
        try (TestService service = service("");
                TestClient alice = service.signIn("alice", "a");
                ManagedClient bob = ManagedClient.available(service, "bob", "desk")) {
            for (int i = 0; i < 100; i++) {
                alice.send(message(i));
            }
            int requests = 0;
            for (int i = 0; i < 100 || requests == 0; ) {
                Element next = bob.client().next();
                if (next.is("r", SM)) {
                    requests++;
                } else {
                    assertThat(next.attribute("id")).isEqualTo(Integer.toString(i++));
                }
            }
            assertThat(requests).isBetween(1, 10);
        }
    }

    @Test
    void whatCameInBetweenIsThereWhenTheClientResumes() throws Exception {
        try (TestService service = service("");
                TestClient alice = service.signIn("alice", "a");
                ManagedClient bob = ManagedClient.available(service, "bob", "desk")) {
            alice.send(message(1) + message(2));
            assertThat(bob.nextMessage().attribute("id")).isEqualTo("1");
            assertThat(bob.nextMessage().attribute("id")).isEqualTo("2");
            bob.cut();
            awaitConnected(BOB, false);
            alice.send(message(3) + message(4));
            alice.sync();
            assertThat(router.session(Jid.of(BOB)).isAvailable()).isTrue();
            Element resumed = bob.resume();
            assertThat(resumed.name()).isEqualTo("resumed");
            assertThat(resumed.attribute("previd")).isEqualTo(bob.id());
            assertThat(resumed.attribute("h")).isEqualTo("2");
            assertThat(bob.nextMessage().attribute("id")).isEqualTo("3");
            assertThat(bob.nextMessage().attribute("id")).isEqualTo("4");
            bob.send("<message to='alice@example.test/a' id='5'/>");
            assertThat(alice.expect("message").attribute("id")).isEqualTo("5");
            assertThat(bob.handledByService()).isEqualTo(3);
            bob.acknowledge();
            bob.sync();
        }
    }

    @Test
    void whatWasNotAcknowledgedIsSentAgain() throws Exception {
        try (TestService service = service("");
                TestClient alice = service.signIn("alice", "a");
                ManagedClient bob = ManagedClient.available(service, "bob", "desk")) {
            alice.send(message(1) + message(2) + message(3));
            assertThat(bob.nextMessage().attribute("id")).isEqualTo("1");
            // It has read the others, but says that it has not.
            assertThat(bob.client().next().attribute("id")).isEqualTo("2");
            bob.cut();
            assertThat(bob.resume().name()).isEqualTo("resumed");
            assertThat(bob.nextMessage().attribute("id")).isEqualTo("2");
            assertThat(bob.nextMessage().attribute("id")).isEqualTo("3");
            bob.sync();
        }
    }

    @Test
    void whoResumesWhileTheOldConnectionIsThoughtAliveTakesItsPlace() throws Exception {
        try (TestService service = service("");
                TestClient alice = service.signIn("alice", "a");
                ManagedClient bob = ManagedClient.available(service, "bob", "desk");
                TestClient old = bob.client()) {
            assertThat(bob.resume().name()).isEqualTo("resumed");
            assertThat(old.expectStreamError()).isEqualTo("conflict");
            assertThat(old.isClosedByService()).isTrue();
            alice.send(message(1));
            assertThat(bob.nextMessage().attribute("id")).isEqualTo("1");
        }
    }

    @Test
    void nobodyResumesWhatIsAnothersOrIsNotThere() throws Exception {
        try (TestService service = service("");
                ManagedClient bob = ManagedClient.available(service, "bob", "desk");
                TestClient mallory = service.connect()) {
            mallory.secure();
            mallory.signIn("SCRAM-SHA-256", "carol", "secret");
            for (String id : List.of(bob.id(), "none")) {
                mallory.send("<resume xmlns='" + SM + "' previd='" + id + "' h='0'/>");
                Element failed = mallory.expect("failed");
                assertThat(failed.firstChild().name()).isEqualTo("item-not-found");
                assertThat(failed.attribute("h")).isNull();
            }
            mallory.bind("desk");
            mallory.sync();
            bob.sync();
        }
    }

    @Test
    void aStreamThatIsClosedIsNotResumed() throws Exception {
        try (TestService service = service("");
                ManagedClient bob = ManagedClient.available(service, "bob", "desk")) {
            bob.send("</stream:stream>");
            assertThat(bob.client().isClosedByService()).isTrue();
            awaitGone(BOB);
            Element failed = bob.resume();
            assertThat(failed.name()).isEqualTo("failed");
            assertThat(failed.firstChild().name()).isEqualTo("item-not-found");
            assertThat(failed.attribute("h")).isEqualTo("2");
            bob.client().bind("desk");
            bob.client().sync();
        }
    }

    @Test
    void whoNeverComesBackIsGoneAndSendersLearnWhatWasNotRead() throws Exception {
        try (TestService service = service("limits.resumption-time = 1 s");
                TestClient alice = service.signIn("alice", "a");
                ManagedClient bob = ManagedClient.available(service, "bob", "desk")) {
            bob.cut();
            awaitConnected(BOB, false);
            alice.send(message(1) + "<iq type='get' to='" + BOB + "' id='2'><query xmlns='a'/></iq>");
            Element message = alice.expect("message");
            assertThat(message.attribute("id")).isEqualTo("1");
            assertThat(message.attribute("type")).isEqualTo("error");
            Element iq = alice.expect("iq");
            assertThat(iq.attribute("id")).isEqualTo("2");
            assertThat(iq.child("error", "jabber:client").firstChild().name()).isEqualTo("service-unavailable");
            awaitGone(BOB);
            assertThat(bob.resume().firstChild().name()).isEqualTo("item-not-found");
        }
    }

    @Test
    void anotherDeviceGetsWhatWasNotReadWithTheTimeItCameAndNoneGetsItTwice() throws Exception {
        try (TestService service = service("limits.resumption-time = 1 s");
                TestClient alice = service.signIn("alice", "a");
                ManagedClient desk = ManagedClient.available(service, "bob", "desk");
                TestClient phone = service.available("bob", "phone")) {
            desk.cut();
            awaitConnected(BOB, false);
            alice.send(message(1));
            alice.send("<message type='chat' to='bob@example.test' id='both'><body>b</body></message>");
            assertThat(phone.expect("message").attribute("id")).isEqualTo("both");
            Element late = phone.expect("message");
            assertThat(late.attribute("id")).isEqualTo("1");
            assertThat(late.child("delay", "urn:xmpp:delay").attribute("from")).isEqualTo("example.test");
            awaitGone(BOB);
            phone.sync();
            alice.sync();
        }
    }

    @Test
    void whoSignsInWithTheSameResourceGetsWhatTheLostOneDidNot() throws Exception {
        try (TestService service = service("");
                TestClient alice = service.signIn("alice", "a");
                ManagedClient lost = ManagedClient.available(service, "bob", "desk")) {
            lost.cut();
            awaitConnected(BOB, false);
            alice.send(message(1));
            alice.sync();
            try (TestClient again = service.signIn("bob", "desk")) {
                assertThat(again.expect("message").attribute("id")).isEqualTo("1");
            }
            assertThat(lost.resume().firstChild().name()).isEqualTo("item-not-found");
        }
    }

    @Test
    void lostSessionsMakeWayForNewOnes() throws Exception {
        try (TestService service = service("limits.sessions-per-account = 2");
                ManagedClient first = ManagedClient.available(service, "bob", "1");
                ManagedClient second = ManagedClient.available(service, "bob", "2")) {
            first.cut();
            awaitConnected("bob@example.test/1", false);
            try (TestClient third = service.signIn("bob", "3")) {
                third.sync();
                second.sync();
                assertThat(first.resume().firstChild().name()).isEqualTo("item-not-found");
            }
        }
    }

    @Test
    void onlySoMuchIsHeldForALostClient() throws Exception {
        try (TestService service = service("limits { outbound-bytes = 256 KiB }");
                TestClient alice = service.signIn("alice", "a");
                ManagedClient bob = ManagedClient.available(service, "bob", "desk")) {
            bob.cut();
            awaitConnected(BOB, false);
            String body = "x".repeat(50_000);
            for (int i = 0; i < 6; i++) {
                alice.send("<message type='chat' to='" + BOB + "' id='" + i + "'><body>" + body + "</body></message>");
            }
            for (int i = 0; i < 6; i++) {
                Element back = alice.expect("message");
                assertThat(back.attribute("id")).isEqualTo(Integer.toString(i));
                assertThat(back.attribute("type")).isEqualTo("error");
            }
            assertThat(router.session(Jid.of(BOB))).isNull();
        }
    }

    @Test
    void aSessionOutlivesARestartOfTheService() throws Exception {
        ManagedClient bob;
        try (TestService service = service("");
                TestClient alice = service.signIn("alice", "a")) {
            bob = ManagedClient.available(service, "bob", "desk");
            bob.send("<presence><priority>7</priority></presence>");
            bob.sync();
            bob.acknowledge();
            bob.sync();
            alice.send(message(1));
            bob.cut();
            alice.send(message(2));
            alice.sync();
        }
        try (TestService service = service("");
                TestClient alice = service.signIn("alice", "a")) {
            assertThat(router.session(Jid.of(BOB)).priority()).isEqualTo(7);
            alice.send(message(3));
            alice.sync();
            Element resumed = bob.resume(service);
            assertThat(resumed.name()).isEqualTo("resumed");
            assertThat(resumed.attribute("h")).isEqualTo("5");
            for (String id : List.of("1", "2", "3")) {
                assertThat(bob.nextMessage().attribute("id")).isEqualTo(id);
            }
            bob.sync();
            bob.cut();
        }
    }

    @Test
    void clientsAreToldThatTheServiceStopsAndResumeAtTheNext() throws Exception {
        ManagedClient bob;
        try (TestService service = service("")) {
            bob = ManagedClient.available(service, "bob", "desk");
        }
        assertThat(bob.client().rest()).contains("system-shutdown");
        try (TestService service = service("")) {
            assertThat(bob.resume(service).name()).isEqualTo("resumed");
            bob.sync();
        }
        bob.close();
    }

    @Test
    void aSessionLapsesWhileTheServiceIsDown() throws Exception {
        ManagedClient bob;
        try (TestService service = service("limits.resumption-time = 1 s")) {
            bob = ManagedClient.available(service, "bob", "desk");
            bob.cut();
            awaitConnected(BOB, false);
        }
        Thread.sleep(1_100);
        try (TestService service = service("")) {
            awaitGone(BOB);
            Element failed = bob.resume(service);
            assertThat(failed.name()).isEqualTo("failed");
            assertThat(failed.attribute("h")).isEqualTo("2");
            bob.close();
        }
    }

    @Test
    void aSilentClientIsAskedForItsCount() throws Exception {
        try (TestService service = service("limits.idle-time = 1 s");
                ManagedClient alice = ManagedClient.available(service, "alice", "a")) {
            for (int i = 0; i < 3; i++) {
                assertThat(alice.client().next().is("r", SM)).isTrue();
                alice.acknowledge();
            }
            Element next = alice.client().next();
            while (next.is("r", SM)) {
                next = alice.client().next();
            }
            assertThat(next.firstChild().name()).isEqualTo("connection-timeout");
            alice.close();
            assertThat(alice.resume().name()).isEqualTo("resumed");
        }
    }
}
