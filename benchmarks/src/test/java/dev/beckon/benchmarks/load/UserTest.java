package dev.beckon.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserTest {
    @TempDir
    Path folder;

    @Test
    void everythingBehindTheFirstCommaIsThePassword() throws IOException {
        Path file = Files.writeString(folder.resolve("users"), "# test users\n\nu1,pw\nu2,p,w \n");
        assertThat(User.read(file)).containsExactly(new User("u1", "pw"), new User("u2", "p,w "));
    }

    @Test
    void aLineThatIsNoneIsNamedByItsNumberAlone() throws IOException {
        Path file = Files.writeString(folder.resolve("users"), "u1,pw\nsecret\n");
        assertThatThrownBy(() -> User.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("line 2")
                .hasMessageNotContaining("secret");
    }

    @Test
    void aUserDoesNotShowThePassword() {
        assertThat(new User("u1", "pw")).hasToString("u1");
    }
}
