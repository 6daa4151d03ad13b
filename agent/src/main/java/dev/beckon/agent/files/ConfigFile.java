package dev.beckon.agent.files;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Reads a HOCON file somebody may have edited by hand, or tampered with: bounded, and only for what stands in it. Includes
 * and substitutions, by which a file could draw in other files, addresses, the environment, or gigabytes, are refused.
 */
public final class ConfigFile {
    /** Depth costs the parser stack, and no honest file comes near. */
    private static final int MAX_DEPTH = 50;

    private static final int MAX_MESSAGE = 200;

    private ConfigFile() {}

    /**
     * Reads a file.
     *
     * @param maxBytes the longest it may be
     * @param links whether it may be a symbolic link
     * @throws NoSuchFileException where there is none
     * @throws BadFileException where it cannot be taken
     */
    public static Section read(Path file, int maxBytes, boolean links) throws NoSuchFileException, BadFileException {
        LinkOption[] follow = links ? new LinkOption[0] : new LinkOption[] {LinkOption.NOFOLLOW_LINKS};
        byte[] bytes;
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class, follow);
            if (attributes.isSymbolicLink()) {
                throw bad(file, 0, "it is a symbolic link", "put the file itself here");
            }
            if (!attributes.isRegularFile()) {
                throw bad(file, 0, "it is no regular file", "remove it");
            }
            try (InputStream in = Files.newInputStream(file, follow)) {
                bytes = in.readNBytes(maxBytes + 1);
            }
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException e) {
            throw bad(file, 0, "it cannot be read: " + plain(e.toString()), "let this user read it");
        }
        if (bytes.length > maxBytes) {
            throw bad(file, 0, "it has more than " + maxBytes + " bytes", "shorten it");
        }
        try {
            return parse(
                    file,
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes))
                            .toString());
        } catch (CharacterCodingException e) {
            throw bad(file, 0, "it is not UTF-8 text", "save it as UTF-8");
        }
    }

    /**
     * Parses text as if it were read from a file.
     *
     * @throws BadFileException where it cannot be taken
     */
    public static Section parse(Path file, String text) throws BadFileException {
        if (depth(text) > MAX_DEPTH) {
            throw bad(file, 0, "brackets stand in brackets over " + MAX_DEPTH + " deep", "use fewer");
        }
        ConfigParseOptions options = ConfigParseOptions.defaults()
                .setSyntax(ConfigSyntax.CONF)
                .setOriginDescription("file")
                .setIncluder(new NoIncludes());
        ConfigObject root;
        try {
            var config = ConfigFactory.parseString(text, options);
            if (!config.isResolved()) {
                throw bad(
                        file,
                        Math.max(lineOf(text, "${"), lineOf(text, "+=")),
                        "it substitutes (${…} or +=), which is not honoured here",
                        "write the value itself");
            }
            root = config.root();
        } catch (IncludeRefused e) {
            throw bad(
                    file,
                    lineOf(text, "include"),
                    "it includes " + plain(e.what) + ", which is not honoured here",
                    "leave it out");
        } catch (ConfigException e) {
            int line = e.origin() == null ? 0 : Math.max(0, e.origin().lineNumber());
            throw bad(
                    file, line, "it cannot be parsed: " + plain(detail(e)), "write lines of the form key = \"value\"");
        } catch (RuntimeException | StackOverflowError e) {
            // The parser is not ours: whatever it trips over, the file is bad and the agent is not.
            throw bad(file, 0, "it cannot be parsed", "write lines of the form key = \"value\"");
        }
        return new Section(file, "", root);
    }

    static BadFileException bad(Path file, int line, String what, String remedy) {
        return new BadFileException(new FileProblem(file, line, what, remedy));
    }

    /** The message without the place it begins with, which is told apart. */
    static String detail(ConfigException e) {
        String message = String.valueOf(e.getMessage());
        return message.replaceFirst("^(String|file)(: \\d+)?: ", "");
    }

    /** One line, without control characters, of bounded length: fit for a log and a terminal. */
    static String plain(String text) {
        String line = text.replaceAll("[\\p{Cntrl}\\p{Cf}\u2028\u2029]+", " ").strip();
        return line.length() > MAX_MESSAGE ? line.substring(0, MAX_MESSAGE) + "…" : line;
    }

    /** How deep brackets stand in each other, roughly: those in quotes count as well. */
    private static int depth(String text) {
        int depth = 0;
        int deepest = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '{' || c == '[') {
                deepest = Math.max(deepest, ++depth);
            } else if (c == '}' || c == ']') {
                depth = Math.max(0, depth - 1);
            }
        }
        return deepest;
    }

    /** For what the parser refuses without telling where: the first line that holds this; 0 where none does. */
    private static int lineOf(String text, String what) {
        int found = text.indexOf(what);
        return found < 0
                ? 0
                : 1
                        + (int) text.substring(0, found)
                                .chars()
                                .filter(c -> c == '\n')
                                .count();
    }

    private static final class IncludeRefused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String what;

        IncludeRefused(String what) {
            super("include", null, false, false);
            this.what = what;
        }
    }

    /** All four kinds have to be refused one by one: the library falls back to its own includer for what is not. */
    private static final class NoIncludes
            implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {
        @Override
        public ConfigIncluder withFallback(ConfigIncluder fallback) {
            return this;
        }

        @Override
        public ConfigObject include(ConfigIncludeContext context, String what) {
            throw new IncludeRefused(what);
        }

        @Override
        public ConfigObject includeFile(ConfigIncludeContext context, File what) {
            throw new IncludeRefused(what.toString());
        }

        @Override
        public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
            throw new IncludeRefused(what.toString());
        }

        @Override
        public ConfigObject includeResources(ConfigIncludeContext context, String what) {
            throw new IncludeRefused(what);
        }
    }
}
