package dev.beckon.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.Contact;
import dev.beckon.Lock;
import dev.beckon.Messenger;
import dev.beckon.MessengerListener;
import dev.beckon.Session;
import dev.beckon.SessionListener;
import dev.beckon.SessionManager;
import dev.beckon.SessionManagerListener;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** docs/from-messenger.md leaves no member out. */
class FromMessengerTest {
    @ParameterizedTest
    @ValueSource(
            classes = {
                SessionManager.class,
                SessionManagerListener.class,
                Session.class,
                SessionListener.class,
                Lock.class,
                Contact.class,
                Messenger.class,
                MessengerListener.class
            })
    void everyMemberHasItsRow(Class<?> type) throws IOException {
        String table = Files.readString(Path.of("..", "docs", "from-messenger.md"));
        assertThat(Arrays.stream(type.getDeclaredMethods())
                        .filter(m -> !m.isSynthetic())
                        .map(Method::getName)
                        .filter(name -> !table.matches("(?s).*\\b" + name + "\\b.*")))
                .as("members of %s missing in the table", type.getSimpleName())
                .isEmpty();
    }
}
