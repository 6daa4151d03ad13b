package dev.beckon.service;

import dev.beckon.service.route.Feature;
import dev.beckon.service.store.Store;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A real service on a real store, with the accounts alice, bob and carol; everybody's password is {@code secret}. */
public final class TestService implements AutoCloseable {
    static final String DOMAIN = "example.test";

    private final Service service;

    TestService(Path home, String settings, List<? extends Feature> features) {
        ServiceConfig config = ServiceConfig.of(home, DOMAIN)
                .withAddress("127.0.0.1", 0)
                .withScramIterations(4096)
                .with(settings);
        Store store = Store.open(home);
        store.accounts().hashPasswords(4096);
        for (String name : List.of("alice", "bob", "carol")) {
            store.accounts().add(name, "secret").join();
        }
        service = Service.start(config, features, store);
    }

    public TestService(Path home) {
        this(home, "", List.of());
    }

    public Service service() {
        return service;
    }

    public TestClient connect() throws IOException {
        return new TestClient(service.port(), DOMAIN);
    }

    public TestClient signIn(String user, String resource) throws IOException {
        return TestClient.signedIn(service.port(), DOMAIN, user, "secret", resource);
    }

    /** Signed in, and its presence sent. */
    public TestClient available(String user, String resource) throws IOException {
        TestClient client = signIn(user, resource);
        client.send("<presence/>");
        client.sync();
        return client;
    }

    @Override
    public void close() {
        service.close();
    }
}
