package dev.beckon.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.beckon.conformance.Result.Verdict;
import dev.beckon.service.Service;
import dev.beckon.service.ServiceConfig;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.igniterealtime.smack.inttest.XmppConnectionDescriptor;
import org.igniterealtime.smack.inttest.XmppConnectionManager;
import org.jivesoftware.smack.c2s.ModularXmppClientToServerConnection;
import org.jivesoftware.smack.c2s.ModularXmppClientToServerConnectionConfiguration;
import org.jivesoftware.smack.tcp.XMPPTCPConnection;
import org.jivesoftware.smack.tcp.XMPPTCPConnectionConfiguration;
import org.jivesoftware.smack.websocket.XmppWebSocketTransportModuleDescriptor;
import org.jivesoftware.smack.websocket.java11.Java11WebSocketFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Starts a service and holds it against the {@link Profile}, once for each way to connect. */
class ConformanceIT {
    private static final String DOMAIN = "example.test";
    private static final String TCP = "tcp";
    private static final String WEBSOCKET = "websocket";

    @TempDir
    private static Path home;

    private static Service service;

    @BeforeAll
    static void start() throws Exception {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        // Each class of tests registers accounts of its own.
        Path settings = Files.writeString(home.resolve("service.conf"), "limits.registrations-per-hour = 1000000\n");
        service = Service.start(ServiceConfig.of(home, DOMAIN)
                .withAddress("127.0.0.1", 0)
                .withHttpPort(0)
                .withOpenRegistration(true)
                .withFile(settings));
        trust(service.certificate());
        XmppConnectionManager.addConnectionDescriptor(XmppConnectionDescriptor.buildWith(
                        XMPPTCPConnection.class,
                        XMPPTCPConnectionConfiguration.class,
                        XMPPTCPConnectionConfiguration.Builder.class)
                .withNickname(TCP)
                .applyExtraConfiguration(builder ->
                        builder.setHostAddress(InetAddress.getLoopbackAddress()).setPort(service.port()))
                .build());
        URI address = URI.create("wss://127.0.0.1:" + service.httpPort() + "/xmpp-websocket");
        XmppConnectionManager.addConnectionDescriptor(XmppConnectionDescriptor.buildWith(
                        ModularXmppClientToServerConnection.class,
                        ModularXmppClientToServerConnectionConfiguration.class,
                        ModularXmppClientToServerConnectionConfiguration.Builder.class)
                .withNickname(WEBSOCKET)
                .applyExtraConfiguration(builder -> {
                    builder.removeAllModules();
                    builder.addModule(XmppWebSocketTransportModuleDescriptor.getBuilder(builder)
                            .explicitlySetWebSocketEndpointAndDiscovery(address, false)
                            .setWebSocketFactory(Java11WebSocketFactory.INSTANCE)
                            .build());
                })
                .build());
    }

    @AfterAll
    static void stop() {
        if (service != null) {
            service.close();
        }
    }

    @TestFactory
    Stream<DynamicTest> overTls() throws Exception {
        return judged(TCP);
    }

    @TestFactory
    Stream<DynamicTest> overWebSocket() throws Exception {
        return judged(WEBSOCKET);
    }

    private static Stream<DynamicTest> judged(String connection) throws Exception {
        List<Result> results = new Suite(DOMAIN, connection, Duration.ofSeconds(10)).run(Profile.TESTS);
        assertThat(results).isNotEmpty();
        print(connection, results);
        return results.stream().map(each -> DynamicTest.dynamicTest(each.test().toString(), () -> judge(each)));
    }

    /** By the JVM's own trust store: what can be set for a connection has no effect in this version of Smack. */
    private static void trust(Path certificate) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        try (InputStream in = Files.newInputStream(certificate)) {
            trusted.setCertificateEntry(
                    "service", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        Path file = home.resolve("trust.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            trusted.store(out, "changeit".toCharArray());
        }
        System.setProperty("javax.net.ssl.trustStore", file.toString());
        System.setProperty("javax.net.ssl.trustStorePassword", "changeit");
        // A WebSocket is at an address, and the certificate is for the domain, which has none here.
        System.setProperty("jdk.internal.httpclient.disableHostnameVerification", "true");
    }

    private static void judge(Result result) {
        switch (result.verdict()) {
            case PASSED -> {}
            case FAILED -> throw new AssertionError(result.why());
            case SKIPPED -> abort(result.why());
        }
    }

    /** What did not simply pass, a table, and the sum. */
    private static void print(String connection, List<Result> results) {
        results.stream()
                .filter(each -> !each.hasPassed() || each.isFlaky())
                .forEach(each -> System.out.printf(
                        "%-7s %s %s: %s%n",
                        each.isFlaky() ? "FLAKY" : each.verdict(),
                        each.test().specification(),
                        each.test(),
                        each.why()));
        System.out.printf("%n%-12s %6s %6s %7s %8s%n", connection, "passed", "failed", "skipped", "seconds");
        Map<String, List<Result>> bySpecification = results.stream()
                .collect(Collectors.groupingBy(each -> each.test().specification(), TreeMap::new, Collectors.toList()));
        bySpecification.forEach(ConformanceIT::printRow);
        printRow(
                "our own", results.stream().filter(each -> each.test().isOurs()).toList());
        System.out.printf(
                "passed=%d failed=%d skipped=%d%n",
                Result.count(results, Verdict.PASSED),
                Result.count(results, Verdict.FAILED),
                Result.count(results, Verdict.SKIPPED));
    }

    private static void printRow(String name, List<Result> results) {
        System.out.printf(
                "%-12s %6d %6d %7d %8.1f%n",
                name,
                Result.count(results, Verdict.PASSED),
                Result.count(results, Verdict.FAILED),
                Result.count(results, Verdict.SKIPPED),
                results.stream().mapToLong(each -> each.time().toMillis()).sum() / 1000.0);
    }
}
