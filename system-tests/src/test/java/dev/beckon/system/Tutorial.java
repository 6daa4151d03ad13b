package dev.beckon.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** What docs/tutorial.md has its reader type. */
final class Tutorial {
    private final String page;

    Tutorial(Path root) {
        try {
            page = Files.readString(root.resolve("docs/tutorial.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The program: its blocks, one below the other. */
    String program() {
        return String.join("\n", blocks("java"));
    }

    /** The blocks of commands, in order. */
    List<String> commands() {
        return blocks("sh");
    }

    private List<String> blocks(String language) {
        return Pattern.compile("(?ms)^```" + language + "\n(.*?)^```$")
                .matcher(page)
                .results()
                .map(block -> block.group(1))
                .toList();
    }
}
