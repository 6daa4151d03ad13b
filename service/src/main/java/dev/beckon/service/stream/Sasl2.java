package dev.beckon.service.stream;

import static dev.beckon.service.route.Hooks.DONE;

import dev.beckon.service.route.Hooks;
import dev.beckon.service.route.Jid;
import dev.beckon.service.route.Session;
import dev.beckon.service.stream.Negotiation.Binding;
import dev.beckon.service.xml.Element;
import dev.beckon.service.xml.Namespaces;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What comes with the success of SASL2 (XEP-0388 §2.6.1): the session of before, or a resource, where the client asked for one in
 * the same breath (XEP-0198 §9, Bind 2 in XEP-0386). Serves one sign-in, on the stream's event loop.
 */
final class Sasl2 {
    private static final Pattern UUID =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    private static final int IDENTIFIER_BYTES = 9;

    private final Context context;
    private final ClientStream stream;
    private final Negotiation negotiation;
    private final Element request;
    private final Element.Builder success;

    Sasl2(Context context, ClientStream stream, Negotiation negotiation, Element request, byte[] verifier) {
        this.context = context;
        this.stream = stream;
        this.negotiation = negotiation;
        this.request = request;
        success = Element.of("success", Namespaces.SASL2)
                .child(Element.of("additional-data", Namespaces.SASL2)
                        .text(Base64.getEncoder().encodeToString(verifier)));
    }

    /** The part of the stream feature that says what can be asked for. */
    static String offered(Hooks hooks) {
        StringBuilder inline = new StringBuilder(
                "<inline>" + StreamManagement.FEATURE + "<bind xmlns='" + Namespaces.BIND2 + "'><inline>");
        Stream.concat(hooks.bindRequests().stream(), Stream.of(StreamManagement.NAMESPACE, InactiveOutlet.NAMESPACE))
                .forEach(namespace ->
                        inline.append("<feature var='").append(namespace).append("'/>"));
        return inline.append("</inline></bind></inline>").toString();
    }

    /** Does what was asked for and says that {@code account} has signed in. */
    CompletionStage<?> succeed(Jid account) {
        Element resume = request.child("resume", StreamManagement.NAMESPACE);
        if (resume == null) {
            return succeedAnew(account);
        }
        // XEP-0198 §9.2: before all else, which is not asked for if it succeeds.
        return negotiation.management().resume(resume, account).thenCompose(answer -> resumed(answer, account));
    }

    private CompletionStage<?> resumed(Element answer, Jid account) {
        if (stream.isEnding()) {
            return DONE;
        }
        success.child(answer);
        Jid resumed = negotiation.management().granted();
        if (resumed == null) {
            return succeedAnew(account);
        }
        // XEP-0198 §9.2: no features follow.
        negotiation.resumed(said(resumed));
        return DONE;
    }

    private CompletionStage<?> succeedAnew(Jid account) {
        Element bind = request.child("bind", Namespaces.BIND2);
        if (bind == null) {
            negotiation.signedIn();
            stream.send(said(account), negotiation.features());
            return DONE;
        }
        Binding binding = negotiation.binding(address(account, bind));
        Element.Builder bound = Element.of("bound", Namespaces.BIND2);
        for (Element wanted : bind.children()) {
            Hooks.BindHook hook = context.switchboard().hooks().bindRequest(wanted.namespace());
            if (hook != null) {
                // Before anybody knows the session, so that nothing goes by it.
                bound.child(hook.bind(binding.session(), wanted));
            }
        }
        return context.switchboard()
                .bind(binding.session())
                .thenAcceptAsync(
                        added -> answer(binding, bind, bound, added),
                        stream.channel().eventLoop());
    }

    private void answer(Binding binding, Element bind, Element.Builder bound, boolean added) {
        if (!added) {
            negotiation.refuse("too many devices are signed in");
            return;
        }
        negotiation.bound(binding);
        Session session = binding.session();
        Element enable = bind.child("enable", StreamManagement.NAMESPACE);
        if (enable != null) {
            bound.child(negotiation.management().enable(enable, session));
        }
        success.child(bound);
        byte[] said = said(session.jid());
        // XEP-0388 §2.6.1: the stream goes on, and its features follow at once.
        Session.Outlet outlet = stream;
        if (enable == null) {
            stream.send(said, negotiation.features());
        } else {
            outlet = negotiation.managed(said);
            stream.send(negotiation.features());
        }
        binding.outlet().release(session, outlet);
        if (bind.child("inactive", InactiveOutlet.NAMESPACE) != null) {
            InactiveOutlet.deactivate(session);
        }
    }

    private byte[] said(Jid identity) {
        success.child(Element.of("authorization-identifier", Namespaces.SASL2).text(identity.toString()));
        return stream.framing().element(success.build());
    }

    /** XEP-0386 §3.2.1: what the client calls itself, and what tells its installations apart. */
    private Jid address(Jid account, Element bind) {
        String identifier = identifier(account);
        Element tag = bind.child("tag", Namespaces.BIND2);
        if (tag != null && !tag.text().isEmpty()) {
            try {
                return account.withResource(tag.text() + "/" + identifier);
            } catch (IllegalArgumentException e) {
                // It cannot stand in an address; it is a help in finding faults and no more.
                return account.withResource(identifier);
            }
        }
        return account.withResource(identifier);
    }

    /**
     * Of one installation always the same: when it comes back, what is left of its session before goes. Does not tell its user-agent
     * id, which is for the service alone (XEP-0388 §2.4).
     */
    private String identifier(Jid account) {
        Element agent = request.child("user-agent", Namespaces.SASL2);
        String id = agent == null ? "" : agent.attribute("id", "").toLowerCase(Locale.ROOT);
        if (!UUID.matcher(id).matches()) {
            return context.unguessable(IDENTIFIER_BYTES);
        }
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest((account + "/" + id).getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(hash, IDENTIFIER_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
