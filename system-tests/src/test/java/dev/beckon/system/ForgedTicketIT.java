package dev.beckon.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.MissedInvitation;
import dev.beckon.Session;
import dev.beckon.service.store.SigningKeys.SigningKey;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Invitations with tickets that are no good, from a contact who is signed in: they do not ring, the recipient sees them as
 * missed, and the sender learns nothing. What makes each no good is the only thing wrong with it.
 */
class ForgedTicketIT {
    private static final String AUTHORITY = "lock." + Stage.DOMAIN;

    private static Stage stage;
    private static Person alice;
    private static Person bob;
    private static SigningKey signing;

    private final String guid = Stage.newGuid();
    private final Map<String, String> claims = new LinkedHashMap<>();
    private Forger forger;

    @BeforeAll
    static void open() {
        stage = Stage.openWith("lock.mode = on");
        List<Person> people = stage.peopleWith("", "alice", "bob");
        alice = people.get(0);
        bob = people.get(1);
        stage.befriend(alice, bob);
        signing = Forger.signingKey(stage.serviceHome());
    }

    @AfterAll
    static void close() {
        stage.close();
    }

    @BeforeEach
    void connect() {
        bob.registerProbe(guid);
        forger = Forger.as(alice, stage);
        long now = Instant.now().getEpochSecond();
        claims.put("iss", "\"" + AUTHORITY + "\"");
        claims.put("sub", "\"" + alice.address() + "\"");
        claims.put("app", "\"whiteboard\"");
        claims.put("guid", "[\"" + guid + "\"]");
        claims.put("env", "\"production\"");
        claims.put("iat", String.valueOf(now));
        claims.put("exp", String.valueOf(now + 600));
        claims.put("jti", "\"" + guid + "\"");
    }

    @AfterEach
    void disconnect() {
        forger.close();
    }

    private static String header(String algorithm, String kid) {
        return "{\"alg\":\"" + algorithm + "\",\"kid\":\"" + kid + "\"}";
    }

    private String claims() {
        return claims.entrySet().stream()
                .map(claim -> "\"" + claim.getKey() + "\":" + claim.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }

    private String ticket() {
        return Forger.ticket(signing, header("EdDSA", signing.kid()), claims());
    }

    private void missed(String ticket, String reason) {
        String forged = forger.invite(bob, guid, ticket);
        bob.window().await("missed " + forged);
        MissedInvitation missed = bob.messenger().missedInvitations().stream()
                .filter(m -> m.sessionId().equals(forged))
                .findFirst()
                .orElseThrow();
        assertThat(missed.from()).isEqualTo(alice.address());
        assertThat(missed.reason()).contains(reason);
        assertThat(bob.window().events()).doesNotContain("to answer " + forged);
        assertThat(bob.messenger().sessions()).noneMatch(s -> s.sessionId().equals(forged));

        // What Bob's client says travels in order: with the answer to a good one, all answers to the bad one are there.
        claims.put("sub", "\"" + alice.address() + "\"");
        claims.put("iss", "\"" + AUTHORITY + "\"");
        claims.put("guid", "[\"" + guid + "\"]");
        claims.put("env", "\"production\"");
        claims.put("iat", String.valueOf(Instant.now().getEpochSecond()));
        claims.put("exp", String.valueOf(Instant.now().getEpochSecond() + 600));
        String good = forger.invite(bob, guid, ticket());
        rings(good);
    }

    private void rings(String good) {
        Session session = bob.window().awaitSession("to answer " + good);
        forger.learnsOfNothingBut(good);
        // Only so many may be open at once.
        session.decline(null);
    }

    @Test
    void aTicketEarnedWithTheKeyRings() throws Exception {
        Key key = stage.key("earned", "production", guid);
        String good = forger.invite(bob, guid, forger.earn(key, alice));
        rings(good);
    }

    @Test
    void none() {
        missed(null, "no ticket");
    }

    @Test
    void noTicketAtAll() {
        missed("let me in", "malformed");
    }

    @Test
    void signedBySomebodyElseUnderTheAuthoritysName() throws Exception {
        SigningKey own = new SigningKey(
                signing.kid(), KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
        missed(Forger.ticket(own, header("EdDSA", signing.kid()), claims()), "signature is wrong");
    }

    @Test
    void signedWithAKeyNobodyPublishes() throws Exception {
        SigningKey own =
                new SigningKey("mine", KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
        missed(Forger.ticket(own, header("EdDSA", "mine"), claims()), "does not publish");
    }

    @Test
    void changedAfterItWasSigned() {
        String[] parts = ticket().split("\\.");
        claims.put("exp", String.valueOf(Instant.now().getEpochSecond() + 60_000));
        String longer = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(claims().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        missed(parts[0] + "." + longer + "." + parts[2], "signature is wrong");
    }

    @Test
    void saidToNeedNoSignature() {
        String unsigned = Forger.ticket(signing, header("none", signing.kid()), claims());
        missed(unsigned, "alg is not EdDSA");
    }

    @Test
    void withoutSignature() {
        String unsigned = Forger.ticket(signing, header("none", signing.kid()), claims());
        missed(unsigned.substring(0, unsigned.lastIndexOf('.') + 1), "malformed");
    }

    @Test
    void anotherUsers() {
        claims.put("sub", "\"" + bob.address() + "\"");
        missed(ticket(), "another user's");
    }

    @Test
    void forAnotherApplication() {
        claims.put("guid", "[\"" + Stage.newGuid() + "\"]");
        missed(ticket(), "other applications");
    }

    @Test
    void ofAnAuthorityNobodyTrusts() {
        claims.put("iss", "\"lock.evil.test\"");
        missed(ticket(), "not trusted");
    }

    @Test
    void ofTheTestEnvironment() {
        claims.put("env", "\"test\"");
        missed(ticket(), "another environment");
    }

    @Test
    void expired() {
        long now = Instant.now().getEpochSecond();
        claims.put("iat", String.valueOf(now - 700));
        claims.put("exp", String.valueOf(now - 100));
        missed(ticket(), "expired");
    }

    @Test
    void ofTheFuture() {
        long now = Instant.now().getEpochSecond();
        claims.put("iat", String.valueOf(now + 300));
        missed(ticket(), "not valid yet");
    }
}
