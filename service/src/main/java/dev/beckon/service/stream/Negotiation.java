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
import java.util.Base64;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

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

    private static final byte[] NOTHING = new byte[0];
    private static final Pattern LANGUAGE_TAG = Pattern.compile("[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,6}");
    private static final Pattern VERSION = Pattern.compile("[1-9][0-9]{0,3}\\.[0-9]{1,4}");

    private final Context context;
    private final ClientStream stream;
    private Phase phase;
    private byte @Nullable [] endPoint;
    private @Nullable Sasl sasl;
    private boolean opened;
    private @Nullable Jid account;
    private byte @Nullable [] salt;
    private @Nullable Session session;
    private @Nullable StreamManagement management;
    private @Nullable ManagedSession managed;
    private @Nullable String language;
    private Stamp accountStamp = Stamp.NONE;
    private Stamp deviceStamp = Stamp.NONE;

    Negotiation(Context context, ClientStream stream, byte @Nullable [] endPoint) {
        this.context = context;
        this.stream = stream;
        this.endPoint = endPoint;
        phase = stream.framing().isSecured() ? Phase.SECURE : Phase.PLAIN;
    }

    private Sasl sasl() {
        Sasl present = sasl;
        if (present == null) {
            present = new Sasl(context, stream, endPoint);
            sasl = present;
        }
        return present;
    }

    boolean isBound() {
        return phase == Phase.BOUND;
    }

    /** Who has signed in, or null. */
    @Nullable
    Jid account() {
        return account;
    }

    // ---- stream header ----

    /** What must go before an error if no header was sent yet (RFC 6120 §4.9.1.2). */
    byte[] opening() {
        if (opened) {
            return NOTHING;
        }
        opened = true;
        return stream.framing().opening(context.domain(), context.unguessable(18), account);
    }

    void header(StreamHeader header) {
        StreamError wrong = check(header);
        if (wrong != null) {
            stream.fail(wrong);
            return;
        }
        language = language(header.language());
        Jid from = header.from() == null ? null : Jid.parse(header.from());
        stream.send(opening(), stream.framing().features(features(from)));
    }

    /**
     * RFC 6120 §4.7.4: stanzas that do not say their language are in the stream's. Where that is what the service declares towards all
     * its clients, or is no language, there is nothing to say.
     */
    private static @Nullable String language(@Nullable String declared) {
        boolean known = declared != null
                && !declared.equalsIgnoreCase(StreamHeader.LANGUAGE)
                && LANGUAGE_TAG.matcher(declared).matches();
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
        if (version == null || !VERSION.matcher(version).matches()) {
            return StreamError.of(Condition.UNSUPPORTED_VERSION, "this service speaks XMPP 1.0");
        }
        return null;
    }

    /** What is offered to a client that has signed in. */
    byte[] features() {
        return stream.framing().features(features(null));
    }

    private String features(@Nullable Jid from) {
        StringBuilder features = new StringBuilder();
        switch (phase) {
            // RFC 6120 §5.3.1: TLS is not negotiable, so nothing else is offered beside it.
            case PLAIN -> features.append("<starttls xmlns='" + Namespaces.TLS + "'><required/></starttls>");
            case SECURE -> {
                features.append(sasl().features(from));
                offered(Stage.BEFORE_SIGN_IN, features);
            }
            case SIGNED_IN -> {
                // RFC 3921 §3 wanted a session; RFC 6121 §1.4 lets servers offer it as optional to older clients.
                features.append("<bind xmlns='" + Namespaces.BIND + "'/><session xmlns='" + Namespaces.SESSION
                        + "'><optional/></session>" + StreamManagement.FEATURE + InactiveOutlet.FEATURE);
                offered(Stage.AFTER_SIGN_IN, features);
            }
            case BOUND -> {
                features.append(StreamManagement.FEATURE + InactiveOutlet.FEATURE);
                offered(Stage.AFTER_SIGN_IN, features);
            }
        }
        return features.toString();
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
            sasl().fail("encryption-required", "start TLS first");
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
        Tls shown = context.tls().get();
        SslHandler tls = shown.handler(stream.channel().alloc());
        tls.setHandshakeTimeoutMillis(context.limits().signInTime().toMillis());
        // The last that goes out plain must be on its way before.
        stream.send("<proceed xmlns='" + Namespaces.TLS + "'/>");
        stream.drain();
        stream.channel().pipeline().addFirst("tls", tls);
        phase = Phase.SECURE;
        endPoint = shown.endPoint();
        sasl = null;
        restart();
    }

    private void restart() {
        opened = false;
        stream.reader().restart();
    }

    private CompletionStage<?> secure(StanzaHead head, byte[] in) {
        Sasl sasl = sasl();
        if (head.namespace().equals(Namespaces.SASL) || head.namespace().equals(Namespaces.SASL2)) {
            return sasl.element(tree(head, in), this::signIn);
        }
        if (sasl.isWithinSasl2()) {
            return unexpected(head, "finish signing in first");
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

    private CompletionStage<?> signIn(Scram exchange, byte[] verifier, @Nullable Element request) {
        Jid signing = Jid.of(exchange.localpart(), context.domain());
        account = signing;
        salt = exchange.salt();
        if (request != null) {
            return new Sasl2(context, stream, this, request, verifier).succeed(signing);
        }
        stream.send("<success xmlns='" + Namespaces.SASL + "'>"
                + Base64.getEncoder().encodeToString(verifier) + "</success>");
        signedIn();
        restart();
        return DONE;
    }

    /** From now on the client is who it says it is. */
    void signedIn() {
        phase = Phase.SIGNED_IN;
        sasl = null;
        stream.reader().limit(context.limits().stanzaBytes());
    }

    /** The client is who it says it is, and still cannot sign in. */
    void refuse(String why) {
        session = null;
        account = null;
        salt = null;
        sasl().fail("temporary-auth-failure", why);
    }

    private CompletionStage<?> signedIn(StanzaHead head, byte[] in) {
        if (head.kind() == Stanza.Kind.IQ && head.type().equals("set") && head.hasId()) {
            Element iq = tree(head, in);
            Element bind = iq.child("bind", Namespaces.BIND);
            if (bind != null) {
                return bind(iq, bind);
            }
        }
        if (head.namespace().equals(StreamManagement.NAMESPACE)) {
            switch (head.name()) {
                case "resume" -> {
                    return management()
                            .resume(tree(head, in), Objects.requireNonNull(account))
                            .thenAccept(this::answerResume);
                }
                case "enable" -> {
                    // XEP-0198 §3: not before a resource is bound.
                    stream.send(management().enable(tree(head, in), null));
                    return DONE;
                }
                default -> {}
            }
        }
        // RFC 6120 §7.1: nothing else before a resource is bound.
        return unexpected(head, "bind a resource first");
    }

    /** XEP-0198 on this stream; made when a client first speaks of it. */
    StreamManagement management() {
        StreamManagement present = management;
        if (present == null) {
            present = new StreamManagement(context, stream);
            management = present;
        }
        return present;
    }

    private void answerResume(Element answer) {
        if (management().granted() != null) {
            resumed(stream.framing().element(answer));
        } else {
            // XEP-0198 §5: a resource can be bound now.
            stream.send(answer);
        }
    }

    /** Sends {@code announcement}, an element that is or holds {@code <resumed/>}; the stream is the session's from there on. */
    void resumed(byte[] announcement) {
        ManagedSession resumed = management().begin(announcement);
        Session session = resumed.session();
        session.attribute(Session.SALT, salt);
        bound(session);
        managed = resumed;
        // XEP-0352 §3.2: a stream begins active.
        InactiveOutlet.activate(session);
        AccessLog.resumed(session, stream);
    }

    /** Sends {@code announcement}, an element that is or holds {@code <enabled/>}; stanzas for the session go out there from now on. */
    Session.Outlet managed(byte[] announcement) {
        managed = management().begin(announcement);
        return managed;
    }

    private void bound(Session session) {
        signedIn();
        this.session = session;
        phase = Phase.BOUND;
        accountStamp = Stamp.of(session.jid().bare(), language);
        deviceStamp = Stamp.of(session.jid(), language);
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
        Binding binding = binding(full);
        return context.switchboard()
                .bind(binding.session)
                .thenAcceptAsync(
                        added -> answerBind(iq, binding, added),
                        stream.channel().eventLoop());
    }

    /** A session that is being bound: its client does not know yet, and until then what comes for it is held. */
    record Binding(Session session, HeldOutlet outlet) {}

    /** Begins to bind; if the stream ends before that is done, it is undone. */
    Binding binding(Jid full) {
        HeldOutlet outlet = new HeldOutlet(stream, context.limits().outboundBytes());
        Session binding = new Session(full, outlet);
        binding.attribute(Session.SALT, salt);
        session = binding;
        return new Binding(binding, outlet);
    }

    private void answerBind(Element iq, Binding binding, boolean added) {
        if (!added) {
            session = null;
            // RFC 6120 §7.6.2.1
            refuseBind(iq, StanzaError.of(StanzaError.Condition.RESOURCE_CONSTRAINT, "too many devices are signed in"));
            return;
        }
        bound(binding);
        stream.send(Element.of("iq", Namespaces.CLIENT)
                .attribute("type", "result")
                .attribute("id", iq.attribute("id"))
                .child(Element.of("bind", Namespaces.BIND)
                        .child(Element.of("jid", Namespaces.BIND)
                                .text(binding.session.jid().toString())))
                .build());
        binding.outlet.release(binding.session, stream);
    }

    /** The router knows the session; its client is to be told, and then what is held is to be {@linkplain HeldOutlet#release released}. */
    void bound(Binding binding) {
        bound(binding.session);
        AccessLog.signedIn(binding.session, stream);
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
            return aboutStream(session, head, in);
        }
        if (managed != null) {
            managed.receive();
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
        CompletionStage<?> handled = context.switchboard().accept(session, stanza);
        if (handled != DONE && managed != null) {
            managed.handling(handled);
        }
        return handled;
    }

    private CompletionStage<?> aboutStream(Session session, StanzaHead head, byte[] in) {
        if (head.namespace().equals(StreamManagement.NAMESPACE)) {
            boolean understood = management().element(tree(head, in), session);
            managed = management().managed();
            if (understood) {
                return DONE;
            }
        }
        if (head.namespace().equals(InactiveOutlet.NAMESPACE)) {
            // XEP-0352 §3.2
            switch (head.name()) {
                case "inactive" -> {
                    InactiveOutlet.deactivate(session);
                    return DONE;
                }
                case "active" -> {
                    InactiveOutlet.activate(session);
                    return DONE;
                }
                default -> {}
            }
        }
        return unexpected(head, "");
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

    /**
     * The stream has ended, however; may be called more than once. If {@code resumable}, its session does not end with it where stream
     * management keeps it.
     */
    void ended(boolean resumable) {
        Session ended = session;
        if (ended == null) {
            return;
        }
        session = null;
        if (managed != null) {
            managed.disconnected(stream.unwritten(), resumable);
        } else {
            AccessLog.signedOut(ended, stream);
            CompletionStage<?> unused = context.switchboard().unbind(ended);
        }
    }

    @Override
    public String toString() {
        Session signedIn = session;
        return signedIn != null ? signedIn.toString() : stream.address() + " (" + phase + ")";
    }
}
