package dev.beckon.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.xml.Element;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signing in and binding in one breath (XEP-0388, XEP-0386). */
class Sasl2Test {
    private static final String SASL2 = ScramExchange.SASL2;
    private static final String BIND2 = "urn:xmpp:bind:0";
    private static final String PHONE =
            "<user-agent id='d4565fa7-4d72-4749-b3d3-740edbf87770'><software>Beckon</software>"
                    + "<device>Alice's phone</device></user-agent>";

    private static Service service;

    @BeforeAll
    static void start(@TempDir Path home) {
        try (Administration administration = Administration.open(home)) {
            administration.addUser("alice", "secret");
            administration.addUser("bob", "secret");
        }
        service = Service.start(ServiceConfig.of(home, TestService.DOMAIN).withAddress("127.0.0.1", 0));
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @Test
    void bindingAndWhatCanBeAskedForWithItIsOffered() throws IOException {
        try (TestClient client = connect()) {
            client.open();
            client.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
            client.expect("proceed");
            client.startTls();
            Element inline = client.open().child("authentication", SASL2).child("inline", SASL2);
            assertThat(inline.child("bind", BIND2).child("inline", BIND2).children("feature", BIND2))
                    .extracting(feature -> feature.attribute("var"))
                    .contains("urn:xmpp:carbons:2");
        }
    }

    @Test
    void oneRequestSignsInBindsAndSwitchesOn() throws IOException {
        try (TestClient phone = connect();
                TestClient bob = available("bob")) {
            phone.secure();
            Element success =
                    signIn(phone, "alice", bind("<tag>Beckon</tag><enable xmlns='urn:xmpp:carbons:2'/>") + PHONE);
            String jid = success.child("authorization-identifier", SASL2).text();
            assertThat(jid).matches("alice@example\\.test/Beckon/[A-Za-z0-9_-]{12}");
            assertThat(success.child("bound", BIND2)).isNotNull();
            // XEP-0388 §2.6.1: the features follow at once, on the same stream; there is nothing left to bind.
            assertThat(phone.expect("features").child("bind", "urn:ietf:params:xml:ns:xmpp-bind"))
                    .isNull();
            phone.sync();
            try (TestClient desk = available("alice")) {
                bob.send("<message to='alice@example.test/desk' type='chat'><body>hello</body></message>");
                assertThat(desk.expect("message").child("body", "jabber:client").text())
                        .isEqualTo("hello");
                assertThat(phone.expect("message").child("received", "urn:xmpp:carbons:2"))
                        .isNotNull();
            }
        }
    }

    @Test
    void oneRequestSignsInAndManagesTheStreamAndAnotherResumesIt() throws Exception {
        String sm = "urn:xmpp:sm:3";
        try (TestClient phone = connect();
                TestClient again = connect();
                TestClient bob = available("bob")) {
            phone.secure();
            Element bound = signIn(phone, "alice", bind("<enable xmlns='" + sm + "' resume='true'/>"))
                    .child("bound", BIND2);
            Element enabled = bound.child("enabled", sm);
            assertThat(enabled.attribute("resume")).isEqualTo("true");
            phone.expect("features");
            phone.sync();
            phone.send("<r xmlns='" + sm + "'/>");
            assertThat(phone.expect("a").attribute("h")).isEqualTo("1");

            again.secure();
            Element success = signIn(
                    again,
                    "alice",
                    "<resume xmlns='" + sm + "' h='0' previd='" + enabled.attribute("id") + "'/>" + bind(""));
            assertThat(success.child("resumed", sm).attribute("h")).isEqualTo("1");
            assertThat(success.child("bound", BIND2)).isNull();
            // What was not acknowledged comes at once, and no features before it.
            again.expect("iq");
            String jid = success.child("authorization-identifier", SASL2).text();
            bob.send("<message to='" + jid + "' id='m'/>");
            assertThat(again.expect("message").attribute("id")).isEqualTo("m");
            assertThat(phone.expectStreamError()).isEqualTo("conflict");
        }
    }

    @Test
    void whereResumingFailsWhatElseWasAskedForIsDone() throws IOException {
        try (TestClient phone = connect()) {
            phone.secure();
            Element success = signIn(phone, "alice", "<resume xmlns='urn:xmpp:sm:3' h='0' previd='none'/>" + bind(""));
            assertThat(success.child("failed", "urn:xmpp:sm:3").firstChild().name())
                    .isEqualTo("item-not-found");
            assertThat(success.child("bound", BIND2)).isNotNull();
            phone.expect("features");
            phone.sync();
        }
    }

    @Test
    void aSessionMayBeginWithNobodyLookingAtIt() throws IOException {
        try (TestClient phone = connect();
                TestClient bob = available("bob")) {
            phone.secure();
            String jid = signIn(
                            phone, "alice", bind("<enable xmlns='urn:xmpp:sm:3'/><inactive xmlns='urn:xmpp:csi:0'/>"))
                    .child("authorization-identifier", SASL2)
                    .text();
            phone.expect("features");
            for (String state : List.of("composing", "paused")) {
                bob.send("<message to='" + jid + "' type='chat'><" + state
                        + " xmlns='http://jabber.org/protocol/chatstates'/></message>");
            }
            bob.sync();
            phone.send("<active xmlns='urn:xmpp:csi:0'/>");
            // XEP-0352: of what could wait only the newest is left.
            assertThat(phone.expect("message").firstChild().name()).isEqualTo("paused");
        }
    }

    @Test
    void withoutBindingTheStreamGoesOnWhereItWas() throws IOException {
        try (TestClient client = connect()) {
            client.secure();
            Element success = signIn(client, "alice", "");
            assertThat(success.child("authorization-identifier", SASL2).text()).isEqualTo("alice@example.test");
            assertThat(client.expect("features").child("bind", "urn:ietf:params:xml:ns:xmpp-bind"))
                    .isNotNull();
            client.bind("desk");
            assertThat(client.jid()).isEqualTo("alice@example.test/desk");
            client.sync();
        }
    }

    @Test
    void anInstallationThatComesBackTakesItsOwnPlace() throws IOException {
        try (TestClient before = connect();
                TestClient other = connect();
                TestClient after = connect()) {
            String first = bound(before, PHONE + bind("<tag>App</tag>"));
            String second = bound(other, PHONE.replace("740edbf87770", "740edbf87771") + bind("<tag>App</tag>"));
            assertThat(second).isNotEqualTo(first);
            assertThat(bound(after, PHONE + bind("<tag>App</tag>"))).isEqualTo(first);
            assertThat(before.expectStreamError()).isEqualTo("conflict");
            other.sync();
            after.sync();
            assertThat(first).doesNotContain("d4565fa7");
        }
    }

    @Test
    void withoutAnInstallationsIdEachTimeIsAnother() throws IOException {
        try (TestClient one = connect();
                TestClient two = connect()) {
            assertThat(bound(one, bind(""))).isNotEqualTo(bound(two, "<user-agent id='me'/>" + bind("")));
            one.sync();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"<tag/>", "<tag>tab&#9;</tag>", "<tag>\u0378</tag>"})
    void aTagThatCannotStandInAnAddressIsLeftOut(String tag) throws IOException {
        try (TestClient client = connect()) {
            assertThat(bound(client, bind(tag))).matches("alice@example\\.test/[A-Za-z0-9_-]{12}");
            client.sync();
        }
    }

    @Test
    void channelsAreBoundAsWell() throws Exception {
        try (TestClient client = connect()) {
            client.secure();
            byte[] binding = ScramExchange.endPoint(client, "SHA-256");
            List<String> offered = List.of("SCRAM-SHA-256-PLUS");
            assertThat(new ScramExchange(client, offered, "alice", "secret", binding)
                            .sasl2(bind(""))
                            .name())
                    .isEqualTo("success");
        }
    }

    @Test
    void aFailureLeavesEverythingAsItWas() throws IOException {
        try (TestClient client = connect()) {
            client.secure();
            Element failure = exchange(client, "alice", "wrong").sasl2(bind("<tag>App</tag>"));
            assertThat(failure.is("failure", SASL2)).isTrue();
            assertThat(failure.firstChild().is("not-authorized", "urn:ietf:params:xml:ns:xmpp-sasl"))
                    .isTrue();
            client.send("<authenticate xmlns='" + SASL2 + "' mechanism='PLAIN'/>");
            assertThat(client.expect("failure").firstChild().name()).isEqualTo("invalid-mechanism");
            assertThat(signIn(client, "alice", "").name()).isEqualTo("success");
        }
    }

    @Test
    void anExchangeCanBeAbortedAndBegunAnew() throws IOException {
        try (TestClient client = connect()) {
            client.secure();
            client.send("<authenticate xmlns='" + SASL2 + "' mechanism='SCRAM-SHA-1'/>");
            assertThat(client.expect("challenge").text()).isEmpty();
            client.send("<abort xmlns='" + SASL2 + "'><text>never mind</text></abort>");
            assertThat(client.expect("failure").firstChild().name()).isEqualTo("aborted");
            assertThat(signIn(client, "alice", "").name()).isEqualTo("success");
        }
    }

    @Test
    void thePartsOfBothProfilesAreNotMixed() throws IOException {
        try (TestClient client = connect()) {
            client.secure();
            client.send("<authenticate xmlns='" + SASL2 + "' mechanism='SCRAM-SHA-1'/>");
            client.expect("challenge");
            client.send("<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>biws</response>");
            assertThat(client.expect("failure").firstChild().name()).isEqualTo("malformed-request");
            client.send("<auth xmlns='" + SASL2 + "' mechanism='SCRAM-SHA-1'/>");
            assertThat(client.expect("failure").firstChild().name()).isEqualTo("malformed-request");
        }
    }

    @Test
    void whileSigningInNothingElseMayBeSaid() throws IOException {
        try (TestClient client = connect()) {
            client.secure();
            client.send("<authenticate xmlns='" + SASL2 + "' mechanism='SCRAM-SHA-1'/>");
            client.expect("challenge");
            client.send("<iq type='get' id='1'><query xmlns='jabber:iq:register'/></iq>");
            assertThat(client.expectStreamError()).isEqualTo("not-authorized");
        }
    }

    @Test
    void whoHasSignedInCannotDoSoAgain() throws IOException {
        try (TestClient client = connect()) {
            bound(client, bind(""));
            client.send("<authenticate xmlns='" + SASL2 + "' mechanism='SCRAM-SHA-1'/>");
            assertThat(client.expectStreamError()).isEqualTo("unsupported-stanza-type");
        }
    }

    @Test
    void nobodySignsInForAnotherOneThanTheStreamIsFrom() throws IOException {
        for (String from : new String[] {"bob@example.test", "alice@example.test"}) {
            try (TestClient client = connect()) {
                client.open();
                client.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
                client.expect("proceed");
                client.startTls();
                client.send("<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'"
                        + " from='" + from + "' to='example.test' version='1.0'>");
                client.header();
                client.expect("features");
                Element end = exchange(client, "alice", "secret", "alice@example.test")
                        .sasl2("");
                assertThat(end.name()).isEqualTo(from.startsWith("alice") ? "success" : "failure");
            }
        }
    }

    @Test
    void whoHasTooManyDevicesIsToldSoAndMaySignInLater(@TempDir Path home) throws IOException {
        try (TestService small = new TestService(home, "limits.sessions-per-account = 1", List.of());
                TestClient first = small.connect();
                TestClient second = small.connect()) {
            bound(first, bind(""));
            second.secure();
            Element failure = exchange(second, "alice", "secret").sasl2(bind(""));
            assertThat(failure.firstChild().name()).isEqualTo("temporary-auth-failure");
            assertThat(failure.child("text", SASL2).text()).contains("devices");
            first.send("</stream:stream>");
            assertThat(first.isClosedByService()).isTrue();
            assertThat(signIn(second, "alice", bind("")).name()).isEqualTo("success");
            second.expect("features");
            second.sync();
        }
    }

    private static TestClient connect() throws IOException {
        return new TestClient(service.port(), TestService.DOMAIN);
    }

    private static TestClient available(String user) throws IOException {
        TestClient client = TestClient.signedIn(service.port(), TestService.DOMAIN, user, "secret", "desk");
        client.send("<presence/>");
        client.expect("presence");
        return client;
    }

    private static String bind(String content) {
        return "<bind xmlns='" + BIND2 + "'>" + content + "</bind>";
    }

    private static String bound(TestClient client, String inline) throws IOException {
        client.secure();
        Element success = signIn(client, "alice", inline);
        client.expect("features");
        return success.child("authorization-identifier", SASL2).text();
    }

    private static Element signIn(TestClient client, String user, String inline) throws IOException {
        Element end = exchange(client, user, "secret").sasl2(inline);
        assertThat(end.is("success", SASL2))
                .as("success, not " + end.firstChild())
                .isTrue();
        return end;
    }

    private static ScramExchange exchange(TestClient client, String user, String password) {
        return exchange(client, user, password, null);
    }

    private static ScramExchange exchange(
            TestClient client, String user, String password, @Nullable String authorization) {
        return new ScramExchange(client, List.of("SCRAM-SHA-1"), user, password, null, authorization);
    }
}
