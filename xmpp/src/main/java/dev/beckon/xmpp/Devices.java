package dev.beckon.xmpp;

import dev.beckon.ContactStatus;
import dev.beckon.session.Jid;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Which devices of contacts are available, and what they show (RFC 6121 §4). For the serial thread. */
final class Devices {
    private static final int MAX_DEVICES = 64;

    private record Shown(ContactStatus status, int priority) {}

    private final Map<String, Map<String, Shown>> shown = new HashMap<>();

    void available(Jid device, Node presence) {
        String resource = device.resource();
        Map<String, Shown> devices = shown.computeIfAbsent(device.bare(), bare -> new TreeMap<>());
        if (resource != null && (devices.size() < MAX_DEVICES || devices.containsKey(resource))) {
            devices.put(resource, new Shown(StatusCodec.decode(presence), priority(presence)));
        }
    }

    /** One device, or for a bare address all of them; which are gone now, known before or not. */
    List<Jid> unavailable(Jid from) {
        if (!from.isFull()) {
            List<Jid> all = List.copyOf(of(from.bare()));
            shown.remove(from.bare());
            return all;
        }
        Map<String, Shown> devices = shown.getOrDefault(from.bare(), Map.of());
        if (devices.containsKey(from.resource())) {
            devices.remove(from.resource());
        }
        if (devices.isEmpty()) {
            shown.remove(from.bare());
        }
        return List.of(from);
    }

    void forget(String bare) {
        shown.remove(bare);
    }

    void clear() {
        shown.clear();
    }

    Set<Jid> of(String bare) {
        Set<Jid> devices = new LinkedHashSet<>();
        shown.getOrDefault(bare, Map.of()).keySet().forEach(resource -> devices.add(new Jid(bare, resource)));
        return Collections.unmodifiableSet(devices);
    }

    /** That of the device with the highest priority; of several, of the one at which somebody is. */
    ContactStatus status(String bare) {
        return shown.getOrDefault(bare, Map.of()).values().stream()
                .max(Comparator.comparingInt(Shown::priority).thenComparing(s -> presence(s.status())))
                .map(Shown::status)
                .orElse(ContactStatus.OFFLINE);
    }

    private static int presence(ContactStatus status) {
        return switch (status) {
            case ONLINE -> 3;
            case BUSY, ON_THE_PHONE -> 2;
            case BE_RIGHT_BACK, IDLE -> 1;
            default -> 0;
        };
    }

    // RFC 6121 §4.7.2.3: -128 to 127, 0 where there is none.
    private static int priority(Node presence) {
        Node priority = presence.child("priority", Names.CLIENT);
        try {
            return priority == null ? 0 : Byte.parseByte(priority.text().strip());
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
