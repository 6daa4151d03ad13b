package dev.beckon.cli;

/** How a command ends: the exit codes, all of them, as scripts rely on them. */
enum Exit {
    DONE(0, "Done."),
    FAILED(1, "It failed for a reason that has no code of its own; the demo: one of its steps did not happen."),
    USAGE(2, "The command was written wrongly, or a value is malformed or over its limit."),
    NO_AGENT(3, "No agent runs for this home. Start one with beckon agent."),
    NOT_SIGNED_IN(4, "The agent, or the person invited, is not signed in."),
    NOT_FOUND(5, "There is no such contact, session, application, user or key."),
    EXISTS(6, "It exists already."),
    NOT_ALLOWED(7, "It cannot be done now: the session has gone on, the lock is closed, or it is one's own name."),
    NOT_CONNECTED(8, "invite --wait: declined, not answered in time, cancelled, or no path could be had."),
    PASSWORD(9, "No password was given, or the service refuses it."),
    PORT(10, "serve: the address and port cannot be listened on; most often something else does already."),
    HOME(11, "The home folder or what is in it cannot be used: not writable, damaged, or in use by another process."),
    CONFIG(12, "serve: the domain, the configuration file or the certificate is no good."),
    INTERRUPTED(130, "Stopped with Ctrl-C before it was done; serve and agent end with 0 then.");

    private final int number;
    private final String meaning;

    Exit(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    int number() {
        return number;
    }

    String meaning() {
        return meaning;
    }
}
