package dev.beckon;

/**
 * Why a call failed: the code of the reference, a sentence a person understands, and what to do about it.
 *
 * <p>Every failing member of this package throws it and nothing else.
 */
public final class SessionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ResultCode code;
    private final String problem;
    private final String remedy;

    /**
     * A failure.
     *
     * @param code the code the reference gives it
     * @param problem what was wrong, as a sentence without a full stop
     * @param remedy what to do, as a sentence without a full stop; empty where nothing helps
     */
    public SessionException(ResultCode code, String problem, String remedy) {
        super(problem + (remedy.isEmpty() ? "" : "; " + remedy) + " [" + code + "]");
        this.code = code;
        this.problem = problem;
        this.remedy = remedy;
    }

    /** The code. */
    public ResultCode code() {
        return code;
    }

    /** What was wrong. */
    public String problem() {
        return problem;
    }

    /** What to do about it; empty where nothing helps. */
    public String remedy() {
        return remedy;
    }
}
