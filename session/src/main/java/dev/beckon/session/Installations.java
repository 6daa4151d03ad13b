package dev.beckon.session;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who is known to have which application, by what their clients said last. On the engine's thread. */
final class Installations {
    /** Pairs of person and application; the one heard of longest ago is forgotten. */
    static final int KEPT = 1000;

    private record Pair(String bare, String guid) {}

    private final Map<Pair, Boolean> known = new LinkedHashMap<>();

    /** Takes what was said; whether that is new. */
    boolean learn(String bare, String guid, boolean present) {
        Pair pair = new Pair(bare, guid);
        Boolean before = known.remove(pair);
        known.put(pair, present);
        if (known.size() > KEPT) {
            known.remove(known.keySet().iterator().next());
        }
        return before == null || before != present;
    }

    @Nullable
    Boolean known(String bare, String guid) {
        return known.get(new Pair(bare, guid));
    }
}
