package dev.beckon.cli;

import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Where a password comes from: a prompt without echo, standard input or a file. Never an argument, which others could read. */
final class PasswordOptions {
    private static final int MAX_BYTES = 1024;

    @ArgGroup
    @Nullable
    Source source;

    /** Instead of the prompt. */
    static final class Source {
        @Option(
                names = "--password-stdin",
                required = true,
                description = "Read the password from the first line of standard input.")
        boolean stdin;

        @Option(
                names = "--password-file",
                required = true,
                paramLabel = "FILE",
                description = "Read the password from the first line of a file.")
        @Nullable
        Path file;
    }

    /**
     * The password.
     *
     * @param whose for the prompt
     * @param twice whether a person must type it twice, because it is new
     */
    char[] read(String whose, boolean twice, Output output) {
        Source from = source;
        if (from == null) {
            return prompt(whose, twice);
        }
        Path file = from.file;
        try {
            if (file == null) {
                return firstLine(System.in, "standard input");
            }
            warnIfOthersCanRead(file, output);
            try (InputStream in = Files.newInputStream(file)) {
                return firstLine(in, file.toString());
            }
        } catch (NoSuchFileException e) {
            throw new Failure(
                    Exit.PASSWORD,
                    "there is no file " + file,
                    "write the password into it, or leave out --password-file to be asked");
        } catch (IOException e) {
            throw new Failure(Exit.PASSWORD, "the password cannot be read: " + e.getMessage(), "");
        }
    }

    private static char[] prompt(String whose, boolean twice) {
        Console console = System.console();
        if (console == null) {
            throw new Failure(
                    Exit.PASSWORD,
                    "there is no terminal to ask for the password on",
                    "use --password-stdin or --password-file FILE");
        }
        char[] password = console.readPassword("Password for %s: ", Output.printable(whose));
        if (password == null || password.length == 0) {
            throw new Failure(Exit.PASSWORD, "no password was given", "");
        }
        if (twice) {
            char[] again = console.readPassword("Again: ");
            boolean same = again != null && Arrays.equals(password, again);
            if (again != null) {
                Arrays.fill(again, '\0');
            }
            if (!same) {
                Arrays.fill(password, '\0');
                throw new Failure(Exit.PASSWORD, "the two passwords differ", "try again");
            }
        }
        return password;
    }

    /** The first line, without its end; nothing after it is used. */
    static char[] firstLine(InputStream in, String where) throws IOException {
        byte[] line = new byte[MAX_BYTES];
        int length = 0;
        // Byte by byte: what follows the line belongs to somebody else.
        for (int b; (b = in.read()) >= 0 && b != '\n'; ) {
            if (length == MAX_BYTES) {
                throw new Failure(
                        Exit.PASSWORD, "the first line of " + where + " has over " + MAX_BYTES + " bytes", "");
            }
            line[length++] = (byte) b;
        }
        if (length > 0 && line[length - 1] == '\r') {
            length--;
        }
        try {
            CharBuffer characters = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line, 0, length));
            char[] password = new char[characters.remaining()];
            characters.get(password);
            Arrays.fill(characters.array(), '\0');
            if (password.length == 0) {
                throw new Failure(
                        Exit.PASSWORD, "the first line of " + where + " is empty", "write the password there");
            }
            return password;
        } catch (CharacterCodingException e) {
            throw new Failure(Exit.PASSWORD, "the first line of " + where + " is not UTF-8", "");
        } finally {
            Arrays.fill(line, (byte) 0);
        }
    }

    static void warnIfOthersCanRead(Path file, Output output) throws IOException {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (permissions.contains(PosixFilePermission.OTHERS_READ)
                    || permissions.contains(PosixFilePermission.GROUP_READ)) {
                output.warn("others can read what is in " + file + "; close it with chmod 600 " + file);
            }
        } catch (UnsupportedOperationException e) {
            // This file system has no such permissions to warn of.
            return;
        }
    }
}
