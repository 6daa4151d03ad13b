package dev.beckon.xmpp;

import dev.beckon.session.Carrier;
import dev.beckon.session.Chat;
import dev.beckon.session.Jid;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@link Chat} over a {@link Link}: messages with a body (RFC 6121 §5) which are about nothing else. */
final class XmppChat implements Chat {
    /** What marks a message as ours, or as a call of another kind; its body is for clients that do not know the rest. */
    private static final Set<String> ABOUT_SOMETHING_ELSE = Set.of(Names.JMI, Names.APP, Names.LOCK);
    /** Names of messages that are known to have come. */
    private static final int MAX_SEEN = 2000;
    /** Longer ones name nothing: no client makes such. */
    private static final int ID_CHARACTERS = 256;

    /** What names a message: an id, and for one its sender chose, the text as well. */
    private record Name(String sender, String id, int text) {}

    private final Serial serial;
    private final String bare;
    private final Post post;
    private final Set<Name> seen = new LinkedHashSet<>();
    private @Nullable Receiver receiver;

    XmppChat(Serial serial, Post post, String bare) {
        this.serial = serial;
        this.post = post;
        this.bare = bare;
    }

    @Override
    public void start(Receiver receiver) {
        serial.run(() -> this.receiver = receiver);
    }

    @Override
    public void send(String to, String text, Carrier.Receipt receipt) {
        String id = UUID.randomUUID().toString();
        // XEP-0359 §3.2: so that who gets it twice can tell.
        Node message = Node.of("message", Names.CLIENT)
                .with("type", "chat")
                .with(Node.of("body", Names.CLIENT).containing(text))
                .with(Node.of("origin-id", Names.STANZA_ID).with("id", id));
        serial.run(() -> post.send(id, Jid.bare(to), message, receipt));
    }

    /** A message came in that is no signal. */
    void received(Letter letter) {
        Node message = letter.message();
        String type = message.attribute("type");
        Node body = message.child("body", Names.CLIENT);
        // RFC 6121 §5.2.2: no type, or one that is not known, is normal.
        if (receiver == null
                || body == null
                || body.text().isEmpty()
                || "headline".equals(type)
                || message.children().stream().anyMatch(c -> ABOUT_SOMETHING_ELSE.contains(c.namespace()))
                || !isNew(letter, body.text())) {
            return;
        }
        receiver.received(new Incoming(
                letter.from(), letter.to(), body.text(), letter.delayed(), letter.carbon(), post.reply(letter)));
    }

    /** Whether it did not come before: sent again by a client that lost its connection, or delivered again by a service. */
    private boolean isNew(Letter letter, String text) {
        List<Name> names = names(letter, text);
        boolean known = !Collections.disjoint(seen, names);
        for (Name name : names) {
            seen.remove(name);
            seen.add(name);
        }
        while (seen.size() > MAX_SEEN) {
            seen.remove(seen.iterator().next());
        }
        return !known;
    }

    // XEP-0359 §3: the id one's own account gave it, and the one of its sender; else its own, which need not be good.
    private List<Name> names(Letter letter, String text) {
        Node message = letter.message();
        List<Name> names = new ArrayList<>();
        for (Node stamp : message.children("stanza-id", Names.STANZA_ID)) {
            Jid by = Jids.parse(stamp.attribute("by"));
            if (by != null && by.equals(Jid.bare(bare))) {
                add(names, letter.from().bare(), stamp.attribute("id"), 0);
            }
        }
        Node origin = message.child("origin-id", Names.STANZA_ID);
        if (origin != null) {
            add(names, letter.from().bare(), origin.attribute("id"), text.hashCode());
        }
        if (names.isEmpty()) {
            add(names, letter.from().toString(), message.attribute("id"), text.hashCode());
        }
        return names;
    }

    private static void add(List<Name> names, String sender, @Nullable String id, int text) {
        if (id != null && !id.isEmpty() && id.length() <= ID_CHARACTERS) {
            names.add(new Name(sender, id, text));
        }
    }
}
