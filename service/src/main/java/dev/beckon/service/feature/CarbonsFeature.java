package dev.beckon.service.feature;

import dev.beckon.service.route.Hooks;
import dev.beckon.service.route.Jid;
import dev.beckon.service.route.Reply;
import dev.beckon.service.route.Request;
import dev.beckon.service.route.Router;
import dev.beckon.service.route.Session;
import dev.beckon.service.route.Stanza;
import dev.beckon.service.route.StanzaError.Condition;
import dev.beckon.service.xml.Element;
import dev.beckon.service.xml.Namespaces;
import java.util.List;
import java.util.Set;

/** Every device of a person sees the whole conversation (XEP-0280): an invitation answered on one stops ringing on the others. */
final class CarbonsFeature implements Hooks.MessageHook {
    static final String CARBONS = "urn:xmpp:carbons:2";
    private static final String FORWARD = "urn:xmpp:forward:0";
    private static final String HINTS = "urn:xmpp:hints";
    private static final String MUC_USER = "http://jabber.org/protocol/muc#user";
    private static final Session.Key<Boolean> ENABLED = Session.Key.flag("carbons");

    /** XEP-0280 §6.1: what typically stands in instant messages: receipts, chat states, markers; and direct invitations (XEP-0249). */
    private static final Set<String> CONVERSATION = Set.of(
            "urn:xmpp:receipts",
            "http://jabber.org/protocol/chatstates",
            "urn:xmpp:chat-markers:0",
            "jabber:x:conference");

    private final Router router;

    CarbonsFeature(Router router) {
        this.router = router;
    }

    void install(Hooks hooks) {
        hooks.iq(Hooks.Target.ACCOUNT, "enable", CARBONS, request -> set(request, true));
        hooks.iq(Hooks.Target.ACCOUNT, "disable", CARBONS, request -> set(request, false));
        // XEP-0386 §3.2
        hooks.bindRequest(CARBONS, (session, request) -> {
            session.attribute(ENABLED, request.name().equals("enable") ? Boolean.TRUE : null);
            return null;
        });
        hooks.disco().feature(Hooks.Target.SERVER, CARBONS);
        hooks.messages(this);
        hooks.lasting(ENABLED);
    }

    private static Reply set(Request request, boolean enabled) {
        Session session = request.session();
        if (session == null || !request.isOwn()) {
            return Reply.error(Condition.NOT_ALLOWED);
        }
        if (!request.isSet()) {
            return Reply.error(Condition.BAD_REQUEST, "carbons are switched by an iq of type set");
        }
        // XEP-0280 §8.1: again and again is no error.
        session.attribute(ENABLED, enabled ? Boolean.TRUE : null);
        return Reply.result();
    }

    @Override
    public void sent(Session sender, Stanza message) {
        Jid account = sender.jid().bare();
        Jid to = message.to();
        // What goes to oneself reaches the other devices as received.
        if (to == null || to.bare().equals(account)) {
            return;
        }
        copy(account, "sent", message, message, List.of(sender));
    }

    @Override
    public void bounced(Session sender, Stanza message, Stanza error) {
        // XEP-0280 §6.1: the devices that have a copy of what was sent learn that it did not arrive.
        copy(sender.jid().bare(), "received", error, message, List.of(sender));
    }

    @Override
    public void received(Jid account, Stanza message, List<Session> receivers) {
        // XEP-0280 §6.1: what a room's member says in private to one device is for that device.
        if (!message.has("x", MUC_USER)) {
            copy(account, "received", message, message, receivers);
        }
    }

    /** {@code about} is the message that decides whether there are copies: {@code message}, or what it answers. */
    private void copy(Jid account, String direction, Stanza message, Stanza about, List<Session> without) {
        Element forwarded = null;
        for (Session session : router.sessions(account)) {
            if (session.attribute(ENABLED) == null
                    || without.contains(session)
                    || session.jid().equals(message.from())) {
                continue;
            }
            if (forwarded == null) {
                if (!eligible(about)) {
                    return;
                }
                forwarded = Element.of("forwarded", FORWARD)
                        .child(message.element())
                        .build();
            }
            // XEP-0280 §7, §8: the copy comes from the account itself, so that nobody can forge one.
            Stanza carbon = Stanza.of(Element.of("message", Namespaces.CLIENT)
                    .attribute("type", message.type().isEmpty() ? null : message.type())
                    .attribute("from", account)
                    .attribute("to", session.jid())
                    .child(Element.of(direction, CARBONS).child(forwarded)));
            router.deliver(session, direction.equals("received") ? carbon.copyOf(message) : carbon.onlyHere());
        }
    }

    /** XEP-0280 §6.1 and §9. Copies of copies are none: what already is a carbon of somebody is not copied. */
    private static boolean eligible(Stanza message) {
        if (message.has("private", CARBONS)
                || message.has("no-copy", HINTS)
                || message.has("sent", CARBONS)
                || message.has("received", CARBONS)) {
            return false;
        }
        return switch (message.type()) {
            case "chat" -> true;
            case "", "normal" -> message.has("body", Namespaces.CLIENT) || isConversation(message);
            default -> false;
        };
    }

    private static boolean isConversation(Stanza message) {
        return message.payloads().stream().anyMatch(payload -> CONVERSATION.contains(payload.namespace()));
    }
}
