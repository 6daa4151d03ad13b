package dev.beckon.cli;

import static dev.beckon.cli.Run.beckon;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class CommandLineTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "invit bob@example.org | there is no command \"invit\" | invite",
                "contacts add --nam Bob bob@example.org | '--nam' | --name",
                "contacts ad bob@example.org | there is no command \"ad\" | add",
                "invite bob@example.org | '--app=APP' | beckon invite --help",
                "invite --app Whiteboard | 'CONTACT' | beckon invite --help",
                "sessions now | \"now\" is one too many | beckon sessions --help",
                "serve --domain example.org | '--home=DIR' | beckon serve --help",
                "serve --home x --domain example.org --c2s-port many | '--c2s-port' | beckon serve --help",
                "serve --hom x --domain example.org | '--hom' | --home",
                "serve --home x --domain example.org --c2s-port 70000 | 70000 is no port | 1 to 65535",
                "status asleep | 'asleep' | beckon status --help",
                "user | add, import, list, remove or passwd | beckon user --help",
                "key issue x --home y --guid z --environment moon | 'moon' | beckon key issue --help",
                "help dance | \"dance\" | beckon help --help",
                "'' | a command is missing | beckon --help"
            })
    void whatIsWrittenWronglyIsNamedWithWhatToDo(String arguments, String problem, String remedy) {
        String[] words = arguments.isEmpty() ? new String[0] : arguments.split(" ");
        Run run = beckon(words);
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains(problem, remedy);
        assertThat(run.err().lines()).hasSize(2);
    }

    @Test
    void whatSomebodyTookForAPasswordIsNotRepeated() {
        for (String[] words : new String[][] {{"--password", "hunter2"}, {"--password=hunter2"}}) {
            String[] line = Stream.concat(Stream.of("agent", "--user", "a@b.test"), Stream.of(words))
                    .toArray(String[]::new);
            Run run = beckon(line);
            assertThat(run.exit()).isEqualTo(2);
            assertThat(run.err()).contains("Unknown option: '--password'").doesNotContain("hunter2");
        }
    }

    @Test
    void usageErrorsAreJsonWhereItIsAskedFor() {
        Run run = beckon("invite", "--json", "--apq");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.error().get("code").getAsString()).isEqualTo("USAGE");
        assertThat(run.error().get("exit").getAsInt()).isEqualTo(2);
        assertThat(run.error().get("problem").getAsString()).isNotBlank();
        assertThat(run.error().get("remedy").getAsString()).isNotBlank();
    }

    @Test
    void jsonMayStandBeforeOrAfterTheCommand() {
        assertThat(beckon("--json", "help", "exit-codes").objects()).hasSize(Exit.values().length);
        assertThat(beckon("help", "exit-codes", "--json").objects()).hasSize(Exit.values().length);
    }

    @Test
    void everyExitCodeStandsInTheDocumentation() throws Exception {
        String documentation = Files.readString(Path.of("../docs/cli.md"));
        for (Exit exit : Exit.values()) {
            assertThat(documentation)
                    .contains("| " + exit.number() + " | " + exit.name() + " | " + exit.meaning() + " |");
        }
        assertThat(Arrays.stream(Exit.values()).map(Exit::number)).doesNotHaveDuplicates();
    }

    @Test
    void everyCommandIsExplainedAndStandsInTheDocumentation() throws Exception {
        String documentation = Files.readString(Path.of("../docs/cli.md"));
        for (List<String> command : commands()) {
            List<String> words = new ArrayList<>(command);
            words.add("--help");
            Run run = beckon(words.toArray(String[]::new));
            assertThat(run.exit()).as("%s", command).isZero();
            assertThat(run.out()).startsWith("Usage: beckon " + String.join(" ", command));
            assertThat(documentation).as("%s", command).contains("beckon " + String.join(" ", command));
        }
    }

    @Test
    void noCommandTakesAPasswordAsAnArgument() {
        for (List<String> command : commands()) {
            CommandLine line = line(command);
            assertThat(line.getCommandSpec().optionsMap())
                    .doesNotContainKeys("--password", "--passwd", "-p")
                    .allSatisfy((name, option) -> assertThat(name.contains("password")
                                    && !name.equals("--password-file")
                                    && option.arity().max() > 0)
                            .isFalse());
        }
    }

    @Test
    void versionNamesTheVersion() {
        Run run = beckon("--version");
        assertThat(run.exit()).isZero();
        assertThat(run.out()).startsWith("beckon ");
    }

    @Test
    void namesFromOutsideDoNotSteerTheTerminal() {
        assertThat(Output.printable("Bo\u001b[31mb\r\n\u202Ex\u2028"))
                .isEqualTo("Bo\uFFFD[31mb\uFFFD\uFFFD\uFFFDx\uFFFD");
        assertThat(Output.printable("Zoë 🦊 李")).isEqualTo("Zoë 🦊 李");
    }

    @ParameterizedTest
    @CsvSource({
        "example.org, example.org, 0",
        "example.org:5222, example.org, 5222",
        "127.0.0.1:1, 127.0.0.1, 1",
        "::1, ::1, 0",
        "[::1], ::1, 0",
        "[::1]:65535, ::1, 65535"
    })
    void aServerIsAHostWithOrWithoutPort(String text, String host, int port) {
        assertThat(AgentCommand.Address.parse(text)).isEqualTo(new AgentCommand.Address(host, port));
    }

    @ParameterizedTest
    @CsvSource({"example.org:0", "example.org:65536", "example.org:x", "example.org:", ":5222", "' '"})
    void whatIsNoServerIsRefused(String text) {
        Run run = beckon("agent", "--user", "a@b.example", "--server", text, "--password-stdin");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("--server");
    }

    private static CommandLine root() {
        Output output = new Output(System.out, System.err, false);
        return Main.commandLine(output);
    }

    private static CommandLine line(List<String> command) {
        CommandLine line = root();
        for (String word : command) {
            line = line.getSubcommands().get(word);
        }
        return line;
    }

    private static List<List<String>> commands() {
        List<List<String>> all = new ArrayList<>();
        root().getSubcommands().forEach((name, line) -> {
            all.add(List.of(name));
            line.getSubcommands().keySet().forEach(sub -> all.add(List.of(name, sub)));
        });
        return all;
    }
}
