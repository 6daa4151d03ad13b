package dev.beckon.xmpp;

import dev.beckon.session.Ending;
import dev.beckon.session.Reason;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Why something ends: {@code <reason>} (XEP-0166 §7.4), {@code <tie-break/>} (XEP-0353 §4), our result and data. */
final class EndingCodec {
    private static final Pattern CODE = Pattern.compile("0x[0-9A-Fa-f]{8}");

    private EndingCodec() {}

    /** Puts it into a JMI or Jingle element. */
    static Node encode(Node element, Ending ending) {
        Node node = element;
        if (ending.reason() != null) {
            node = node.with(
                    Node.of("reason", Names.JINGLE).with(Node.of(ending.reason().element(), Names.JINGLE)));
        }
        if (ending.tieBreak() && node.namespace().equals(Names.JMI)) {
            node = node.with(Node.of("tie-break", Names.JMI));
        }
        if (ending.code() != null) {
            node = node.with(Node.of("result", Names.APP).with("code", "0x%08X".formatted(ending.code())));
        }
        return node.with(Text.data(ending.data()));
    }

    /** Reads it from one. */
    static Ending decode(Node element) throws Malformation {
        return new Ending(
                reason(element), code(element), Text.data(element), element.child("tie-break", Names.JMI) != null);
    }

    private static @Nullable Reason reason(Node element) {
        Node reason = element.child("reason", Names.JINGLE);
        if (reason == null) {
            return null;
        }
        for (Node child : reason.children()) {
            if (child.namespace().equals(Names.JINGLE) && !child.name().equals("text")) {
                for (Reason known : Reason.values()) {
                    if (known.element().equals(child.name())) {
                        return known;
                    }
                }
                return Reason.GENERAL_ERROR;
            }
        }
        return null;
    }

    private static @Nullable Integer code(Node element) throws Malformation {
        List<Node> results = element.children("result", Names.APP);
        if (results.isEmpty()) {
            return null;
        }
        @Nullable String code = results.get(0).attribute("code");
        if (results.size() > 1 || code == null || !CODE.matcher(code).matches()) {
            throw new Malformation("the result code is not one number of the form 0x81000607");
        }
        return Integer.parseUnsignedInt(code.substring(2), 16);
    }
}
