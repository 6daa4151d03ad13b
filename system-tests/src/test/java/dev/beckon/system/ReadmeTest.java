package dev.beckon.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows is true. */
class ReadmeTest {
    @TempDir
    private Path folder;

    @Test
    void theProgramCompilesAsPrinted() throws Exception {
        String readme = Files.readString(Path.of("..", "README.md"));
        int begin = readme.indexOf("```java") + "```java".length();
        String program = readme.substring(begin, readme.indexOf("```", begin));
        assertThat(program.strip().lines().count()).as("lines of the program").isLessThanOrEqualTo(15);
        Path source = folder.resolve("Program.java");
        Files.writeString(source, """
                import dev.beckon.*;
                import dev.beckon.local.Beckon;

                class Program {
                    static final String GUID = "{00000000-0000-4000-8000-000000000001}";

                    static void play(String address) {}

                    static void main() {
                        %s
                    }
                }
                """.formatted(program));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            boolean compiles = compiler.getTask(
                            null, files, null, List.of("-d", folder.toString()), null, files.getJavaFileObjects(source))
                    .call();
            assertThat(compiles).isTrue();
        }
    }

    @Test
    void everyDocumentItLinksIsThere() throws Exception {
        for (String document : List.of("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")) {
            String text = Files.readString(Path.of("..", document));
            var links =
                    java.util.regex.Pattern.compile("\\]\\((?!https?:)([^)#]+)").matcher(text);
            while (links.find()) {
                assertThat(Path.of("..", links.group(1)))
                        .as("linked in %s", document)
                        .exists();
            }
        }
    }
}
