package dev.beckon.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The packaged product, run as the launcher at the root runs it. */
final class Installation {
    private static final Path ROOT =
            Path.of(System.getProperty("beckon.root", "..")).toAbsolutePath().normalize();
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    private Installation() {}

    static Path root() {
        return ROOT;
    }

    static Path java() {
        return JAVA;
    }

    private static Path library() {
        Path library = ROOT.resolve("cli/target/beckon/lib");
        assertThat(Files.isDirectory(library))
                .as("%s holds what was packaged; run with -am", library)
                .isTrue();
        return library;
    }

    /** The beckon command with these arguments. */
    static List<String> command(String... arguments) {
        return commandWith(List.of(), arguments);
    }

    /** The same, with options for the Java that runs it. */
    static List<String> commandWith(List<String> javaOptions, String... arguments) {
        List<String> command = new ArrayList<>(flags());
        command.addAll(javaOptions);
        command.addAll(List.of("-Dbeckon.root=" + ROOT, "-cp", library() + "/*", "dev.beckon.cli.Main"));
        command.addAll(List.of(arguments));
        return command;
    }

    /** A shell command line that runs a class of these tests with what applications link. */
    static String javaCommand(Class<?> main, String... arguments) {
        Path tests = ROOT.resolve("system-tests/target/test-classes");
        return "'" + String.join("' '", flags()) + "' -cp '" + tests + ":" + library() + "/*' " + main.getName() + " '"
                + String.join("' '", arguments) + "'";
    }

    private static List<String> flags() {
        List<String> flags = new ArrayList<>(
                List.of(JAVA.toString(), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx256m"));
        if (Runtime.version().feature() >= 24) {
            flags.add("--enable-native-access=ALL-UNNAMED");
        }
        return flags;
    }
}
