package dev.beckon.xmpp;

import com.google.gson.JsonObject;
import dev.beckon.session.Carrier.Failure;
import dev.beckon.session.Jid;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The lock-and-key authorities of domains, found by service discovery and remembered for a while. For the serial thread.
 */
final class Authorities {
    private static final int MAX_DOMAINS = 256;
    private static final int MAX_ITEMS = 30;
    private static final int MAX_KEYS = 16;
    private static final Duration FOUND = Duration.ofHours(1);
    private static final Duration ABSENT = Duration.ofMinutes(5);
    private static final Duration UNREACHED = Duration.ofSeconds(30);
    /** An unknown key is looked for again no more often than this. */
    private static final Duration AGAIN = Duration.ofSeconds(60);
    /** RFC 6120 §8.3.3: errors that tell of the way there, or of a bad moment, and nothing of who was asked. */
    private static final Set<String> UNREACHABLE = Set.of(
            Failure.OFFLINE,
            Failure.TIMEOUT,
            "remote-server-not-found",
            "recipient-unavailable",
            "internal-server-error",
            "resource-constraint",
            "undefined-condition");
    // RFC 8410 §4: what an Ed25519 key's encoding begins with; the 32 bytes of the key follow.
    private static final byte[] ED25519 = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

    /**
     * An authority.
     *
     * @param environment {@code test} or {@code production}
     * @param keys by key id
     */
    record Authority(Jid jid, String environment, Map<String, PublicKey> keys) {}

    /** What was found out about a domain: an authority, that it has none, or neither. */
    record Finding(@Nullable Authority authority, boolean certain) {
        private static final Finding NONE = new Finding(null, true);
        private static final Finding UNKNOWN = new Finding(null, false);
    }

    private record Known(Finding finding, long at, boolean again) {
        boolean isYoungerThan(Duration age) {
            return System.nanoTime() - at < age.toNanos();
        }

        boolean isFresh() {
            return isYoungerThan(finding.authority() != null ? FOUND : finding.certain() ? ABSENT : UNREACHED);
        }
    }

    private final Outbox outbox;
    private final Map<String, Known> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > MAX_DOMAINS;
        }
    };
    private final Map<String, List<Consumer<Finding>>> waiting = new HashMap<>();

    Authorities(Outbox outbox) {
        this.outbox = outbox;
    }

    /** The authority of a domain. */
    void find(String domain, Consumer<Finding> then) {
        Known remembered = known.get(domain);
        if (remembered != null && remembered.isFresh()) {
            then.accept(remembered.finding());
        } else {
            search(domain, then);
        }
    }

    /** The same, looked for again, unless that was done a moment ago. */
    void refresh(String domain, Consumer<Finding> then) {
        Known remembered = known.get(domain);
        if (remembered != null && remembered.again() && remembered.isYoungerThan(AGAIN)) {
            then.accept(remembered.finding());
        } else {
            search(domain, finding -> {
                known.put(domain, new Known(finding, System.nanoTime(), true));
                then.accept(finding);
            });
        }
    }

    /** The same, looked for anew in any case. */
    void search(String domain, Consumer<Finding> then) {
        List<Consumer<Finding>> others = waiting.get(domain);
        if (others != null) {
            others.add(then);
            return;
        }
        waiting.put(domain, new ArrayList<>(List.of(then)));
        info(Jid.bare(domain), self -> {
            if (self.authority() != null) {
                found(domain, self);
            } else {
                items(domain, self.certain());
            }
        });
    }

    private void found(String domain, Finding finding) {
        known.put(domain, new Known(finding, System.nanoTime(), false));
        List<Consumer<Finding>> all = waiting.remove(domain);
        if (all != null) {
            all.forEach(then -> then.accept(finding));
        }
    }

    private void items(String domain, boolean certainSoFar) {
        outbox.ask("get", Jid.bare(domain), Node.of("query", Names.DISCO_ITEMS), new Outbox.Answer() {
            @Override
            public void result(Node iq) {
                Node query = iq.child("query", Names.DISCO_ITEMS);
                List<Jid> items = new ArrayList<>();
                for (Node item : query == null ? List.<Node>of() : query.children("item", Names.DISCO_ITEMS)) {
                    Jid jid = Jids.parse(item.attribute("jid"));
                    if (jid != null && item.attribute("node") == null && items.size() < MAX_ITEMS) {
                        items.add(jid);
                    }
                }
                each(domain, items, certainSoFar);
            }

            @Override
            public void failed(String condition, @Nullable Jid from, String text) {
                // A service without discovery, or one that is not there.
                found(domain, isCertain(condition) && certainSoFar ? Finding.NONE : Finding.UNKNOWN);
            }
        });
    }

    private void each(String domain, List<Jid> items, boolean certainSoFar) {
        Consumer<Finding> collect = new Consumer<>() {
            private int missing = items.size();
            private boolean certain = certainSoFar;
            private boolean done;

            @Override
            public void accept(Finding finding) {
                missing--;
                certain &= finding.certain();
                if (done) {
                    return;
                }
                if (finding.authority() != null || missing <= 0) {
                    done = true;
                    found(domain, finding.authority() != null ? finding : certain ? Finding.NONE : Finding.UNKNOWN);
                }
            }
        };
        if (items.isEmpty()) {
            collect.accept(new Finding(null, certainSoFar));
        }
        items.forEach(item -> info(item, collect));
    }

    private void info(Jid jid, Consumer<Finding> then) {
        outbox.ask("get", jid, Node.of("query", Names.DISCO_INFO), new Outbox.Answer() {
            @Override
            public void result(Node iq) {
                Node query = iq.child("query", Names.DISCO_INFO);
                then.accept(
                        query != null && Disco.has(query, Names.LOCK)
                                ? new Finding(read(jid, query), true)
                                : Finding.NONE);
            }

            @Override
            public void failed(String condition, @Nullable Jid from, String text) {
                then.accept(isCertain(condition) ? Finding.NONE : Finding.UNKNOWN);
            }
        });
    }

    /** Whether an error says that there is nothing, and not only that nobody could say. */
    private static boolean isCertain(String condition) {
        return !UNREACHABLE.contains(condition);
    }

    /** XEP-0128: the form with the keys; a key that cannot be read is no key. */
    static Authority read(Jid jid, Node info) {
        Map<String, PublicKey> keys = new HashMap<>();
        String environment = "";
        for (Node form : info.children("x", Names.FORMS)) {
            if (values(form, "FORM_TYPE").equals(List.of(Names.LOCK))) {
                environment = values(form, "environment").stream().findFirst().orElse("");
                for (String jwk : values(form, "keys")) {
                    if (keys.size() < MAX_KEYS) {
                        key(jwk, keys);
                    }
                }
            }
        }
        return new Authority(jid, environment, Map.copyOf(keys));
    }

    private static List<String> values(Node form, String field) {
        return form.children("field", Names.FORMS).stream()
                .filter(f -> field.equals(f.attribute("var")))
                .flatMap(f -> f.children("value", Names.FORMS).stream())
                .map(Node::text)
                .toList();
    }

    // RFC 8037 §2
    private static void key(String jwk, Map<String, PublicKey> keys) {
        try {
            JsonObject object = SignedTicket.json(jwk.getBytes(StandardCharsets.UTF_8));
            if (!SignedTicket.text(object, "kty").equals("OKP")
                    || !SignedTicket.text(object, "crv").equals("Ed25519")) {
                return;
            }
            byte[] x = Base64.getUrlDecoder().decode(SignedTicket.text(object, "x"));
            if (x.length != 32) {
                return;
            }
            byte[] encoded = Arrays.copyOf(ED25519, ED25519.length + x.length);
            System.arraycopy(x, 0, encoded, ED25519.length, x.length);
            keys.put(
                    SignedTicket.text(object, "kid"),
                    KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
        } catch (Malformation | IllegalArgumentException | GeneralSecurityException e) {
            // not a key this client can use: another may be
        }
    }
}
