package dev.beckon.agent.launch;

import static dev.beckon.ResultCode.E_INVALIDARG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.beckon.SessionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisabledOnOs(OS.WINDOWS)
class CommandLineTest {
    @Test
    void spacesSeparateAndQuotesHoldTogether() {
        parses("/bin/a", "/bin/a");
        parses("  /bin/a   b\tc ", "/bin/a", "b", "c");
        parses("\"/opt/my app/run\" \"x y\" --z=\"1 2\"3", "/opt/my app/run", "x y", "--z=1 23");
        parses("/bin/a \"\" \"\"b", "/bin/a", "", "b");
    }

    @Test
    void nothingMeansAnythingToAShell() {
        parses(
                "/bin/a $HOME `id` ;rm -rf *|x>y&& 'q q' \\ ~",
                "/bin/a",
                "$HOME",
                "`id`",
                ";rm",
                "-rf",
                "*|x>y&&",
                "'q",
                "q'",
                "\\",
                "~");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "  ", "\"\"", "\"/bin/a", "/bin/a \"b", "bin/a", "./a", "~/a", "/bin/a\nb", "/bin/\u0000"})
    void whatNamesNoExecutableIsInvalid(String path) {
        assertThatThrownBy(() -> CommandLine.parse(path))
                .isInstanceOfSatisfying(
                        SessionException.class, e -> assertThat(e.code()).isEqualTo(E_INVALIDARG));
    }

    private static void parses(String path, String... parts) {
        assertThat(CommandLine.parse(path).parts()).containsExactly(parts);
    }
}
