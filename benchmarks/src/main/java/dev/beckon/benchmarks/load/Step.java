package dev.beckon.benchmarks.load;

import java.util.List;

/** The ten stanzas of an invitation in their order: who sends each, what it is, and what whoever gets it sends next. */
enum Step {
    /** XEP-0353 §3.1, to the bare address. */
    PROPOSE(true, "message", "chat", 1),
    /** XEP-0353 §3.3 */
    PROCEED(false, "message", "chat", 2),
    /** XEP-0166 §6.2 */
    INITIATE(true, "iq", "set", 3),
    INITIATED(false, "iq", "result", 3),
    /** XEP-0166 §6.5 */
    ACCEPT(false, "iq", "set", 5),
    ACCEPTED(true, "iq", "result", 5),
    /** XEP-0166 §6.8: session-info with context data. */
    CONTEXT(true, "iq", "set", 7),
    CONTEXT_TAKEN(false, "iq", "result", 7),
    /** XEP-0166 §6.7 */
    TERMINATE(true, "iq", "set", 9),
    TERMINATED(false, "iq", "result", 9);

    private static final Step[] ALL = values();
    private static final List<Step> TO_INITIATOR = List.of(PROCEED, INITIATED, ACCEPT, CONTEXT_TAKEN, TERMINATED);
    private static final List<Step> TO_RESPONDER = List.of(PROPOSE, INITIATE, ACCEPTED, CONTEXT, TERMINATE);

    private final boolean byInitiator;
    private final byte[] kind;
    private final byte[] type;
    private final int id;

    Step(boolean byInitiator, String kind, String type, int id) {
        this.byInitiator = byInitiator;
        this.kind = Wire.bytes(kind);
        this.type = Wire.bytes(type);
        this.id = id;
    }

    boolean byInitiator() {
        return byInitiator;
    }

    byte[] kind() {
        return kind;
    }

    byte[] type() {
        return type;
    }

    /** What its id ends in; a result bears the id of its request. */
    int id() {
        return id;
    }

    /** What one side gets, in order. */
    static List<Step> got(boolean initiator) {
        return initiator ? TO_INITIATOR : TO_RESPONDER;
    }

    /** The step after this one; null after the last. */
    @org.jspecify.annotations.Nullable
    Step next() {
        return ordinal() + 1 < ALL.length ? ALL[ordinal() + 1] : null;
    }
}
