package dev.beckon.xmpp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.session.Jid;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tickets against a network of domains that answers at once. */
class TicketJudgeTest {
    private static final String ALICE = "alice@a.example";
    private static final String GUID = SignalCodecTest.GUID;
    private static final String HEADER = "{\"alg\":\"EdDSA\",\"kid\":\"1\"}";

    private final Serial serial = new Serial("ticket-judge-test");
    private final Map<String, Node> infos = new LinkedHashMap<>();
    private final Map<String, List<String>> items = new LinkedHashMap<>();
    private final List<String> asked = new ArrayList<>();
    private Outbox outbox;
    private TicketJudge judge;
    private KeyPair key;
    private KeyPair otherKey;

    @BeforeEach
    void raise() throws Exception {
        key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        otherKey = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        outbox = new Outbox(serial, "bob@b.example", Duration.ofSeconds(30), this::answer, () -> {});
        outbox.open();
        judge = new TicketJudge(new Authorities(outbox), Set.of("keys.operator.example"));
        items.put("a.example", List.of("chat.a.example", "lock.a.example"));
        infos.put("lock.a.example", authority("production", Map.of("1", key)));
        infos.put("keys.operator.example", authority("production", Map.of("1", key)));
        infos.put("lock.evil.example", authority("production", Map.of("1", key)));
    }

    @AfterEach
    void stop() {
        serial.stop();
    }

    /** Plays all services; what is not there answers with an error. */
    private boolean answer(Node iq) {
        String to = iq.attribute("to");
        Node payload = iq.children().get(0);
        boolean info = payload.namespace().equals(Names.DISCO_INFO);
        asked.add((info ? "info " : "items ") + to);
        Node result = null;
        if (info) {
            result = infos.getOrDefault(to, items.containsKey(to) ? Node.of("query", Names.DISCO_INFO) : null);
        } else if (items.containsKey(to)) {
            result = Node.of("query", Names.DISCO_ITEMS);
            for (String item : items.get(to)) {
                result = result.with(Node.of("item", Names.DISCO_ITEMS).with("jid", item));
            }
        }
        Node answer = Node.of("iq", Names.CLIENT)
                .with("id", iq.attribute("id"))
                .with("type", result == null ? "error" : "result")
                .with(result == null ? Refusal.error("item-not-found", "", null) : result);
        // As over a network: after the question is written down.
        pending.add(() -> outbox.answered(answer, Jid.bare(to), null));
        return true;
    }

    private final List<Runnable> pending = new ArrayList<>();

    private String verdict(String ticket, String from, String guid) {
        AtomicReference<String> verdict = new AtomicReference<>();
        judge.judge(ticket, from, guid, verdict::set);
        while (!pending.isEmpty()) {
            pending.remove(0).run();
        }
        assertThat(verdict.get()).isNotNull();
        return verdict.get();
    }

    private static Node authority(String environment, Map<String, KeyPair> keys) {
        Node form = Node.of("x", Names.FORMS)
                .with("type", "result")
                .with(field("FORM_TYPE", List.of(Names.LOCK)))
                .with(field("environment", List.of(environment)))
                .with(field(
                        "keys",
                        keys.entrySet().stream()
                                .map(e -> jwk(e.getKey(), e.getValue()))
                                .toList()));
        return Node.of("query", Names.DISCO_INFO)
                .with(Node.of("feature", Names.DISCO_INFO).with("var", Names.LOCK))
                .with(form);
    }

    private static Node field(String name, List<String> values) {
        Node field = Node.of("field", Names.FORMS).with("var", name);
        for (String value : values) {
            field = field.with(Node.of("value", Names.FORMS).containing(value));
        }
        return field;
    }

    private static String jwk(String kid, KeyPair pair) {
        byte[] encoded = pair.getPublic().getEncoded();
        return "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"" + kid + "\",\"x\":\""
                + base64(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length)) + "\"}";
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String claims(String issuer) {
        long now = Instant.now().getEpochSecond();
        return "{\"iss\":\"" + issuer + "\",\"sub\":\"" + ALICE + "\",\"app\":\"board\",\"guid\":[\"" + GUID
                + "\"],\"env\":\"production\",\"iat\":" + (now - 10) + ",\"exp\":" + (now + 600) + ",\"jti\":\"x\"}";
    }

    private static String sign(String header, String claims, KeyPair key) {
        try {
            String signed = base64(header.getBytes(StandardCharsets.UTF_8)) + "."
                    + base64(claims.getBytes(StandardCharsets.UTF_8));
            Signature signer = Signature.getInstance("Ed25519");
            signer.initSign(key.getPrivate());
            signer.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + base64(signer.sign());
        } catch (java.security.GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aTicketOfTheSendersAuthorityIsGood() {
        assertThat(verdict(sign(HEADER, claims("lock.a.example"), key), ALICE, GUID))
                .isEmpty();
    }

    @Test
    void theAuthorityIsFoundOnce() {
        verdict(sign(HEADER, claims("lock.a.example"), key), ALICE, GUID);
        asked.clear();
        verdict(sign(HEADER, claims("lock.a.example").replace("\"jti\":\"x\"", "\"jti\":\"y\""), key), ALICE, GUID);

        assertThat(asked).isEmpty();
    }

    @Test
    void anAuthorityTheOperatorNamesIsTrustedForAnyDomain() {
        assertThat(verdict(sign(HEADER, claims("keys.operator.example"), key), ALICE, GUID))
                .isEmpty();
    }

    @Test
    void anAuthorityOfAnotherDomainIsNot() {
        assertThat(verdict(sign(HEADER, claims("lock.evil.example"), key), ALICE, GUID))
                .contains("not trusted");
    }

    @Test
    void aDomainWithoutAuthorityHasNoGoodTickets() {
        items.put("c.example", List.of());
        String claims = claims("lock.a.example").replace(ALICE, "carol@c.example");

        assertThat(verdict(sign(HEADER, claims, key), "carol@c.example", GUID)).contains("no lock authority");
    }

    @Test
    void aForgedSignatureIsFound() {
        assertThat(verdict(sign(HEADER, claims("lock.a.example"), otherKey), ALICE, GUID))
                .contains("signature");
        String good = sign(HEADER, claims("lock.a.example"), key);
        String[] parts = good.split("\\.");
        String widened = parts[0] + "."
                + base64(claims("lock.a.example")
                        .replace("\"board\"", "\"bored\"")
                        .getBytes(StandardCharsets.UTF_8))
                + "." + parts[2];
        assertThat(verdict(widened, ALICE, GUID)).contains("signature");
    }

    @Test
    void aNewKeyIsFound() {
        verdict(sign(HEADER, claims("lock.a.example"), key), ALICE, GUID);
        infos.put("lock.a.example", authority("production", Map.of("1", key, "2", otherKey)));

        assertThat(verdict(sign("{\"alg\":\"EdDSA\",\"kid\":\"2\"}", claims("lock.a.example"), otherKey), ALICE, GUID))
                .isEmpty();
    }

    @Test
    void unknownKeysAreLookedForAgainOnlyNowAndThen() {
        verdict(sign(HEADER, claims("lock.a.example"), key), ALICE, GUID);
        asked.clear();
        for (int i = 0; i < 5; i++) {
            String header = "{\"alg\":\"EdDSA\",\"kid\":\"unknown" + i + "\"}";
            assertThat(verdict(sign(header, claims("lock.a.example"), key), ALICE, GUID))
                    .contains("not publish");
        }

        assertThat(asked.stream().filter("info lock.a.example"::equals)).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"production\"      | \"test\"                                    | environment",
                "alice@a.example     | alice@b.example                             | another user",
                "\\{5D1B             | {6D1B                                       | other applications",
                "\"guid\":\\[[^]]*\\]| \"guid\":[]                                 | malformed",
                "\"guid\":\\[[^]]*\\]| \"guid\":\"{5D1B4AE0-0D0C-4A5A-9C5C-0123456789AB}\" | malformed",
                "\"exp\":\\d+        | \"exp\":1e999999999                         | malformed",
                "\"exp\":\\d+        | \"exp\":\"4000000000\"                      | malformed",
                "\"exp\":\\d+        | \"exp\":1000                                | expired",
                "\"iat\":\\d+        | \"iat\":4000000000                          | not valid yet",
                "\"iss\":\"[^\"]*\"  | \"iss\":7                                   | malformed",
                "\"sub\"             | \"subject\"                                 | malformed",
                "^\\{                | [{                                          | malformed",
                "\\}$                | }{}                                         | malformed",
                "\\}$                | ,}                                          | malformed",
                "\"app\"             | 'app'                                       | malformed",
            })
    void claimsThatDoNotFitAreNamed(String replaced, String by, String objection) {
        String changed = claims("lock.a.example").replaceFirst(replaced, by);

        assertThat(changed).isNotEqualTo(claims("lock.a.example"));
        assertThat(verdict(sign(HEADER, changed, key), ALICE, GUID)).contains(objection);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"alg\":\"none\",\"kid\":\"1\"}",
                "{\"alg\":\"HS256\",\"kid\":\"1\"}",
                "{\"alg\":\"eddsa\",\"kid\":\"1\"}",
                "{\"kid\":\"1\"}",
                "{\"alg\":\"EdDSA\"}",
                "{\"alg\":\"EdDSA\",\"kid\":\"1\",\"crit\":[\"b64\"],\"b64\":false}",
                "[]",
                "",
            })
    void headersThatAreNotOursAreMalformed(String header) {
        assertThat(verdict(sign(header, claims("lock.a.example"), key), ALICE, GUID))
                .contains("malformed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a.b", "a.b.c.d", "a=.b.c", "\u0000.\u0000.\u0000"})
    void whatIsNoJwsIsMalformed(String ticket) {
        assertThat(verdict(ticket, ALICE, GUID)).contains("malformed");
    }

    @Test
    void aMinuteOfClockSkewIsAllowed() {
        long now = Instant.now().getEpochSecond();
        String early = claims("lock.a.example").replaceFirst("\"iat\":\\d+", "\"iat\":" + (now + 50));
        String late = claims("lock.a.example")
                .replaceFirst("\"iat\":\\d+", "\"iat\":" + (now - 600))
                .replaceFirst("\"exp\":\\d+", "\"exp\":" + (now - 50));

        assertThat(verdict(sign(HEADER, early, key), ALICE, GUID)).isEmpty();
        assertThat(verdict(sign(HEADER, late, key), ALICE, GUID)).isEmpty();
    }
}
