package dev.beckon.agent.registry;

import com.typesafe.config.ConfigUtil;
import dev.beckon.Application;
import dev.beckon.Limits;
import dev.beckon.SessionException;
import dev.beckon.agent.files.AtomicFile;
import dev.beckon.agent.files.BadFileException;
import dev.beckon.agent.files.ConfigFile;
import dev.beckon.agent.files.FileProblem;
import dev.beckon.agent.files.Section;
import dev.beckon.agent.launch.CommandLine;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The file of one application: {@code {GUID}.conf}, with the keys {@code name}, {@code url} and {@code path}. */
final class ApplicationFile {
    static final String SUFFIX = ".conf";

    private static final int MAX_BYTES = 16 * 1024;

    private ApplicationFile() {}

    static Path of(Path folder, String guid) {
        return folder.resolve(guid + SUFFIX);
    }

    /**
     * Reads one. That its executable is there is not asked: a program being updated or on a drive that comes and goes
     * stays registered, and a launch that fails says why.
     */
    static Application read(Path file) throws NoSuchFileException, BadFileException {
        String fileName = String.valueOf(file.getFileName());
        String guid = fileName.substring(0, fileName.length() - SUFFIX.length());
        try {
            Limits.guid(guid);
        } catch (SessionException e) {
            throw new BadFileException(new FileProblem(
                    file,
                    0,
                    "its name is no GUID",
                    "name it {XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX}.conf, with upper-case hexadecimal digits"));
        }
        Section values = ConfigFile.read(file, MAX_BYTES, false);
        values.only("name", "url", "path");
        if (!values.has("path")) {
            throw values.bad("path", "is missing", "write path = \"/absolute/path/of/the/executable\"");
        }
        String name = values.text("name", "");
        String url = values.text("url", "");
        String path = values.text("path", "");
        check(values, "name", () -> Limits.text("application name", name, Limits.NAME_CHARACTERS));
        check(values, "url", () -> Application.checkUrl(url));
        check(values, "path", () -> CommandLine.parse(path));
        Application application = new Application(guid, name, url, path);
        check(values, "path", application::check);
        return application;
    }

    /** Lays what a check complains about at the line of the key. */
    private static void check(Section values, String key, Runnable check) throws BadFileException {
        try {
            check.run();
        } catch (SessionException e) {
            throw values.bad(key, "is not usable: " + e.problem(), e.remedy());
        }
    }

    static void write(Path folder, Application application) throws IOException {
        String text = """
                # An application people can be invited to with Beckon. You may edit this file by hand: a change counts
                # within seconds, and deleting the file unregisters the application.
                name = %s
                url = %s
                # The absolute path of the executable, with its arguments; a part with spaces stands in \\".
                path = %s
                """.formatted(
                        ConfigUtil.quoteString(application.name()),
                        ConfigUtil.quoteString(application.url()),
                        ConfigUtil.quoteString(application.path()));
        AtomicFile.write(of(folder, application.guid()), text);
    }
}
