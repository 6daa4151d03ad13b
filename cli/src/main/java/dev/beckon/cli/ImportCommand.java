package dev.beckon.cli;

import static dev.beckon.cli.Output.object;

import dev.beckon.service.AdministrationException;
import dev.beckon.service.AdministrationException.Reason;
import dev.beckon.service.UserImport;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code beckon user import}. What the file holds is not repeated: it is passwords. */
@Command(
        name = "import",
        description = "Add many accounts.",
        footer = {
            "",
            "Each line is NAME,PASSWORD; everything behind the first comma is the password. Either all",
            "lines are good, or those that are not are named and nothing is imported."
        })
final class ImportCommand implements Runnable {
    private static final String STDIN = "-";
    private static final int LONGEST_LINE = 8192;
    private static final int NAMED_LINES = 20;

    private final Output output;

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Parameters(index = "0", paramLabel = "FILE", description = "Where the users are, or - for standard input.")
    @SuppressWarnings("NullAway.Init") // picocli requires it
    private String file;

    @Option(names = "--update", description = "Set the passwords of users who are there already.")
    private boolean update;

    @Option(
            names = "--skip-bad",
            description = "Import the good lines though others are not; users who are there stay as they are.")
    private boolean skipBad;

    @Option(
            names = "--iterations",
            paramLabel = "N",
            description =
                    "PBKDF2 rounds for these passwords, 4096 to 1000000; by default as many as the service makes.")
    private @Nullable Integer iterations;

    private int lines;
    private int invalid;
    private int existing;

    ImportCommand(Output output) {
        this.output = output;
    }

    @Override
    public void run() {
        if (file.equals(STDIN)) {
            run(System.in);
            return;
        }
        Path path = Path.of(file);
        try (InputStream in = Files.newInputStream(path)) {
            PasswordOptions.warnIfOthersCanRead(path, output);
            run(in);
        } catch (NoSuchFileException e) {
            throw new Failure(Exit.USAGE, "there is no file " + path, "");
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private void run(InputStream in) {
        long begun = System.nanoTime();
        UserImport.Result done = store.make(administration -> {
            UserImport users = administration.importUsers(update, iterations);
            read(new BufferedInputStream(in), users);
            if (invalid + existing > 0) {
                refuseOrSkip();
            }
            try {
                return users.run(
                        count -> output.progress(String.format(Locale.ROOT, "%,d of %,d", count, users.size())));
            } finally {
                output.progress("");
            }
        });
        int skipped = invalid + existing + done.left().size();
        double seconds = (System.nanoTime() - begun) / 1e9;
        output.result(
                String.format(Locale.ROOT, "Added %,d users", done.added())
                        + (done.updated() > 0 ? String.format(Locale.ROOT, ", updated %,d", done.updated()) : "")
                        + (skipped > 0 ? String.format(Locale.ROOT, ", left out %,d lines", skipped) : "")
                        + String.format(Locale.ROOT, " in %.1f s", seconds),
                object(
                        "added",
                        done.added(),
                        "updated",
                        done.updated(),
                        "skipped",
                        skipped,
                        "seconds",
                        Math.round(seconds * 1000) / 1000.0));
    }

    private void refuseOrSkip() {
        int bad = invalid + existing;
        if (bad > NAMED_LINES) {
            output.warn("and " + (bad - NAMED_LINES) + " more lines");
        }
        if (!skipBad) {
            throw new Failure(
                    invalid > 0 ? Exit.USAGE : Exit.EXISTS,
                    "nothing was imported: " + bad + " of " + lines + " lines cannot be",
                    invalid > 0
                            ? "correct them, or leave them out with --skip-bad"
                            : "leave those users as they are with --skip-bad, or set their passwords with --update");
        }
    }

    private void read(InputStream in, UserImport users) {
        try {
            for (byte[] line; (line = line(in)) != null; ) {
                lines++;
                if (line.length > 0) {
                    read(line, users);
                }
            }
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private void read(byte[] line, UserImport users) {
        if (line.length > LONGEST_LINE) {
            bad(Reason.INVALID, "it has more than " + LONGEST_LINE + " bytes");
            return;
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line))
                    .toString();
            int comma = text.indexOf(',');
            if (comma < 0) {
                bad(Reason.INVALID, "there is no comma between a name and a password");
                return;
            }
            users.add(text.substring(0, comma), text.substring(comma + 1));
        } catch (CharacterCodingException e) {
            bad(Reason.INVALID, "it is not UTF-8");
        } catch (AdministrationException e) {
            if (e.reason() == Reason.STORE) {
                throw e;
            }
            bad(e.reason(), String.valueOf(e.getMessage()));
        }
    }

    /** The next line without its end, null where there is none; of one that is too long the beginning, which is too long as well. */
    private static byte @Nullable [] line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int b = in.read();
        if (b < 0) {
            return null;
        }
        for (; b >= 0 && b != '\n'; b = in.read()) {
            if (line.size() <= LONGEST_LINE + 1) {
                line.write(b);
            }
        }
        byte[] bytes = line.toByteArray();
        boolean windows = bytes.length > 0 && bytes[bytes.length - 1] == '\r';
        return windows ? Arrays.copyOf(bytes, bytes.length - 1) : bytes;
    }

    private void bad(Reason reason, String why) {
        if (reason == Reason.EXISTS) {
            existing++;
        } else {
            invalid++;
        }
        if (invalid + existing <= NAMED_LINES) {
            output.warn("line " + lines + ": " + Output.printable(why));
        }
    }

    private static Failure unreadable(IOException e) {
        return new Failure(Exit.USAGE, "the users cannot be read: " + e.getMessage(), "");
    }
}
