package dev.beckon.service.route;

import dev.beckon.service.xml.Element;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the domain and an account tell of themselves (XEP-0030). Filled by features before the first connection, only read after. */
public final class Disco {
    /** An identity (XEP-0030 §3.1). */
    public record Identity(
            String category, String type, @Nullable String name) {}

    /** An item (XEP-0030 §4.1). */
    public record Item(Jid jid, @Nullable String name) {}

    private static final class Info {
        final TreeSet<String> features = new TreeSet<>();
        final List<Identity> identities = new ArrayList<>();
        final List<Supplier<Element>> forms = new ArrayList<>();
    }

    private final Map<Hooks.Target, Info> infos = new EnumMap<>(Hooks.Target.class);
    private final List<Supplier<@Nullable Item>> items = new ArrayList<>();

    Disco() {
        for (Hooks.Target target : Hooks.Target.values()) {
            infos.put(target, new Info());
        }
    }

    /** Adds a feature to what {@code target} (SERVER or ACCOUNT) tells. */
    public void feature(Hooks.Target target, String feature) {
        info(target).features.add(feature);
    }

    /** Adds an identity. */
    public void identity(Hooks.Target target, Identity identity) {
        info(target).identities.add(identity);
    }

    /** Adds an extension form (XEP-0128): a {@code jabber:x:data} element of type result, asked anew each time. */
    public void form(Hooks.Target target, Supplier<Element> form) {
        info(target).forms.add(form);
    }

    /** Adds an item of the domain; asked anew each time, null is no item now. */
    public void item(Supplier<@Nullable Item> item) {
        items.add(item);
    }

    /** Features, sorted. */
    public List<String> features(Hooks.Target target) {
        return List.copyOf(info(target).features);
    }

    public List<Identity> identities(Hooks.Target target) {
        return List.copyOf(info(target).identities);
    }

    /** Forms as they are now. */
    public List<Element> forms(Hooks.Target target) {
        return info(target).forms.stream().map(Supplier::get).toList();
    }

    /** Items of the domain as they are now. */
    public List<Item> items() {
        List<Item> now = new ArrayList<>();
        for (Supplier<@Nullable Item> each : items) {
            Item item = each.get();
            if (item != null) {
                now.add(item);
            }
        }
        return now;
    }

    private Info info(Hooks.Target target) {
        return Objects.requireNonNull(infos.get(target));
    }
}
