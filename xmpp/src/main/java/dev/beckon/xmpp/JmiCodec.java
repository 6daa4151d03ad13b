package dev.beckon.xmpp;

import dev.beckon.Application;
import dev.beckon.Limits;
import dev.beckon.session.Signal;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Signals that travel in messages: Jingle Message Initiation (XEP-0353 v0.8) and {@code <app-missing>}. */
final class JmiCodec {
    /** Longest ticket; those of the authority have some 500 characters. */
    static final int TICKET_CHARACTERS = 8192;

    private static final Set<String> KINDS = Set.of("propose", "ringing", "proceed", "reject", "retract", "finish");

    private JmiCodec() {}

    /** The message that carries a signal; null where it is none of these. */
    static @Nullable Node encode(Signal signal, String inviter) {
        // A switch over the sealed type would need Java 21.
        if (signal instanceof Signal.Propose s) {
            return message(jmi("propose", s.sid()).with(description(s)))
                    .with(Node.of("body", Names.CLIENT).containing(body(s, inviter)))
                    .with(Node.of("fallback", Names.FALLBACK).with("for", Names.APP));
        }
        if (signal instanceof Signal.Ringing s) {
            return message(jmi("ringing", s.sid())
                    .with(Node.of("app", Names.APP).with("present", String.valueOf(s.appPresent()))));
        }
        if (signal instanceof Signal.Proceed s) {
            return message(jmi("proceed", s.sid()).with(Text.data(s.data())));
        }
        if (signal instanceof Signal.Reject s) {
            return message(EndingCodec.encode(jmi("reject", s.sid()), s.ending()));
        }
        if (signal instanceof Signal.Retract s) {
            return message(EndingCodec.encode(jmi("retract", s.sid()), s.ending()));
        }
        if (signal instanceof Signal.Finish s) {
            return message(EndingCodec.encode(jmi("finish", s.sid()), s.ending()));
        }
        if (signal instanceof Signal.AppMissing s) {
            return message(Node.of("app-missing", Names.APP).with("id", s.sid()));
        }
        return null;
    }

    // XEP-0353 §3: every message is of type chat and bears a store hint.
    private static Node message(Node payload) {
        return Node.of("message", Names.CLIENT)
                .with("type", "chat")
                .with(payload)
                .with(Node.of("store", Names.HINTS));
    }

    private static Node jmi(String kind, String sid) {
        return Node.of(kind, Names.JMI).with("id", sid);
    }

    private static Node description(Signal.Propose s) {
        return Node.of("description", Names.APP)
                .with("guid", s.guid())
                .with("name", s.name())
                .with("url", s.url())
                .with("sent", Text.time(s.sent()))
                .with("expires", Text.time(s.expires()))
                .with(Text.data(s.data()))
                .with(s.ticket() == null ? null : Node.of("ticket", Names.APP).containing(s.ticket()));
    }

    /** What a client that knows nothing of Beckon shows. */
    private static String body(Signal.Propose s, String inviter) {
        String what = inviter + " invites you to " + (s.name().isEmpty() ? s.guid() : s.name());
        return s.url().isEmpty() ? what : what + ": " + s.url();
    }

    /** The signal in a message; null where there is none of ours. */
    static @Nullable Signal decode(Node message) {
        for (Node child : message.children()) {
            if (child.namespace().equals(Names.JMI) && KINDS.contains(child.name())) {
                return decodeJmi(child);
            }
            if (child.is("app-missing", Names.APP)) {
                @Nullable String id = child.attribute("id");
                return id != null && Text.isSid(id) ? new Signal.AppMissing(id) : null;
            }
        }
        return null;
    }

    private static @Nullable Signal decodeJmi(Node element) {
        String kind = element.name();
        @Nullable String id = element.attribute("id");
        boolean proposal = kind.equals("propose");
        List<Node> descriptions = element.children("description", Names.APP);
        // An audio call, or anything about one: not ours.
        if (proposal ? descriptions.isEmpty() : !Text.isSid(id)) {
            return null;
        }
        String sid = id != null && Text.isSid(id) ? id : "";
        try {
            if (sid.isEmpty()) {
                throw new Malformation("id is no UUID in lower case");
            }
            return switch (kind) {
                case "propose" -> propose(sid, descriptions);
                case "ringing" -> new Signal.Ringing(sid, present(element));
                case "proceed" -> new Signal.Proceed(sid, Text.data(element));
                case "reject" -> new Signal.Reject(sid, EndingCodec.decode(element));
                case "retract" -> new Signal.Retract(sid, EndingCodec.decode(element));
                default -> new Signal.Finish(sid, EndingCodec.decode(element));
            };
        } catch (Malformation e) {
            String guid = proposal ? toldGuid(descriptions.get(0)) : "";
            return new Signal.Malformed(sid, false, kind, guid, e.condition(), e.problem());
        }
    }

    private static Signal propose(String sid, List<Node> descriptions) throws Malformation {
        if (descriptions.size() > 1) {
            throw new Malformation("it holds " + descriptions.size() + " descriptions of applications");
        }
        Node description = descriptions.get(0);
        String guid = Text.attribute(description, "guid", Limits::guid);
        String name = Text.attribute(
                description, "name", value -> Limits.text("application name", value, Limits.NAME_CHARACTERS));
        String url = Text.attribute(description, "url", Application::checkUrl);
        Instant sent = Text.time(description, "sent");
        Instant expires = Text.time(description, "expires");
        if (!expires.isAfter(sent)) {
            throw new Malformation("expires is not after sent");
        }
        @Nullable Node ticket = Text.single(description, "ticket");
        if (ticket != null && ticket.text().length() > TICKET_CHARACTERS) {
            throw new Malformation("the ticket has " + ticket.text().length() + " characters");
        }
        return new Signal.Propose(
                sid, guid, name, url, sent, expires, Text.data(description), ticket == null ? null : ticket.text());
    }

    private static boolean present(Node ringing) throws Malformation {
        @Nullable Node app = Text.single(ringing, "app");
        @Nullable String present = app == null ? "false" : app.attribute("present");
        // XML Schema §3.2.2: a boolean has two spellings of each value.
        if ("true".equals(present) || "1".equals(present)) {
            return true;
        }
        if ("false".equals(present) || "0".equals(present)) {
            return false;
        }
        throw new Malformation("present is neither true nor false");
    }

    private static String toldGuid(Node description) {
        try {
            return Text.attribute(description, "guid", Limits::guid);
        } catch (Malformation e) {
            return "";
        }
    }
}
