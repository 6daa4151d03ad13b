package dev.beckon.agent.launch;

import static dev.beckon.ResultCode.E_FAIL;
import static dev.beckon.ResultCode.E_INVALIDARG;

import dev.beckon.SessionException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The executable of an application with its arguments, as they are handed to the operating system: no shell ever sees
 * them, so nothing but the space and the double quote means anything.
 *
 * @param parts the executable, then its arguments
 */
public record CommandLine(List<String> parts) {
    /** A command line. */
    public CommandLine {
        parts = List.copyOf(parts);
    }

    /**
     * Takes an application's {@code path} apart: spaces separate; between double quotes they do not.
     *
     * @throws SessionException E_INVALIDARG (a quote that is not closed, a control character, an executable that is not
     *     absolute)
     */
    public static CommandLine parse(String path) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        boolean quoted = false;
        boolean begun = false;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '"') {
                quoted = !quoted;
                begun = true;
            } else if ((c == ' ' || c == '\t') && !quoted) {
                if (begun) {
                    parts.add(part.toString());
                    part.setLength(0);
                    begun = false;
                }
            } else if (Character.isISOControl(c)) {
                throw invalid("path holds the control character U+%04X".formatted((int) c), "leave it out");
            } else {
                part.append(c);
                begun = true;
            }
        }
        if (quoted) {
            throw invalid("path has a double quote that is not closed", "close it");
        }
        if (begun) {
            parts.add(part.toString());
        }
        if (parts.isEmpty() || parts.get(0).isEmpty()) {
            throw invalid("path is empty", "give the absolute path of the executable");
        }
        try {
            if (!Path.of(parts.get(0)).isAbsolute()) {
                throw invalid(
                        "path \"" + parts.get(0) + "\" is not absolute", "give the absolute path of the executable");
            }
        } catch (InvalidPathException e) {
            throw invalid("path \"" + parts.get(0) + "\" is malformed", "give the absolute path of the executable");
        }
        return new CommandLine(parts);
    }

    /**
     * This, if the executable is there and may be run.
     *
     * @throws SessionException E_FAIL
     */
    public CommandLine resolved() {
        Path executable = executable();
        if (!Files.exists(executable)) {
            throw new SessionException(
                    E_FAIL,
                    "path does not resolve: there is no \"" + executable + "\"",
                    "give the executable that is to be run, in double quotes where it holds spaces");
        }
        if (!Files.isRegularFile(executable) || !Files.isExecutable(executable)) {
            throw new SessionException(
                    E_FAIL,
                    "path does not resolve: \"" + executable + "\" is no executable file",
                    "make it executable, or give another");
        }
        return this;
    }

    /** What is run. */
    public Path executable() {
        return Path.of(parts.get(0));
    }

    private static SessionException invalid(String problem, String remedy) {
        return new SessionException(E_INVALIDARG, problem, remedy);
    }
}
