package dev.beckon.xmpp;

import dev.beckon.session.Signal.Endpoint;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What this client says it can do: service discovery (XEP-0030) and entity capabilities (XEP-0115). */
final class Disco {
    private static final String NODE = "https://beckon.dev";
    private static final String CATEGORY = "client";
    private static final String TYPE = "pc";
    private static final String NAME = "Beckon";
    private static final List<String> FEATURES = List.copyOf(new TreeSet<>(List.of(
            Names.APP,
            Endpoint.ADDRESSES,
            Names.JMI,
            Names.JINGLE,
            Names.FALLBACK,
            Names.DISCO_INFO,
            Names.CAPS,
            Names.PING)));
    private static final String VERSION = version();

    private Disco() {}

    /** Goes into every available presence. */
    static Node caps() {
        return Node.of("c", Names.CAPS).with("hash", "sha-1").with("node", NODE).with("ver", VERSION);
    }

    /** The answer to a disco#info query; null where it asks for a node that is not there. */
    static @Nullable Node info(Node query) {
        @Nullable String node = query.attribute("node");
        if (node != null && !node.equals(NODE + "#" + VERSION)) {
            return null;
        }
        Node info = Node.of("query", Names.DISCO_INFO)
                .with("node", node)
                .with(Node.of("identity", Names.DISCO_INFO)
                        .with("category", CATEGORY)
                        .with("type", TYPE)
                        .with("name", NAME));
        for (String feature : FEATURES) {
            info = info.with(Node.of("feature", Names.DISCO_INFO).with("var", feature));
        }
        return info;
    }

    // XEP-0115 §5.1; SHA-1 because every client must know it, and nothing here depends on its strength.
    private static String version() {
        StringBuilder text = new StringBuilder();
        text.append(CATEGORY).append('/').append(TYPE).append("//").append(NAME).append('<');
        FEATURES.forEach(feature -> text.append(feature).append('<'));
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-1").digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(hash);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }

    /** Whether a disco#info answer lists a feature. */
    static boolean has(Node info, String feature) {
        return info.children("feature", Names.DISCO_INFO).stream()
                .anyMatch(found -> feature.equals(found.attribute("var")));
    }
}
