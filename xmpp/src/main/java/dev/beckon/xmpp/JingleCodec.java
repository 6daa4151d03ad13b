package dev.beckon.xmpp;

import dev.beckon.Limits;
import dev.beckon.session.Signal;
import dev.beckon.session.Signal.Endpoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Signals that travel in iqs: Jingle (XEP-0166). */
final class JingleCodec {
    private JingleCodec() {}

    /** The {@code <jingle>} that carries a signal; null where it is none of these. */
    static @Nullable Node encode(Signal signal, String self) {
        if (signal instanceof Signal.Initiate s) {
            return jingle("session-initiate", s.sid()).with("initiator", self).with(content(s.guid(), s.endpoint()));
        }
        if (signal instanceof Signal.Accept s) {
            return jingle("session-accept", s.sid()).with("responder", self).with(content(s.guid(), s.endpoint()));
        }
        if (signal instanceof Signal.ContextData s) {
            return jingle("session-info", s.sid())
                    .with(Node.of("context-data", Names.APP).containing(s.data()));
        }
        if (signal instanceof Signal.Ping s) {
            return jingle("session-info", s.sid());
        }
        if (signal instanceof Signal.Terminate s) {
            return EndingCodec.encode(jingle("session-terminate", s.sid()), s.ending());
        }
        return null;
    }

    private static Node jingle(String action, String sid) {
        return Node.of("jingle", Names.JINGLE).with("action", action).with("sid", sid);
    }

    private static Node content(String guid, Endpoint endpoint) {
        Node description = Node.of("description", Names.APP).with("guid", guid);
        if (endpoint.address() != null) {
            description = description.with(Node.of("address", Names.APP).containing(endpoint.address()));
        }
        return Node.of("content", Names.JINGLE)
                .with("creator", "initiator")
                .with("name", "app")
                .with(description)
                .with(Node.of("transport", endpoint.transport()));
    }

    /** The signal in a {@code <jingle>}; what is none of ours is Malformed with the error Jingle has for it. */
    static Signal decode(Node jingle) {
        @Nullable String action = jingle.attribute("action");
        @Nullable String id = jingle.attribute("sid");
        String kind = action == null || action.length() > 64 ? "" : action;
        String sid = id != null && Text.isSid(id) ? id : "";
        try {
            return decode(jingle, kind, sid);
        } catch (Malformation e) {
            return new Signal.Malformed(sid, true, kind, "", e.condition(), e.problem());
        }
    }

    private static Signal decode(Node jingle, String action, String sid) throws Malformation {
        @Nullable Node content = content(jingle);
        if (action.equals("session-initiate") && content == null) {
            // RFC 6120 §8.4: a kind of session this client does not know, an audio call for instance.
            throw new Malformation("service-unavailable", "sessions of this kind are not supported here");
        }
        if (sid.isEmpty()) {
            boolean ours = content != null || jingle.attribute("sid") == null;
            throw new Malformation(ours ? "bad-request" : "item-not-found", "sid is no UUID in lower case");
        }
        switch (action) {
            case "session-initiate", "session-accept" -> {
                if (content == null) {
                    throw new Malformation("there is no content with a description of the application");
                }
                Node description = application(content);
                String guid = Text.attribute(description, "guid", Limits::guid);
                Endpoint endpoint = endpoint(content, description);
                return action.equals("session-initiate")
                        ? new Signal.Initiate(sid, guid, endpoint)
                        : new Signal.Accept(sid, guid, endpoint);
            }
            case "session-info" -> {
                return info(jingle, sid);
            }
            case "session-terminate" -> {
                return new Signal.Terminate(sid, EndingCodec.decode(jingle));
            }
            case "" -> throw new Malformation("there is no action");
            default -> throw new Malformation("feature-not-implemented", "the action is not supported here");
        }
    }

    private static Signal info(Node jingle, String sid) throws Malformation {
        @Nullable Node data = Text.single(jingle, "context-data");
        if (data != null) {
            Text.checked(() -> Limits.contextData(data.text()));
            return new Signal.ContextData(sid, data.text());
        }
        // XEP-0166 §6.8: an empty session-info asks whether the session is alive.
        if (jingle.children().isEmpty()) {
            return new Signal.Ping(sid);
        }
        throw new Malformation("feature-not-implemented", "the information is not understood here");
    }

    /** The content that is about an application; null where there is none. */
    private static @Nullable Node content(Node jingle) throws Malformation {
        List<Node> ours = jingle.children("content", Names.JINGLE).stream()
                .filter(content -> content.child("description", Names.APP) != null)
                .toList();
        if (ours.size() > 1) {
            throw new Malformation("there are " + ours.size() + " contents where one may be");
        }
        return ours.isEmpty() ? null : ours.get(0);
    }

    private static Node application(Node content) throws Malformation {
        @Nullable Node description = Text.single(content, "description");
        if (description == null) {
            throw new Malformation("there is no description of the application");
        }
        return description;
    }

    private static Endpoint endpoint(Node content, Node description) throws Malformation {
        List<Node> transports = content.children().stream()
                .filter(child -> child.name().equals("transport"))
                .toList();
        if (transports.size() != 1) {
            throw new Malformation("there are " + transports.size() + " transports where one must be");
        }
        String transport = transports.get(0).namespace();
        if (transport.length() > 256) {
            throw new Malformation("the name of the transport is too long");
        }
        @Nullable Node address = Text.single(description, "address");
        if (address == null) {
            if (transport.equals(Endpoint.ADDRESSES)) {
                throw new Malformation("there is no address");
            }
            return new Endpoint(null, transport);
        }
        Text.checked(() -> Limits.address(address.text()));
        return new Endpoint(address.text(), transport);
    }
}
