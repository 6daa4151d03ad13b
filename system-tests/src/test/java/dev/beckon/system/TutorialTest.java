package dev.beckon.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The tutorial shows the sample's code, and keeps its word about how little that is. */
class TutorialTest {
    private static final Path ROOT = Path.of("..");

    @Test
    void itsProgramIsTheSample() throws IOException {
        Path sample = ROOT.resolve("samples/noughts/src/main/java/dev/beckon/samples/noughts/Noughts.java");
        List<String> lines = Files.readAllLines(sample);
        assertThat(lines).hasSizeLessThanOrEqualTo(150);
        assertThat(lines.get(0)).startsWith("package ");
        assertThat(withoutBlankLines(new Tutorial(ROOT).program()))
                .isEqualTo(withoutBlankLines(String.join("\n", lines.subList(1, lines.size()))));
    }

    private static List<String> withoutBlankLines(String text) {
        return text.lines().filter(line -> !line.isBlank()).toList();
    }
}
