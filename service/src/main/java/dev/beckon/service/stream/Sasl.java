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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signing in: the exchange of one stream, in the words of RFC 6120 §6 or of SASL2 (XEP-0388), tries counted. Lives on the stream's
 * event loop.
 */
final class Sasl {
    /** What happens once a client has proved who it is. */
    interface Signed {
        /**
         * Says that it has succeeded, and goes on from there.
         *
         * @param verifier what proves to the client that the service knows it
         * @param request what it asked for along with signing in (XEP-0388 §2.4); null in RFC 6120's profile, which has no such thing
         */
        CompletionStage<?> in(Scram exchange, byte[] verifier, @Nullable Element request);
    }

    private static final Logger LOG = LoggerFactory.getLogger(Sasl.class);
    private static final int NONCE_BYTES = 18;
    private static final String PLUS = "-PLUS";

    private final Context context;
    private final ClientStream stream;
    private final byte @Nullable [] endPoint;

    /** Of the client's last element: it is answered in the same. */
    private String namespace = Namespaces.SASL;

    /** Whom the client's header said that the stream is from, or null. */
    private @Nullable Jid from;

    private @Nullable Choice choice;
    private @Nullable Element request;
    private @Nullable Scram scram;
    private int failures;

    private record Choice(Mechanism mechanism, boolean plus) {
        String wireName() {
            return mechanism.wireName() + (plus ? PLUS : "");
        }
    }

    /** {@code endPoint} is what the channel can be bound to, {@link ServerEndPoint}; null offers no binding. */
    Sasl(Context context, ClientStream stream, byte @Nullable [] endPoint) {
        this.context = context;
        this.stream = stream;
        this.endPoint = endPoint;
    }

    /** The stream features; {@code from} is whom the client's header says that the stream is from, or null. */
    String features(@Nullable Jid from) {
        this.from = from;
        String mechanisms = mechanisms();
        // XEP-0440: what a channel can be bound to.
        return "<mechanisms xmlns='" + Namespaces.SASL + "'>" + mechanisms + "</mechanisms>"
                + "<authentication xmlns='" + Namespaces.SASL2 + "'>" + mechanisms
                + Sasl2.offered(context.switchboard().hooks()) + "</authentication>"
                + (endPoint == null
                        ? ""
                        : "<sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'><channel-binding type='"
                                + ServerEndPoint.NAME + "'/></sasl-channel-binding>");
    }

    /** Strongest first (RFC 6120 §6.3.3). */
    private String mechanisms() {
        return (endPoint == null
                        ? ""
                        : "<mechanism>SCRAM-SHA-256-PLUS</mechanism><mechanism>SCRAM-SHA-1-PLUS</mechanism>")
                + "<mechanism>SCRAM-SHA-256</mechanism><mechanism>SCRAM-SHA-1</mechanism>";
    }

    /** Whether a client is in the middle of SASL2, where it may say nothing else (XEP-0388 §2.5). */
    boolean isWithinSasl2() {
        return request != null;
    }

    /** Takes an element of SASL, in either namespace. */
    CompletionStage<?> element(Element element, Signed signed) {
        boolean same = element.namespace().equals(namespace);
        namespace = element.namespace();
        boolean sasl2 = namespace.equals(Namespaces.SASL2);
        try {
            return switch (element.name()) {
                case "auth", "authenticate" -> {
                    if (sasl2 != element.name().equals("authenticate")) {
                        throw new Scram.Failure(Scram.MALFORMED);
                    }
                    yield begin(element, sasl2);
                }
                case "response" -> {
                    if (!same) {
                        throw new Scram.Failure(Scram.MALFORMED);
                    }
                    yield response(element, signed);
                }
                case "abort" -> throw new Scram.Failure("aborted");
                default -> throw new Scram.Failure(Scram.MALFORMED);
            };
        } catch (Scram.Failure e) {
            fail(e.condition(), e.text());
            return DONE;
        }
    }

    private CompletionStage<?> begin(Element auth, boolean sasl2) throws Scram.Failure {
        forget();
        if (!context.guesses().isOpen(stream.network())) {
            // Before anything is looked up: who guesses passwords costs those who know theirs nothing.
            fail("temporary-auth-failure", "too many failed sign-ins from this address, try again in a minute");
            return DONE;
        }
        Choice chosen = choice(auth.attribute("mechanism", ""));
        choice = chosen;
        request = sasl2 ? auth : null;
        Element initial = sasl2 ? auth.child("initial-response", Namespaces.SASL2) : auth;
        if (initial == null || (!sasl2 && initial.text().isBlank())) {
            // RFC 6120 §6.4.2: no initial response; an empty challenge asks for it.
            challenge(new byte[0]);
            return DONE;
        }
        return begin(chosen, decoded(initial));
    }

    private Choice choice(String wanted) throws Scram.Failure {
        boolean plus = endPoint != null && wanted.endsWith(PLUS);
        String name = plus ? wanted.substring(0, wanted.length() - PLUS.length()) : wanted;
        for (Mechanism known : Mechanism.values()) {
            if (known.wireName().equals(name)) {
                return new Choice(known, plus);
            }
        }
        throw new Scram.Failure("invalid-mechanism");
    }

    private CompletionStage<?> response(Element response, Signed signed) throws Scram.Failure {
        Scram exchange = scram;
        if (exchange == null) {
            if (choice == null) {
                throw new Scram.Failure(Scram.MALFORMED);
            }
            return begin(choice, decoded(response));
        }
        if (!context.guesses().isOpen(stream.network(), exchange.localpart())) {
            // Before the proof is looked at: whoever has guessed right does not learn so.
            fail("temporary-auth-failure", "too many failed sign-ins to this account, try again in a minute");
            return DONE;
        }
        byte[] verifier = exchange.finish(decoded(response));
        String authorization = exchange.authorization();
        if (authorization != null) {
            // RFC 6120 §6.3.8: nobody acts for anybody else here.
            Jid wanted = Jid.parse(authorization);
            if (wanted == null || !wanted.equals(Jid.of(exchange.localpart(), context.domain()))) {
                throw new Scram.Failure("invalid-authzid");
            }
            // XEP-0388 §2.4
            if (request != null && from != null && !from.bare().equals(wanted)) {
                throw new Scram.Failure("invalid-authzid", "the stream is from " + from);
            }
        }
        context.guesses().hit(stream.network(), exchange.localpart());
        context.meters().signIn(choice == null ? null : choice.wireName(), true);
        Element asked = request;
        forget();
        return signed.in(exchange, verifier, asked);
    }

    private CompletionStage<?> begin(Choice chosen, byte[] message) throws Scram.Failure {
        Mechanism mechanism = chosen.mechanism;
        Scram exchange = Scram.begin(mechanism, new Scram.Channel(chosen.plus, endPoint), message);
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
        scram = exchange;
        challenge(exchange.challenge(credentials, context.unguessable(NONCE_BYTES)));
        return null;
    }

    private void challenge(byte[] data) {
        stream.send(
                "<challenge xmlns='" + namespace + "'>" + Base64.getEncoder().encodeToString(data) + "</challenge>");
    }

    private static byte[] decoded(Element element) throws Scram.Failure {
        String text = element.text().strip();
        try {
            return text.equals("=") ? new byte[0] : Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new Scram.Failure("incorrect-encoding");
        }
    }

    private void forget() {
        scram = null;
        choice = null;
        request = null;
    }

    /** RFC 6120 §6.5, XEP-0388 §2.6.2; after too many failures the stream is ended (RFC 6120 §6.4.5). */
    void fail(String condition, @Nullable String text) {
        if (condition.equals(Scram.NOT_AUTHORIZED)) {
            context.guesses().missed(stream.network(), scram == null ? null : scram.localpart());
        }
        context.meters().signIn(choice == null ? null : choice.wireName(), false);
        forget();
        failures++;
        AccessLog.failed(stream, condition);
        Element.Builder failure = Element.of("failure", namespace).child(Element.of(condition, Namespaces.SASL));
        if (text != null) {
            failure.child(
                    Element.of("text", namespace).attribute("xml:lang", "en").text(text));
        }
        stream.send(failure.build());
        if (failures >= context.limits().signInAttempts()) {
            stream.fail(StreamError.of(Condition.POLICY_VIOLATION, "too many attempts to sign in failed"));
        }
    }
}
