package dev.beckon.cli;

import dev.beckon.SessionException;

/** Why a command ends without having done its work: what was wrong, what to do, and how it exits. */
final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Exit exit;
    private final String code;
    private final String problem;
    private final String remedy;

    /**
     * A failure.
     *
     * @param problem a sentence without a full stop
     * @param remedy what to do, likewise; empty where nothing helps
     */
    Failure(Exit exit, String problem, String remedy) {
        this(exit, exit.name(), problem, remedy);
    }

    private Failure(Exit exit, String code, String problem, String remedy) {
        super(problem);
        this.exit = exit;
        this.code = code;
        this.problem = problem;
        this.remedy = remedy;
    }

    static Failure of(SessionException e) {
        return new Failure(exit(e), e.code().name(), e.problem(), e.remedy());
    }

    private static Exit exit(SessionException e) {
        return switch (e.code()) {
            case E_INVALIDARG, E_POINTER, SR_CONTEXT_DATA_OVER_LIMIT -> Exit.USAGE;
            case MSGR_E_NOT_LOGGED_ON -> Exit.NOT_SIGNED_IN;
            case SR_APP_NOT_REGISTERED -> Exit.NOT_FOUND;
            case SR_APP_ALREADY_REGISTERED -> Exit.EXISTS;
            case SR_INVITED_SELF,
                    SR_SESSION_STATE_INVALID,
                    SR_NOT_INVITEE,
                    SR_NOT_INVITER,
                    SR_SESSION_NOT_READY,
                    LOCK_LOCKED,
                    LOCK_NOTINITIALIZED -> Exit.NOT_ALLOWED;
            case SR_AUTHENTICATION_FAILED -> Exit.PASSWORD;
            case REGDB_E_WRITEREGDB -> Exit.HOME;
            default -> Exit.FAILED;
        };
    }

    Exit exit() {
        return exit;
    }

    /** For programs: the reference's name of it, or the name of the exit code. */
    String code() {
        return code;
    }

    String problem() {
        return problem;
    }

    String remedy() {
        return remedy;
    }
}
