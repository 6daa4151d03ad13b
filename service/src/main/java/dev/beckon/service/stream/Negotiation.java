package dev.beckon.service.stream;

import static dev.beckon.service.route.Hooks.DONE;

import dev.beckon.service.route.Hooks.Stage;
import dev.beckon.service.route.Jid;
import dev.beckon.service.route.Session;
import dev.beckon.service.route.Stanza;
import dev.beckon.service.route.Stanza.Stamp;
import dev.beckon.service.route.StanzaError;
import dev.beckon.service.route.StanzaHead;
import dev.beckon.service.route.StreamError;
import dev.beckon.service.route.StreamError.Condition;
import dev.beckon.service.route.Switchboard;
import dev.beckon.service.xml.Element;
import dev.beckon.service.xml.Namespaces;
import dev.beckon.service.xml.XmlException;
import dev.beckon.service.xml.XmlScanner;
import io.netty.handler.ssl.SslHandler;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far a client has come (RFC 6120 §4.3): plain, behind TLS, signed in, bound to a resource; and what its elements mean at each
 * step. Once bound, stanzas go to the router. Lives on the stream's event loop.
 */
final class Negotiation {
    private enum Phase {
        PLAIN,
        SECURE,
        SIGNED_IN,
        BOUND
    }

    private static final Logger LOG = LoggerFactory.getLogger(Negotiation.class);

    private final Context context;
    private final ClientStream stream;
    private final Sasl sasl;
    private Phase phase = Phase.PLAIN;
    private boolean opened;
    private @Nullable Jid account;
    private byte @Nullable [] salt;
    private @Nullable Session session;
    private @Nullable String language;
    private Stamp accountStamp = Stamp.NONE;
    private Stamp deviceStamp = Stamp.NONE;

    Negotiation(Context context, ClientStream stream) {
        this.context = context;
        this.stream = stream;
        this.sasl = new Sasl(context, stream);
    }

    boolean isBound() {
        return phase == Phase.BOUND;
    }

    // ---- stream header ----

    /** What must go before an error if no header was sent yet (RFC 6120 §4.9.1.2). */
    String opening() {
        if (opened) {
            return "";
        }
        opened = true;
        return StreamHeader.opening(context.domain(), context.unguessable(18), account);
    }

    void header(StreamHeader header) {
        StreamError wrong = check(header);
        if (wrong != null) {
            stream.fail(wrong);
            return;
        }
        language = language(header.language());
        stream.send(opening() + features());
    }

    /**
     * RFC 6120 §4.7.4: stanzas that do not say their language are in the stream's. Where that is what the service declares towards all
     * its clients, or is no language, there is nothing to say.
     */
    private static @Nullable String language(@Nullable String declared) {
        boolean known = declared != null
                && declared.matches("[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,6}")
                && !declared.equalsIgnoreCase(StreamHeader.LANGUAGE);
        return known ? declared : null;
    }

    private @Nullable StreamError check(StreamHeader header) {
        // RFC 6120 §4.8.1, §4.8.2
        if (!header.namespace().equals(Namespaces.STREAMS)) {
            return StreamError.of(Condition.INVALID_NAMESPACE, "a stream is in the namespace " + Namespaces.STREAMS);
        }
        if (!header.name().equals("stream")) {
            return StreamError.of(Condition.BAD_FORMAT, "a stream begins with <stream:stream>");
        }
        if (!header.contentNamespace().equals(Namespaces.CLIENT)) {
            return StreamError.of(
                    Condition.INVALID_NAMESPACE, "a client's stream has the default namespace " + Namespaces.CLIENT);
        }
        // RFC 6120 §4.7.2, §4.9.3.6
        Jid to = header.to() == null ? null : Jid.parse(header.to());
        if (to == null) {
            return StreamError.of(Condition.IMPROPER_ADDRESSING, "a stream needs a to: the domain to sign in at");
        }
        if (!to.isDomain() || !to.domain().equals(context.domain())) {
            return StreamError.of(Condition.HOST_UNKNOWN, "this service serves " + context.domain());
        }
        // RFC 6120 §4.7.1: who has signed in stays the same.
        Jid from = header.from() == null || account == null ? account : Jid.parse(header.from());
        if (account != null && (from == null || !from.bare().equals(account))) {
            return StreamError.of(Condition.INVALID_FROM, "this stream belongs to " + account);
        }
        // RFC 6120 §4.7.5
        String version = header.version();
        if (version == null || !version.matches("[1-9][0-9]{0,3}\\.[0-9]{1,4}")) {
            return StreamError.of(Condition.UNSUPPORTED_VERSION, "this service speaks XMPP 1.0");
        }
        return null;
    }

    private String features() {
        StringBuilder features = new StringBuilder("<stream:features>");
        switch (phase) {
            // RFC 6120 §5.3.1: TLS is not negotiable, so nothing else is offered beside it.
            case PLAIN -> features.append("<starttls xmlns='" + Namespaces.TLS + "'><required/></starttls>");
            case SECURE -> {
                features.append(sasl.feature());
                offered(Stage.BEFORE_SIGN_IN, features);
            }
            default -> {
                // RFC 3921 §3 wanted a session; RFC 6121 §1.4 lets servers offer it as optional to older clients.
                features.append("<bind xmlns='" + Namespaces.BIND + "'/><session xmlns='" + Namespaces.SESSION
                        + "'><optional/></session>");
                offered(Stage.AFTER_SIGN_IN, features);
            }
        }
        return features.append("</stream:features>").toString();
    }

    private void offered(Stage stage, StringBuilder features) {
        context.switchboard()
                .hooks()
                .streamFeatures(stage)
                .forEach(feature -> features.append(feature.toXml(Namespaces.CLIENT)));
    }

    // ---- elements ----

    /** Takes the next element; the one after waits until this completes. */
    CompletionStage<?> element(StanzaHead head, byte[] in) {
        return switch (phase) {
            case PLAIN -> plain(head);
            case SECURE -> secure(head, in);
            case SIGNED_IN -> signedIn(head, in);
            case BOUND -> bound(head, in);
        };
    }

    private CompletionStage<?> plain(StanzaHead head) {
        if (head.namespace().equals(Namespaces.TLS) && head.name().equals("starttls")) {
            startTls();
            return DONE;
        }
        if (head.namespace().equals(Namespaces.SASL)) {
            // RFC 6120 §6.5.5
            sasl.fail("encryption-required", "start TLS first");
            return DONE;
        }
        return unexpected(head, "start TLS and sign in first");
    }

    /** RFC 6120 §5.4.2.3, §5.4.3. */
    private void startTls() {
        if (!stream.reader().isEmpty()) {
            // What was sent behind <starttls/> came unprotected, and might be taken for what comes protected.
            stream.fail(StreamError.of(Condition.POLICY_VIOLATION, "nothing may follow <starttls/> before TLS"));
            return;
        }
        SslHandler tls = new SslHandler(context.tls().newEngine(stream.channel().alloc()), true);
        tls.setHandshakeTimeoutMillis(context.limits().signInTime().toMillis());
        stream.channel().pipeline().addFirst("tls", tls);
        stream.send("<proceed xmlns='" + Namespaces.TLS + "'/>");
        stream.drain();
        phase = Phase.SECURE;
        restart();
    }

    private void restart() {
        opened = false;
        stream.reader().restart();
    }

    private CompletionStage<?> secure(StanzaHead head, byte[] in) {
        if (head.namespace().equals(Namespaces.SASL)) {
            return sasl.element(tree(head, in), this::signIn);
        }
        if (head.kind() == Stanza.Kind.IQ) {
            Stanza iq = Stanza.stamped(in, head, Stamp.NONE, null);
            CompletionStage<?> answered = context.switchboard().acceptBeforeSignIn(iq, stream.address(), stream::send);
            if (answered != null) {
                return answered;
            }
        }
        return unexpected(head, "sign in first");
    }

    private void signIn(Scram exchange) {
        account = Jid.of(exchange.localpart(), context.domain());
        salt = exchange.salt();
        phase = Phase.SIGNED_IN;
        stream.reader().limit(context.limits().stanzaBytes());
        restart();
    }

    private CompletionStage<?> signedIn(StanzaHead head, byte[] in) {
        if (head.kind() == Stanza.Kind.IQ && head.type().equals("set") && head.id() != null) {
            Element iq = tree(head, in);
            Element bind = iq.child("bind", Namespaces.BIND);
            if (bind != null) {
                return bind(iq, bind);
            }
        }
        // RFC 6120 §7.1: nothing else before a resource is bound.
        return unexpected(head, "bind a resource first");
    }

    /** RFC 6120 §7.6, §7.7. */
    private CompletionStage<?> bind(Element iq, Element bind) {
        Element wanted = bind.child("resource", Namespaces.BIND);
        String resource = wanted == null || wanted.text().isEmpty() ? context.unguessable(12) : wanted.text();
        Jid full;
        try {
            full = Objects.requireNonNull(account).withResource(resource);
        } catch (IllegalArgumentException e) {
            refuseBind(iq, StanzaError.of(StanzaError.Condition.BAD_REQUEST, "this is no resource"));
            return DONE;
        }
        HeldOutlet outlet = new HeldOutlet(stream, context.limits().outboundBytes());
        Session binding = new Session(full, outlet);
        binding.attribute(Session.SALT, salt);
        session = binding;
        return context.switchboard()
                .bind(binding)
                .thenAcceptAsync(
                        added -> answerBind(iq, binding, outlet, added),
                        stream.channel().eventLoop());
    }

    private void answerBind(Element iq, Session binding, HeldOutlet outlet, boolean added) {
        if (!added) {
            session = null;
            // RFC 6120 §7.6.2.1
            refuseBind(iq, StanzaError.of(StanzaError.Condition.RESOURCE_CONSTRAINT, "too many devices are signed in"));
            return;
        }
        phase = Phase.BOUND;
        accountStamp = Stamp.of(binding.jid().bare(), language);
        deviceStamp = Stamp.of(binding.jid(), language);
        LOG.info("{} signed in from {}", binding, stream.address());
        stream.send(Element.of("iq", Namespaces.CLIENT)
                .attribute("type", "result")
                .attribute("id", iq.attribute("id"))
                .child(Element.of("bind", Namespaces.BIND)
                        .child(Element.of("jid", Namespaces.BIND)
                                .text(binding.jid().toString())))
                .build());
        outlet.release();
    }

    private void refuseBind(Element iq, StanzaError error) {
        stream.send(Element.of("iq", Namespaces.CLIENT)
                .attribute("type", "error")
                .attribute("id", iq.attribute("id"))
                .child(error.toElement())
                .build());
    }

    private CompletionStage<?> bound(StanzaHead head, byte[] in) {
        Session session = Objects.requireNonNull(this.session);
        if (head.kind() == null) {
            return unexpected(head, "");
        }
        Jid full = session.jid();
        // RFC 6120 §8.1.2.1: from, where there is one, must be the client's own.
        if (head.from() != null) {
            Jid from = stream.addresses().find(head.from());
            if (from == null || !(from.equals(full) || from.equals(full.bare()))) {
                stream.fail(StreamError.of(Condition.INVALID_FROM, "from must be " + full));
                return DONE;
            }
        }
        Jid to = head.to() == null ? null : stream.addresses().find(head.to());
        // RFC 6121 §3.1.2: subscriptions are between accounts, not devices.
        boolean subscription = head.kind() == Stanza.Kind.PRESENCE && Switchboard.isBetweenAccounts(head.type());
        Stanza stanza = Stanza.stamped(in, head, subscription ? accountStamp : deviceStamp, to);
        if (to == null && head.to() != null) {
            return malformedAddress(stanza);
        }
        if (stanza.kind() == Stanza.Kind.IQ && stanza.type().equals("set") && isForStream(stanza, to)) {
            return forStream(stanza);
        }
        return context.switchboard().accept(session, stanza);
    }

    private CompletionStage<?> malformedAddress(Stanza stanza) {
        if (!stanza.isError() && !stanza.type().equals("result")) {
            stream.send(stanza.error(
                    StanzaError.of(StanzaError.Condition.JID_MALFORMED, "to is no address"),
                    Objects.requireNonNull(stanza.from()).bare()));
        }
        return DONE;
    }

    private boolean isForStream(Stanza iq, @Nullable Jid to) {
        return (to == null || (to.isDomain() && to.domain().equals(context.domain())))
                && (iq.has("session", Namespaces.SESSION) || iq.has("bind", Namespaces.BIND));
    }

    private CompletionStage<?> forStream(Stanza iq) {
        Jid self = Jid.of(context.domain());
        stream.send(
                iq.has("session", Namespaces.SESSION)
                        ? iq.result(null, self)
                        // RFC 6120 §7.1: one resource for one stream.
                        : iq.error(
                                StanzaError.of(StanzaError.Condition.NOT_ALLOWED, "a resource is bound already"),
                                self));
        return DONE;
    }

    /** RFC 6120 §4.9.3.12 and §4.9.3.24. */
    private CompletionStage<?> unexpected(StanzaHead head, String first) {
        boolean early = !first.isEmpty() && head.kind() != null;
        stream.fail(
                early
                        ? StreamError.of(Condition.NOT_AUTHORIZED, first)
                        : StreamError.of(Condition.UNSUPPORTED_STANZA_TYPE, "this element is not understood here"));
        return DONE;
    }

    private static Element tree(StanzaHead head, byte[] in) {
        try {
            return XmlScanner.parse(Arrays.copyOfRange(in, head.start(), head.end()));
        } catch (XmlException e) {
            throw new IllegalStateException("an element that was checked cannot be read", e);
        }
    }

    // ---- end ----

    /** The stream has ended, however; may be called more than once. */
    void ended() {
        Session ended = session;
        if (ended != null) {
            session = null;
            LOG.info("{} signed out", ended);
            CompletionStage<?> unused = context.switchboard().unbind(ended);
        }
    }

    @Override
    public String toString() {
        Session signedIn = session;
        return signedIn != null ? signedIn.toString() : stream.address() + " (" + phase + ")";
    }
}
