package dev.beckon.cli;

import static dev.beckon.cli.Run.beckon;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import dev.beckon.service.Service;
import dev.beckon.service.ServiceConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.ParseResult;

/** What docs/operating.md and the examples under deploy say can be done as it is said. */
@Timeout(300)
class OperatingTest {
    private static final Path DEPLOY = Path.of("../deploy");

    @TempDir
    Path folder;

    @Test
    void everyCommandOfTheGuideWorksInItsOrder() throws Exception {
        String guide = Files.readString(Path.of("../docs/operating.md"));
        Files.writeString(folder.resolve("password"), "correct horse battery\n");
        Matcher blocks = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL).matcher(guide);
        int commands = 0;
        Service service = null;
        try {
            while (blocks.find()) {
                for (String line : blocks.group(1).lines().toList()) {
                    commands++;
                    String[] parts = line.replace("/srv", folder.toString()).split(" > ");
                    List<String> words = new ArrayList<>(List.of(parts[0].split(" ")));
                    assertThat(words.remove(0)).isEqualTo("beckon");
                    if (words.get(0).equals("serve")) {
                        // Not the port that something else may have.
                        words.addAll(List.of("--c2s-port", "0"));
                        if (!words.contains("--check")) {
                            assertThat(parse(words).subcommand().hasMatchedOption("--home"))
                                    .isTrue();
                            service = Service.start(ServiceConfig.of(folder.resolve("beckon"), "example.org")
                                    .withFile(folder.resolve("beckon.conf"))
                                    .withAddress("127.0.0.1", 0));
                            continue;
                        }
                    }
                    Run run = beckon(words.toArray(String[]::new));
                    assertThat(run.exit())
                            .as("%s: %s%s", line, run.out(), run.err())
                            .isZero();
                    if (parts.length > 1) {
                        Files.writeString(Path.of(parts[1]), run.out());
                    }
                }
            }
        } finally {
            if (service != null) {
                service.close();
            }
        }
        assertThat(commands).isGreaterThan(10);
    }

    private static ParseResult parse(List<String> words) {
        return Main.commandLine(new Output(System.out, System.err, false)).parseArgs(words.toArray(String[]::new));
    }

    @Test
    void everyDocumentTheGuideLinksIsThere() throws IOException {
        Matcher links =
                Pattern.compile("\\]\\((?!https?:)([^)#]+)").matcher(Files.readString(Path.of("../docs/operating.md")));
        while (links.find()) {
            assertThat(Path.of("../docs", links.group(1))).exists();
        }
    }

    /** The words of a log line in backquotes are those of the sources. */
    @Test
    void everyLineOfTheLogInTheTableIsSaidSomewhere() throws IOException {
        StringBuilder sources = new StringBuilder();
        for (String module : List.of("../service", "../cli")) {
            try (var files = Files.walk(Path.of(module, "src/main/java"))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    sources.append(Files.readString(file).replaceAll("\"\\s*\\+\\s*\"", ""));
                }
            }
        }
        Matcher rows = Pattern.compile("(?m)^\\| [^|]+ \\| ([^|]+) \\|")
                .matcher(Files.readString(Path.of("../docs/operating.md")));
        int checked = 0;
        while (rows.find()) {
            Matcher quoted = Pattern.compile("`([^`]+)`").matcher(rows.group(1));
            while (quoted.find()) {
                for (String piece : quoted.group(1).split("…")) {
                    assertThat(sources).contains(piece.replace("5222", "").strip());
                    checked++;
                }
            }
        }
        assertThat(checked).isGreaterThan(15);
    }

    @Test
    void theUnitRunsCommandsThatThereAre() throws IOException {
        List<String> lines = Files.readAllLines(DEPLOY.resolve("beckon.service"));
        int commands = 0;
        for (String line : lines) {
            Matcher exec =
                    Pattern.compile("Exec\\w+=/opt/beckon/bin/beckon (.*)").matcher(line);
            if (exec.matches()) {
                commands++;
                checkServe(List.of(exec.group(1)
                        .replace("${STATE_DIRECTORY}", folder.toString())
                        .split(" ")));
            }
        }
        assertThat(commands).isEqualTo(2);
        assertThat(lines).contains("ExecReload=/bin/kill -HUP $MAINPID");
    }

    @Test
    void theContainerRunsACommandThatThereIsWithFilesThatThereAre() throws IOException {
        String file = Files.readString(DEPLOY.resolve("Containerfile"));
        Matcher command = Pattern.compile("(?m)^CMD (\\[.*])$").matcher(file);
        assertThat(command.find()).isTrue();
        checkServe(StreamSupport.stream(
                        JsonParser.parseString(command.group(1))
                                .getAsJsonArray()
                                .spliterator(),
                        false)
                .map(JsonElement::getAsString)
                .toList());
        Matcher copies = Pattern.compile("(?m)^COPY (deploy/\\S+)").matcher(file);
        assertThat(copies.results().map(copy -> copy.group(1)))
                .hasSize(2)
                .allSatisfy(source -> assertThat(Path.of("..", source)).isRegularFile());
        ServiceConfig config = ServiceConfig.of(folder, "unnamed.invalid").withFile(DEPLOY.resolve("container.conf"));
        assertThat(config.log().to()).isEqualTo(ServiceConfig.Log.To.STDOUT);
    }

    /** The options are there, and so are the settings. */
    private void checkServe(List<String> words) {
        ParseResult serve = parse(words).subcommand();
        assertThat(serve.commandSpec().name()).isEqualTo("serve");
        Map<String, String> settings = serve.matchedOptionValue("--set", Map.of());
        assertThat(ServiceConfig.of(folder, "example.org").with(settings).log().to())
                .isNotNull();
    }
}
