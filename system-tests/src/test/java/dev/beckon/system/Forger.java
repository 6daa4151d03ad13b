package dev.beckon.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.beckon.service.store.SigningKeys.SigningKey;
import dev.beckon.service.store.Store;
import dev.beckon.session.Carrier;
import dev.beckon.session.Carrier.Failure;
import dev.beckon.session.Jid;
import dev.beckon.session.LockAuthority;
import dev.beckon.session.Signal;
import dev.beckon.xmpp.XmppClient;
import dev.beckon.xmpp.XmppConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client without scruples: signed in as somebody, it sends invitations with any ticket, or none. */
final class Forger implements Carrier.Receiver, AutoCloseable {
    private final XmppClient client;
    private final List<Signal> received = new CopyOnWriteArrayList<>();
    private final List<Failure> failures = new CopyOnWriteArrayList<>();
    private volatile boolean up;

    private Forger(XmppClient client) {
        this.client = client;
    }

    /** One more device of this person. */
    static Forger as(Person person, Stage stage) {
        Forger forger = new Forger(XmppClient.create(XmppConfig.of(person.address(), Stage.PASSWORD::toCharArray)
                .at("127.0.0.1", stage.port())
                .trusting(List.of(stage.certificate()))));
        forger.client.carrier().start(forger);
        forger.client.connect();
        await().atMost(Times.LONG).until(() -> forger.up);
        return forger;
    }

    /** The key the authority of a service signs its tickets with: nobody but a test gets hold of it. */
    static SigningKey signingKey(Path serviceHome) {
        try (Store store = Store.open(serviceHome)) {
            return store.signingKeys().loaded().join().get(0);
        }
    }

    /** A ticket as the authority would write it. */
    static String ticket(SigningKey key, String header, String claims) {
        String signed = encoded(header.getBytes(StandardCharsets.UTF_8)) + "."
                + encoded(claims.getBytes(StandardCharsets.UTF_8));
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(key.pair().getPrivate());
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + encoded(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** A ticket as anybody gets it who has the key. */
    String earn(Key key, Person as) throws Exception {
        LockAuthority authority = client.authority();
        LockAuthority.Challenge challenge =
                authority.challenge(1).toCompletableFuture().get(Times.LONG.toSeconds(), TimeUnit.SECONDS);
        return authority
                .respond(1, key.appId(), key.response(challenge.nonce(), as.messenger()))
                .toCompletableFuture()
                .get(Times.LONG.toSeconds(), TimeUnit.SECONDS)
                .jws();
    }

    /** Invites; the session ID as applications see it. */
    String invite(Person person, String guid, @Nullable String ticket) {
        String sid = UUID.randomUUID().toString();
        Instant now = Instant.now();
        client.carrier()
                .send(
                        Jid.bare(person.address()),
                        new Signal.Propose(sid, guid, "Probe", "", now, now.plusSeconds(120), null, ticket),
                        new Carrier.Receipt() {
                            @Override
                            public void delivered() {}

                            @Override
                            public void failed(Failure failure) {
                                failures.add(failure);
                            }
                        });
        return "{" + sid.toUpperCase(java.util.Locale.ROOT) + "}";
    }

    /** Waits until this invitation rings; nothing else may have been answered before, in any way. */
    void learnsOfNothingBut(String sessionId) {
        await().atMost(Times.LONG).until(() -> !received.isEmpty());
        assertThat(received).hasSize(1).first().isInstanceOf(Signal.Ringing.class);
        assertThat("{" + received.get(0).sid() + "}").isEqualToIgnoringCase(sessionId);
        assertThat(failures).isEmpty();
    }

    @Override
    public void up(Jid self, boolean carbons) {
        up = true;
    }

    @Override
    public void down(String reason) {}

    @Override
    public void received(Carrier.Incoming incoming) {
        if (incoming.carbon() == Carrier.Carbon.NONE) {
            received.add(incoming.signal());
            incoming.reply().ack();
        }
    }

    @Override
    public void gone(Jid device) {}

    @Override
    public void close() {
        client.close();
    }
}
