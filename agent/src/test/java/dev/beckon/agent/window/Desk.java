package dev.beckon.agent.window;

import dev.beckon.agent.Seat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A seat and its window, served; nobody is signed in yet. */
final class Desk implements AutoCloseable {
    final Path home;
    final Seat seat;
    final Window window;
    final List<String> notices = new CopyOnWriteArrayList<>();
    private final List<Visitor> visitors = new ArrayList<>();

    Desk(Path home, @Nullable EmbeddedService service) {
        this.home = home;
        seat = Seat.take(home, List.of(), notices::add);
        window = Window.of(seat, service, notices::add);
        window.serve();
    }

    Desk(Path home) {
        this(home, null);
    }

    /** Writes agent.conf of a home before somebody takes its seat. */
    static void configure(Path home, String settings) {
        try {
            Files.createDirectories(
                    home, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Files.writeString(home.resolve("agent.conf"), settings + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A page that was let in and listens. */
    Visitor page() {
        Visitor visitor = new Visitor(window.entrance()).listening();
        visitors.add(visitor);
        return visitor;
    }

    @Override
    public void close() throws IOException {
        for (Visitor visitor : visitors) {
            visitor.close();
        }
        window.close();
        seat.close();
    }
}
