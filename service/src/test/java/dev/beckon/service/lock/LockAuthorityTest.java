package dev.beckon.service.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.Administration;
import dev.beckon.service.Environment;
import dev.beckon.service.Limits;
import dev.beckon.service.Locking;
import dev.beckon.service.ServiceConfig;
import dev.beckon.service.feature.Features;
import dev.beckon.service.realm.Device;
import dev.beckon.service.realm.Realm;
import dev.beckon.service.xml.Element;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.Signature;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** "Lock and key" of the wire description, step by step. */
class LockAuthorityTest {
    private static final String LOCK = "urn:beckon:lock:1";
    private static final String GUID = "{5D1B2C3A-0000-4000-8000-000000000001}";
    private static final Duration LIFE = Duration.ofMinutes(10);

    @TempDir
    Path home;

    private final TurnedClock clock = new TurnedClock();
    private Realm realm;

    @AfterEach
    void close() {
        if (realm != null) {
            realm.close();
        }
    }

    private Realm open(ServiceConfig config, Duration life, Duration ahead) {
        realm = new Realm(
                config,
                (store, same) ->
                        List.of(new Features(store, same), new LockAuthority(store, same, clock, life, ahead)));
        return realm.accounts("alice", "bob");
    }

    private Realm open(ServiceConfig config) {
        return open(config, LIFE, Duration.ofMinutes(2));
    }

    private ServiceConfig config() {
        return Realm.config(home);
    }

    private String issue(String app, Environment environment) {
        try (Administration operator = Administration.open(home)) {
            return operator.issueKey(app, List.of(GUID), environment, null);
        }
    }

    @Test
    void withoutAnyKeyThereIsNoLock() throws Exception {
        Device alice = open(config()).online("alice", "a");
        assertThat(authority(alice)).isNull();
        assertThat(ask(alice, "get", "<challenge xmlns='urn:beckon:lock:1' cookie='17'/>")
                        .attribute("type"))
                .isEqualTo("error");
    }

    @Test
    void theOperatorMaySwitchItOffOrOn() throws Exception {
        issue("board", Environment.PRODUCTION);
        Device alice = open(config().withLocking(Locking.OFF)).online("alice", "a");
        assertThat(authority(alice)).isNull();
        assertThat(ask(alice, "get", "<challenge xmlns='urn:beckon:lock:1' cookie='17'/>")
                        .attribute("type"))
                .isEqualTo("error");
        realm.close();
        alice = open(config().withLocking(Locking.ON)).online("alice", "a");
        assertThat(authority(alice)).isEqualTo("lock.x");
    }

    @Test
    void aKeyOpensTheLock() throws Exception {
        String key = issue("board", Environment.PRODUCTION);
        Device alice = open(config()).online("alice", "a");
        assertThat(authority(alice)).isEqualTo("lock.x");
        Element info = ask(alice, "get", "<query xmlns='http://jabber.org/protocol/disco#info'/>")
                .firstChild();
        assertThat(info.children("feature", info.namespace()))
                .extracting(feature -> feature.attribute("var"))
                .contains(LOCK);
        assertThat(values(info, "FORM_TYPE")).containsExactly(LOCK);
        assertThat(values(info, "environment")).containsExactly("production");

        Element challenge = challenge(alice, "17");
        assertThat(challenge.attribute("cookie")).isEqualTo("17");
        assertThat(Instant.parse(challenge.attribute("expires")))
                .isEqualTo(clock.instant().plusSeconds(60));
        Element answer = respond(alice, "17", "board", hmac(key, challenge.attribute("nonce"), "board", "alice@x"));
        Element ticket = answer.child("ticket", LOCK);
        assertThat(ticket).as("%s", answer.attribute("type")).isNotNull();
        assertThat(Instant.parse(ticket.attribute("expires")))
                .isEqualTo(clock.instant().plus(LIFE));

        String[] parts = ticket.text().split("\\.");
        Signature signature = Signature.getInstance("Ed25519");
        signature.initVerify(TicketReader.publicKey(values(info, "keys").get(0)));
        signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
        assertThat(signature.verify(Base64.getUrlDecoder().decode(parts[2]))).isTrue();
        assertThat(new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8))
                .contains("\"iss\":\"lock.x\"")
                .contains("\"sub\":\"alice@x\"")
                .contains("\"app\":\"board\"")
                .contains("\"guid\":[\"" + GUID + "\"]")
                .contains("\"env\":\"production\"")
                .contains("\"exp\":" + clock.instant().plus(LIFE).getEpochSecond());
    }

    @Test
    void anAnswerIsGoodOnceAndForItsChallengeAlone() throws Exception {
        String key = issue("board", Environment.PRODUCTION);
        Device alice = open(config()).online("alice", "a");
        Device second = realm.online("alice", "a2");
        Device bob = realm.online("bob", "b");

        String nonce = challenge(alice, "1").attribute("nonce");
        String good = hmac(key, nonce, "board", "alice@x");
        assertRefused(respond(alice, "2", "board", good)); // another cookie
        assertRefused(respond(second, "1", "board", good)); // another device
        assertRefused(respond(bob, "1", "board", good)); // another person
        assertThat(respond(alice, "1", "board", good).attribute("type")).isEqualTo("result");
        assertRefused(respond(alice, "1", "board", good)); // once more

        nonce = challenge(alice, "3").attribute("nonce");
        assertRefused(respond(alice, "3", "board", hmac("forged", nonce, "board", "alice@x")));
        assertRefused(respond(alice, "3", "board", hmac(key, nonce, "board", "alice@x"))); // used up by the wrong one

        nonce = challenge(alice, "4").attribute("nonce");
        assertRefused(respond(alice, "4", "board", hmac(key, nonce, "board", "bob@x")));
        nonce = challenge(alice, "5").attribute("nonce");
        assertRefused(respond(alice, "5", "other", hmac(key, nonce, "other", "alice@x")));

        nonce = challenge(alice, "6").attribute("nonce");
        clock.turn(Duration.ofSeconds(60));
        assertRefused(respond(alice, "6", "board", hmac(key, nonce, "board", "alice@x"))); // too late
    }

    @Test
    void aTestKeyOpensNothingInProduction() throws Exception {
        String test = issue("board", Environment.TEST);
        String production = issue("board", Environment.PRODUCTION);
        Device alice = open(config()).online("alice", "a");
        String nonce = challenge(alice, "1").attribute("nonce");
        assertRefused(respond(alice, "1", "board", hmac(test, nonce, "board", "alice@x")));
        realm.close();
        alice = open(config().withLock(Environment.TEST, false)).online("alice", "a");
        nonce = challenge(alice, "1").attribute("nonce");
        assertRefused(respond(alice, "1", "board", hmac(production, nonce, "board", "alice@x")));
        nonce = challenge(alice, "2").attribute("nonce");
        assertThat(respond(alice, "2", "board", hmac(test, nonce, "board", "alice@x"))
                        .attribute("type"))
                .isEqualTo("result");
    }

    @Test
    void theOldDigestIsTakenOnlyWhereItIsSwitchedOn() throws Exception {
        String key = issue("board", Environment.PRODUCTION);
        Device alice = open(config()).online("alice", "a");
        assertRefused(
                respond(alice, "1", "MD5", "board", md5(challenge(alice, "1").attribute("nonce") + key)));
        realm.close();
        alice = open(config().withLock(Environment.PRODUCTION, true)).online("alice", "a");
        assertThat(respond(alice, "1", "MD5", "board", md5(challenge(alice, "1").attribute("nonce") + key))
                        .attribute("type"))
                .isEqualTo("result");
        assertRefused(
                respond(alice, "2", "MD4", "board", md5(challenge(alice, "2").attribute("nonce") + key)));
    }

    @Test
    void malformedRequestsAreToldSo() throws Exception {
        issue("board", Environment.PRODUCTION);
        Device alice = open(config()).online("alice", "a");
        for (String bad : List.of(
                "<challenge xmlns='urn:beckon:lock:1'/>",
                "<challenge xmlns='urn:beckon:lock:1' cookie='" + "1".repeat(65) + "'/>")) {
            assertThat(condition(ask(alice, "get", bad))).isEqualTo("bad-request");
        }
        for (String bad : List.of(
                "<response xmlns='urn:beckon:lock:1' cookie='1' mechanism='HMAC-SHA-256'>AAAA</response>",
                "<response xmlns='urn:beckon:lock:1' app-id='board' mechanism='HMAC-SHA-256'>AAAA</response>",
                "<response xmlns='urn:beckon:lock:1' cookie='1' app-id='board' mechanism='HMAC-SHA-256'/>",
                "<response xmlns='urn:beckon:lock:1' cookie='1' app-id='board' mechanism='HMAC-SHA-256'>"
                        + "A".repeat(257) + "</response>")) {
            assertThat(condition(ask(alice, "set", bad))).isEqualTo("bad-request");
        }
        assertThat(condition(ask(alice, "get", "<other xmlns='urn:beckon:lock:1'/>")))
                .isEqualTo("service-unavailable");
    }

    @Test
    void oneSessionHasOnlySoManyChallengesAtOnce() throws Exception {
        issue("board", Environment.PRODUCTION);
        Device alice = open(config()).online("alice", "a");
        for (int i = 0; i < Limits.DEFAULT.quota().lockChallenges(); i++) {
            challenge(alice, "c" + i);
        }
        assertThat(condition(ask(alice, "get", "<challenge xmlns='urn:beckon:lock:1' cookie='more'/>")))
                .isEqualTo("resource-constraint");
        Device second = realm.online("alice", "a2");
        challenge(second, "more");
    }

    @Test
    void beforeATicketRunsOutTheAuthorityChallengesUnasked() throws Exception {
        String key = issue("board", Environment.PRODUCTION);
        Device alice = open(
                        config(),
                        Duration.ofSeconds(120),
                        Duration.ofSeconds(120).minusMillis(50))
                .online("alice", "a");
        String nonce = challenge(alice, "1").attribute("nonce");
        respond(alice, "1", "board", hmac(key, nonce, "board", "alice@x"));
        Element message = alice.take();
        assertThat(message.name()).isEqualTo("message");
        assertThat(message.attribute("from")).isEqualTo("lock.x");
        assertThat(message.attribute("to")).isEqualTo("alice@x/a");
        Element challenge = message.child("challenge", LOCK);
        assertThat(challenge.attribute("app-id")).isEqualTo("board");
        String answer = hmac(key, challenge.attribute("nonce"), "board", "alice@x");
        assertThat(respond(alice, challenge.attribute("cookie"), "board", answer)
                        .attribute("type"))
                .isEqualTo("result");
    }

    @Test
    void aRevokedKeyIsAskedForAtOnceAndOpensNothing() throws Exception {
        String key = issue("board", Environment.PRODUCTION);
        Device alice = open(config()).online("alice", "a");
        respond(alice, "1", "board", hmac(key, challenge(alice, "1").attribute("nonce"), "board", "alice@x"));
        alice.received();
        try (Administration operator = Administration.open(home)) {
            operator.revokeKey("board", Environment.PRODUCTION);
        }
        Element challenge = alice.take().child("challenge", LOCK);
        assertRefused(respond(
                alice,
                challenge.attribute("cookie"),
                "board",
                hmac(key, challenge.attribute("nonce"), "board", "alice@x")));
        assertThat(authority(alice)).as("it still locks").isEqualTo("lock.x");
    }

    @Test
    void theFirstKeyLocksARunningService() throws Exception {
        Device alice = open(config()).online("alice", "a");
        assertThat(authority(alice)).isNull();
        issue("board", Environment.PRODUCTION);
        Element news = alice.take();
        assertThat(news.name()).isEqualTo("message");
        assertThat(news.attribute("from")).isEqualTo("lock.x");
        assertThat(news.attribute("to")).isEqualTo("alice@x/a");
        assertThat(news.child("changed", LOCK)).isNotNull();
        assertThat(authority(alice)).isEqualTo("lock.x");
    }

    private static String authority(Device device) throws Exception {
        Element items = device.ask("get", "x", "<query xmlns='http://jabber.org/protocol/disco#items'/>")
                .firstChild();
        Element item = items.firstChild();
        return item == null ? null : item.attribute("jid");
    }

    private static Element ask(Device device, String type, String payload) throws Exception {
        return device.ask(type, "lock.x", payload);
    }

    private static Element challenge(Device device, String cookie) throws Exception {
        return ask(device, "get", "<challenge xmlns='urn:beckon:lock:1' cookie='" + cookie + "'/>")
                .child("challenge", LOCK);
    }

    private static Element respond(Device device, String cookie, String app, String digest) throws Exception {
        return respond(device, cookie, "HMAC-SHA-256", app, digest);
    }

    private static Element respond(Device device, String cookie, String mechanism, String app, String digest)
            throws Exception {
        return ask(
                device,
                "set",
                "<response xmlns='urn:beckon:lock:1' cookie='" + cookie + "' app-id='" + app + "' mechanism='"
                        + mechanism + "'>" + digest + "</response>");
    }

    private static void assertRefused(Element answer) {
        assertThat(condition(answer)).isEqualTo("not-authorized");
    }

    private static String condition(Element answer) {
        assertThat(answer.attribute("type")).isEqualTo("error");
        return answer.child("error", "jabber:client").firstChild().name();
    }

    private static List<String> values(Element info, String field) {
        return info.child("x", "jabber:x:data").children("field", "jabber:x:data").stream()
                .filter(each -> field.equals(each.attribute("var")))
                .flatMap(each -> each.children("value", "jabber:x:data").stream())
                .map(Element::text)
                .toList();
    }

    private static String hmac(String key, String nonce, String app, String bare) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        mac.update(nonce.getBytes(StandardCharsets.UTF_8));
        mac.update((byte) 0);
        mac.update(app.getBytes(StandardCharsets.UTF_8));
        mac.update((byte) 0);
        return Base64.getEncoder().encodeToString(mac.doFinal(bare.getBytes(StandardCharsets.UTF_8)));
    }

    private static String md5(String text) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static final class TurnedClock extends Clock {
        private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-20T12:00:00Z"));

        void turn(Duration by) {
            now.updateAndGet(then -> then.plus(by));
        }

        @Override
        public Instant instant() {
            return now.get();
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
