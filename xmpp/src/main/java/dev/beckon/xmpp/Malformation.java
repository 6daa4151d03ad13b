package dev.beckon.xmpp;

/** A payload breaks a limit or form: what is wrong, for people. */
final class Malformation extends Exception {
    private static final long serialVersionUID = 1L;

    private final String condition;

    Malformation(String problem) {
        this("bad-request", problem);
    }

    Malformation(String condition, String problem) {
        // Hostile input makes many of these: no stack.
        super(problem, null, false, false);
        this.condition = condition;
    }

    /** The stanza error it deserves. */
    String condition() {
        return condition;
    }

    String problem() {
        return String.valueOf(getMessage());
    }
}
