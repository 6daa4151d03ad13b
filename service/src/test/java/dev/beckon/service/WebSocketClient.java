package dev.beckon.service;

import dev.beckon.service.xml.Element;
import dev.beckon.service.xml.XmlException;
import dev.beckon.service.xml.XmlScanner;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.xml.parsers.DocumentBuilderFactory;
import org.xml.sax.InputSource;

/** The same over WebSocket, by the JDK's own client. Each message that comes must be a document for another's parser too. */
final class WebSocketClient extends TestClient {
    private final String domain;
    private final WebSocket socket;
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final BlockingQueue<String> pongs = new LinkedBlockingQueue<>();

    WebSocketClient(int port, String domain) throws IOException {
        super(domain);
        this.domain = domain;
        try {
            socket = HttpClient.newBuilder()
                    .sslContext(trusting())
                    .build()
                    .newWebSocketBuilder()
                    .subprotocols("xmpp")
                    .buildAsync(URI.create("wss://127.0.0.1:" + port + "/xmpp-websocket"), new Listening())
                    .join();
        } catch (CompletionException e) {
            throw new IOException(e.getCause());
        }
    }

    static WebSocketClient signedIn(int port, String domain, String user, String resource) throws IOException {
        WebSocketClient client = new WebSocketClient(port, domain);
        client.open();
        client.signIn("SCRAM-SHA-256", user, "secret");
        client.bind(resource);
        return client;
    }

    static SSLContext trusting() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Trusting()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Element open() throws IOException {
        send("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='" + domain + "' version='1.0'/>");
        Element open = expect("open");
        if (!open.namespace().equals("urn:ietf:params:xml:ns:xmpp-framing") || open.attribute("id") == null) {
            throw new IOException("no good opening: " + open.toXml(""));
        }
        return expect("features");
    }

    /** Stanzas are given as over TCP; here they declare their namespace. */
    @Override
    public void send(String xml) throws IOException {
        sendAsIs(xml.replaceFirst("^<(message|presence|iq)(?=[\\s/>])(?![^>]*xmlns=)", "<$1 xmlns='jabber:client'"));
    }

    void sendAsIs(String text) throws IOException {
        try {
            socket.sendText(text, true).join();
        } catch (CompletionException e) {
            throw new IOException(e.getCause());
        }
    }

    WebSocket webSocket() {
        return socket;
    }

    @Override
    public Element next() throws IOException {
        String message = text();
        try {
            return XmlScanner.parse(message.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        } catch (XmlException e) {
            throw new IOException("bad XML from the service: " + message, e);
        }
    }

    /** The next message as it came. */
    String text() throws IOException {
        try {
            String message = received.poll(20, TimeUnit.SECONDS);
            if (message == null) {
                throw new IOException("nothing came within 20 s");
            }
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setNamespaceAware(true);
            var root = factory.newDocumentBuilder()
                    .parse(new InputSource(new StringReader(message)))
                    .getDocumentElement();
            if (root.getNamespaceURI() == null) {
                throw new IOException("without a namespace: " + message);
            }
            return message;
        } catch (InterruptedException e) {
            throw new IOException(e);
        } catch (javax.xml.parsers.ParserConfigurationException | org.xml.sax.SAXException e) {
            throw new IOException("no document", e);
        }
    }

    /** What came back for a ping. */
    String pong() throws InterruptedException {
        return String.valueOf(pongs.poll(20, TimeUnit.SECONDS));
    }

    @Override
    public String expectStreamError() throws IOException {
        Element error = expect("error");
        expect("close");
        return error.children().get(0).name();
    }

    /** The status that the service closes the connection with. */
    int closed() throws Exception {
        return closed.get(20, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        socket.abort();
    }

    private final class Listening implements WebSocket.Listener {
        private final StringBuilder message = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            message.append(data);
            if (last) {
                received.add(message.toString());
                message.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onPong(WebSocket socket, ByteBuffer data) {
            pongs.add(java.nio.charset.StandardCharsets.UTF_8.decode(data).toString());
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            closed.complete(status);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            closed.completeExceptionally(error);
        }
    }

    /** Extended, so that the JDK does not hold the name against the certificate by itself: the test connects to an address. */
    private static final class Trusting extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
