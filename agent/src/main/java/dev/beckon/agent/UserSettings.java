package dev.beckon.agent;

import dev.beckon.Limits;
import dev.beckon.SessionException;
import dev.beckon.agent.files.BadFileException;
import dev.beckon.agent.files.Section;
import dev.beckon.session.Settings;
import java.text.Normalizer;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the user says in {@code agent.conf}; the file itself explains each.
 *
 * @param everyone anybody may ring
 * @param contacts contacts may ring
 * @param others these may ring too
 * @param unasked whom to accept without asking, by GUID
 * @param open command that opens pages in the browser; empty for the platform's own
 * @param openOnInvitation whether the window opens by itself when an invitation must be answered
 */
record UserSettings(
        boolean everyone,
        boolean contacts,
        Set<String> others,
        Map<String, Set<String>> unasked,
        boolean plainHttp,
        List<String> open,
        Set<String> authorities,
        boolean openOnInvitation,
        Settings engine) {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);

    static UserSettings of(Section root) throws BadFileException {
        root.only("invitations", "download", "window", "lock", "times", "bounds");
        Section invitations = root.section("invitations");
        invitations.only("ring", "accept-unasked", "plain-http");
        Section download = root.section("download");
        download.only("open");
        Section window = root.section("window");
        window.only("open-on-invitation");
        Section lock = root.section("lock");
        lock.only("authorities");
        List<String> ring = orElse(invitations.texts("ring"), List.of("contacts"));
        boolean everyone = ring.equals(List.of("everyone"));
        Set<String> others = new HashSet<>(everyone ? List.of() : ring);
        boolean contacts = others.remove("contacts");
        return new UserSettings(
                everyone,
                contacts,
                addresses(invitations, "ring", others),
                unasked(invitations.section("accept-unasked")),
                invitations.flag("plain-http", false),
                command(download),
                authorities(lock),
                window.flag("open-on-invitation", true),
                engine(root.section("times"), root.section("bounds")));
    }

    private static Map<String, Set<String>> unasked(Section section) throws BadFileException {
        Map<String, Set<String>> unasked = new HashMap<>();
        for (String guid : section.keys()) {
            try {
                Limits.guid(guid);
            } catch (SessionException e) {
                throw section.bad(guid, "is no GUID", e.remedy() + ", all in double quotes");
            }
            unasked.put(guid, addresses(section, guid, orElse(section.texts(guid), List.of())));
        }
        return Map.copyOf(unasked);
    }

    private static List<String> command(Section download) throws BadFileException {
        List<String> open = orElse(download.texts("open"), List.of());
        if (open.contains("")) {
            throw download.bad("open", "holds an empty text", "write open = [\"command\", \"argument\"]");
        }
        return open;
    }

    private static Set<String> authorities(Section lock) throws BadFileException {
        Set<String> authorities = new HashSet<>();
        for (String authority : orElse(lock.texts("authorities"), List.of())) {
            if (authority.isBlank() || authority.contains("@") || authority.contains("/")) {
                throw lock.bad("authorities", "holds something that is no domain", "write [\"lock.example.org\"]");
            }
            authorities.add(normal(authority));
        }
        return Set.copyOf(authorities);
    }

    private static Set<String> addresses(Section section, String key, Iterable<String> texts) throws BadFileException {
        Set<String> addresses = new HashSet<>();
        for (String text : texts) {
            int at = text.indexOf('@');
            if (at <= 0 || at == text.length() - 1 || text.contains("/") || text.length() > 3071) {
                throw section.bad(key, "holds something that is no address", "write name@domain");
            }
            addresses.add(normal(text));
        }
        return Set.copyOf(addresses);
    }

    private static Settings engine(Section times, Section bounds) throws BadFileException {
        times.only("invitation", "install", "longest-ring", "clock-skew", "step", "attach", "answer", "ping", "outage");
        bounds.only("open-per-person", "open-per-application");
        Settings preset = Settings.DEFAULT;
        Settings engine = new Settings(
                times.time("invitation", preset.invitationLife(), SECOND, HOUR),
                times.time("install", preset.installLife(), SECOND, DAY),
                times.time("longest-ring", preset.maxRing(), SECOND, HOUR),
                times.time("clock-skew", preset.clockSkew(), SECOND, HOUR),
                times.time("step", preset.step(), SECOND, HOUR),
                times.time("attach", preset.attach(), SECOND, HOUR),
                times.time("answer", preset.answer(), SECOND, Duration.ofMinutes(1)),
                times.time("ping", preset.ping(), SECOND, HOUR),
                times.time("outage", preset.outage(), SECOND, DAY),
                bounds.count("open-per-person", preset.openPerPerson(), 1, 1000),
                bounds.count("open-per-application", preset.openPerApplication(), 1, 1000));
        if (engine.attach().compareTo(engine.step()) >= 0) {
            throw times.bad(
                    times.has("attach") ? "attach" : "step",
                    "leaves no time: attach (%d s) must be less than step (%d s)"
                            .formatted(
                                    engine.attach().toSeconds(), engine.step().toSeconds()),
                    "change one of them");
        }
        return engine;
    }

    /**
     * An address as the service writes it, for all that people type: RFC 7622 §3.3 (UsernameCaseMapped) maps case and
     * composes.
     */
    private static String normal(String address) {
        return Normalizer.normalize(address.strip(), Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
    }

    private static List<String> orElse(@Nullable List<String> texts, List<String> otherwise) {
        return texts == null ? otherwise : texts;
    }
}
