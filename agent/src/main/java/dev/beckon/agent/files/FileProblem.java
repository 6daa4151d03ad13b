package dev.beckon.agent.files;

import java.nio.file.Path;

/**
 * What is wrong with a file.
 *
 * @param line where, from 1; 0 for the file as a whole
 * @param what the fault, as a clause
 * @param remedy what to do, as a clause
 */
public record FileProblem(Path file, int line, String what, String remedy) {
    /** File and line. */
    public String where() {
        return file + (line > 0 ? ", line " + line : "");
    }

    @Override
    public String toString() {
        return where() + ": " + what + "; " + remedy;
    }
}
