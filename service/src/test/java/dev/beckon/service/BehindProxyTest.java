package dev.beckon.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.xml.Element;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BehindProxyTest {
    @TempDir
    Path home;

    @Test
    void clientsSignInWithoutTlsOfTheService() throws Exception {
        try (TestService service = new TestService(home, "tls.at-proxy = true", List.of());
                TestClient client = service.connect()) {
            Element features = client.open();
            assertThat(features.child("starttls", "urn:ietf:params:xml:ns:xmpp-tls"))
                    .isNull();
            client.signIn("SCRAM-SHA-256", "alice", "secret");
            client.bind("phone");
            client.send("<presence/>");
            client.sync();
        }
    }

    @Test
    void withoutTheSettingNothingGoesWithoutTls() throws Exception {
        try (TestService service = new TestService(home);
                TestClient client = service.connect()) {
            client.open();
            assertThat(client.authenticate("SCRAM-SHA-256", "alice", "secret").firstChild())
                    .extracting(Element::name)
                    .isEqualTo("encryption-required");
        }
    }
}
