package dev.beckon.service;

/** Why an administrative command was refused; the message tells a person what was wrong and what to do. */
public final class AdministrationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** The kinds of refusal, for exit codes. */
    public enum Reason {
        /** A name, password, application ID, GUID or note that cannot be one. */
        INVALID,
        /** It is there already. */
        EXISTS,
        /** There is no such account or key. */
        NOT_FOUND,
        /** The store cannot be used: damaged, somebody else's, full, or not ours to write. */
        STORE
    }

    private final Reason reason;

    AdministrationException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    AdministrationException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
