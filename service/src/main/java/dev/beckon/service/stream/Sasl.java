package dev.beckon.service.stream;

import static dev.beckon.service.route.Hooks.DONE;

import dev.beckon.service.route.Jid;
import dev.beckon.service.route.StreamError;
import dev.beckon.service.route.StreamError.Condition;
import dev.beckon.service.store.Accounts.Mechanism;
import dev.beckon.service.store.Accounts.ScramCredentials;
import dev.beckon.service.xml.Element;
import dev.beckon.service.xml.Namespaces;
import java.util.Base64;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Signing in (RFC 6120 §6): the exchange of one stream, tries counted. Lives on the stream's event loop. */
final class Sasl {
    private static final Logger LOG = LoggerFactory.getLogger(Sasl.class);
    private static final int NONCE_BYTES = 18;

    private final Context context;
    private final ClientStream stream;
    private @Nullable Mechanism mechanism;
    private @Nullable Scram scram;
    private int failures;

    Sasl(Context context, ClientStream stream) {
        this.context = context;
        this.stream = stream;
    }

    /** The mechanisms, strongest first (RFC 6120 §6.3.3). */
    String feature() {
        return "<mechanisms xmlns='" + Namespaces.SASL + "'><mechanism>SCRAM-SHA-256</mechanism>"
                + "<mechanism>SCRAM-SHA-1</mechanism></mechanisms>";
    }

    /** Takes an element of SASL. {@code signedIn} is told who has signed in, and with what, success having been said. */
    CompletionStage<?> element(Element element, Consumer<Scram> signedIn) {
        try {
            return switch (element.name()) {
                case "auth" -> auth(element);
                case "response" -> response(element, signedIn);
                case "abort" -> throw new Scram.Failure("aborted");
                default -> throw new Scram.Failure(Scram.MALFORMED);
            };
        } catch (Scram.Failure e) {
            fail(e.condition(), null);
            return DONE;
        }
    }

    private CompletionStage<?> auth(Element auth) throws Scram.Failure {
        scram = null;
        mechanism = null;
        if (context.failedSignIns().isSpent(stream.network())) {
            // Before anything is looked up: who guesses passwords costs those who know theirs nothing.
            fail("temporary-auth-failure", "too many failed sign-ins from this address, try again in a minute");
            return DONE;
        }
        String wanted = auth.attribute("mechanism", "");
        for (Mechanism known : Mechanism.values()) {
            if (known.wireName().equals(wanted)) {
                mechanism = known;
            }
        }
        if (mechanism == null) {
            throw new Scram.Failure("invalid-mechanism");
        }
        if (auth.text().isBlank()) {
            // RFC 6120 §6.4.2: no initial response; an empty challenge asks for it.
            stream.send("<challenge xmlns='" + Namespaces.SASL + "'/>");
            return DONE;
        }
        return begin(mechanism, decoded(auth));
    }

    private CompletionStage<?> response(Element response, Consumer<Scram> signedIn) throws Scram.Failure {
        Scram exchange = scram;
        if (exchange == null) {
            if (mechanism == null) {
                throw new Scram.Failure(Scram.MALFORMED);
            }
            return begin(mechanism, decoded(response));
        }
        scram = null;
        mechanism = null;
        byte[] verifier = exchange.finish(decoded(response));
        String authorization = exchange.authorization();
        if (authorization != null) {
            // RFC 6120 §6.3.8: nobody acts for anybody else here.
            Jid wanted = Jid.parse(authorization);
            if (wanted == null || !wanted.equals(Jid.of(exchange.localpart(), context.domain()))) {
                throw new Scram.Failure("invalid-authzid");
            }
        }
        stream.send("<success xmlns='" + Namespaces.SASL + "'>"
                + Base64.getEncoder().encodeToString(verifier) + "</success>");
        signedIn.accept(exchange);
        return DONE;
    }

    private CompletionStage<?> begin(Mechanism mechanism, byte[] message) throws Scram.Failure {
        Scram exchange = Scram.begin(mechanism, message);
        return context.switchboard()
                .work(() -> context.accounts().credentials(exchange.localpart(), mechanism))
                .handleAsync(
                        (credentials, fault) -> challenge(exchange, credentials, fault),
                        stream.channel().eventLoop());
    }

    private @Nullable Void challenge(
            Scram exchange, @Nullable ScramCredentials credentials, @Nullable Throwable fault) {
        if (credentials == null) {
            LOG.error("cannot look up credentials", fault);
            fail("temporary-auth-failure", "try again in a while");
            return null;
        }
        byte[] challenge = exchange.challenge(credentials, context.unguessable(NONCE_BYTES));
        scram = exchange;
        stream.send("<challenge xmlns='" + Namespaces.SASL + "'>"
                + Base64.getEncoder().encodeToString(challenge) + "</challenge>");
        return null;
    }

    private static byte[] decoded(Element element) throws Scram.Failure {
        String text = element.text().strip();
        try {
            return text.equals("=") ? new byte[0] : Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new Scram.Failure("incorrect-encoding");
        }
    }

    /** RFC 6120 §6.5; after too many failures the stream is ended (§6.4.5). */
    void fail(String condition, @Nullable String text) {
        scram = null;
        mechanism = null;
        failures++;
        if (condition.equals(Scram.NOT_AUTHORIZED)) {
            context.failedSignIns().take(stream.network());
        }
        LOG.info("sign-in from {} failed: {}", stream.address(), condition);
        Element.Builder failure = Element.of("failure", Namespaces.SASL).child(Element.of(condition, Namespaces.SASL));
        if (text != null) {
            failure.child(Element.of("text", Namespaces.SASL)
                    .attribute("xml:lang", "en")
                    .text(text));
        }
        stream.send(failure.build());
        if (failures >= context.limits().signInAttempts()) {
            stream.fail(StreamError.of(Condition.POLICY_VIOLATION, "too many attempts to sign in failed"));
        }
    }
}
