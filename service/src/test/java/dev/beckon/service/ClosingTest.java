package dev.beckon.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.store.Store;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClosingTest {
    /** Less than one wait for a connection that will never come back. */
    private static final Duration SOON = Duration.ofSeconds(25);

    @TempDir
    Path home;

    @Test
    void closingAgainDoesNothing() {
        Service service = Service.start(ServiceConfig.of(home, "example.test").withAddress("127.0.0.1", 0));
        service.close();
        long before = System.nanoTime();
        service.close();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(SOON);
        Service.start(ServiceConfig.of(home, "example.test").withAddress("127.0.0.1", 0))
                .close();
    }

    @Test
    void closingTheStoreAgainDoesNothing() {
        Store store = Store.open(home);
        store.close();
        long before = System.nanoTime();
        store.close();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(SOON);
    }
}
