package dev.beckon.agent.files;

/** A file cannot be taken as it is. */
public final class BadFileException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient FileProblem problem;

    /** A file that cannot be taken. */
    public BadFileException(FileProblem problem) {
        super(problem.toString());
        this.problem = problem;
    }

    /** What is wrong with it. */
    public FileProblem problem() {
        return problem;
    }
}
