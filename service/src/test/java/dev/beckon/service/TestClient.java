package dev.beckon.service;

import dev.beckon.service.xml.Element;
import dev.beckon.service.xml.XmlException;
import dev.beckon.service.xml.XmlFramer;
import dev.beckon.service.xml.XmlScanner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** A client that says exactly what a test wants said, over a real socket. Blocking; a read waits at most 20 s. */
public class TestClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;

    private final String domain;
    private Socket socket;
    private InputStream in;
    private String jid = "";

    public TestClient(int port, String domain) throws IOException {
        this(port, domain, InetAddress.getByName("127.0.0.1"));
    }

    /** From this address, which must be one of this computer's. */
    TestClient(int port, String domain, InetAddress from) throws IOException {
        this.domain = domain;
        socket = new Socket(InetAddress.getByName("127.0.0.1"), port, from, 0);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        in = socket.getInputStream();
    }

    /** Over something else than a socket of its own. */
    TestClient(String domain) {
        this.domain = domain;
    }

    /** Signed in and bound to {@code resource}. */
    public static TestClient signedIn(int port, String domain, String user, String password, String resource)
            throws IOException {
        TestClient client = new TestClient(port, domain);
        client.secure();
        client.signIn("SCRAM-SHA-256", user, password);
        client.bind(resource);
        return client;
    }

    /** Up to a stream behind TLS. */
    public TestClient secure() throws IOException {
        open();
        send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
        expect("proceed");
        startTls();
        open();
        return this;
    }

    /** Opens a stream and reads the features. */
    public Element open() throws IOException {
        send(
                "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='"
                        + domain + "' version='1.0'>");
        header();
        return expect("features");
    }

    /** Reads the service's stream header and returns it as it was written. */
    public String header() throws IOException {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        while (!header.toString(StandardCharsets.UTF_8).matches("(?s).*<stream:stream[^>]*>")) {
            int c = in.read();
            if (c < 0) {
                throw new IOException("closed within the header: " + header);
            }
            header.write(c);
        }
        return header.toString(StandardCharsets.UTF_8);
    }

    public void startTls() throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Trusting()}, null);
            SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(socket, domain, socket.getPort(), true);
            tls.setUseClientMode(true);
            tls.startHandshake();
            socket = tls;
            in = tls.getInputStream();
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /** Signs in and opens the next stream. */
    public void signIn(String mechanism, String user, String password) throws IOException {
        Element answer = authenticate(mechanism, user, password);
        if (!answer.name().equals("success")) {
            throw new IOException("not signed in: " + answer.firstChild());
        }
        open();
    }

    /** Goes through SCRAM and returns how it ended: success or failure. */
    public Element authenticate(String mechanism, String user, String password) throws IOException {
        try {
            String hmac = mechanism.equals("SCRAM-SHA-1") ? "HmacSHA1" : "HmacSHA256";
            String digest = mechanism.equals("SCRAM-SHA-1") ? "SHA-1" : "SHA-256";
            String bare = "n=" + user + ",r=" + Long.toHexString(System.nanoTime());
            send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='" + mechanism + "'>" + encode("n,," + bare)
                    + "</auth>");
            Element challenge = next();
            if (!challenge.name().equals("challenge")) {
                return challenge;
            }
            String first = new String(Base64.getDecoder().decode(challenge.text()), StandardCharsets.UTF_8);
            String[] fields = first.split(",");
            byte[] salt = Base64.getDecoder().decode(fields[1].substring(2));
            int iterations = Integer.parseInt(fields[2].substring(2));
            byte[] salted = SecretKeyFactory.getInstance("PBKDF2With" + hmac)
                    .generateSecret(new PBEKeySpec(
                            password.toCharArray(), salt, iterations, digest.equals("SHA-1") ? 160 : 256))
                    .getEncoded();
            byte[] clientKey = mac(hmac, salted, "Client Key");
            byte[] stored = MessageDigest.getInstance(digest).digest(clientKey);
            String withoutProof = "c=biws," + fields[0];
            byte[] proof = mac(hmac, stored, bare + "," + first + "," + withoutProof);
            for (int i = 0; i < proof.length; i++) {
                proof[i] ^= clientKey[i];
            }
            send("<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"
                    + encode(withoutProof + ",p=" + Base64.getEncoder().encodeToString(proof)) + "</response>");
            Element end = next();
            if (end.name().equals("success")) {
                byte[] verifier = mac(hmac, mac(hmac, salted, "Server Key"), bare + "," + first + "," + withoutProof);
                String said = new String(Base64.getDecoder().decode(end.text()), StandardCharsets.UTF_8);
                if (!said.equals("v=" + Base64.getEncoder().encodeToString(verifier))) {
                    throw new IOException("the service did not prove that it knows the password");
                }
            }
            return end;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static byte[] mac(String algorithm, byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance(algorithm);
        mac.init(new SecretKeySpec(key, algorithm));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String encode(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    public void bind(String resource) throws IOException {
        send("<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>" + resource
                + "</resource></bind></iq>");
        Element bound = expect("iq").child("bind", "urn:ietf:params:xml:ns:xmpp-bind");
        if (bound == null) {
            throw new IOException("not bound");
        }
        jid = bound.firstChild().text();
    }

    public String jid() {
        return jid;
    }

    public void send(String xml) throws IOException {
        send(xml.getBytes(StandardCharsets.UTF_8));
    }

    public void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** Sends and reads back a ping: what was sent before has been handled when this returns. */
    public void sync() throws IOException {
        String id = "sync-" + System.nanoTime();
        send("<iq type='get' id='" + id + "' to='" + domain + "'><sync xmlns='test:none'/></iq>");
        Element answer = next();
        if (!id.equals(answer.attribute("id"))) {
            throw new IOException("something came before the answer: " + answer.toXml("jabber:client"));
        }
    }

    /** The next element, which must have this name. */
    public Element expect(String name) throws IOException {
        Element next = next();
        if (!next.name().equals(name)) {
            throw new IOException("expected " + name + ", got " + next.toXml("jabber:client"));
        }
        return next;
    }

    /** The next element, which must be a stream error; returns its condition. */
    public String expectStreamError() throws IOException {
        Element error = expect("error");
        List<Element> children = error.children();
        String condition = children.get(0).name();
        if (in.readNBytes("</stream:stream>".length()).length == 0) {
            throw new IOException("no end of stream after " + condition);
        }
        return condition;
    }

    /** The next element. */
    public Element next() throws IOException {
        XmlFramer framer = new XmlFramer();
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        while (true) {
            int c = in.read();
            if (c < 0) {
                throw new IOException("closed after " + frame);
            }
            if (frame.size() == 0 && c == '/') {
                throw new IOException("the stream was ended");
            }
            frame.write(c);
            if (framer.feed(new byte[] {(byte) c}, 0, 1) > 0) {
                try {
                    return XmlScanner.parse(frame.toByteArray());
                } catch (XmlException e) {
                    throw new IOException("bad XML from the service: " + frame, e);
                }
            }
        }
    }

    /** Whether the service closes the connection, whatever it says before. */
    public boolean isClosedByService() throws IOException {
        try {
            byte[] rest = in.readAllBytes();
            return rest.length >= 0;
        } catch (SocketException e) {
            return true;
        }
    }

    /** Everything the service says until it closes. */
    public String rest() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    public Socket socket() {
        return socket;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private static final class Trusting implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            if (Arrays.asList(chain).isEmpty()) {
                throw new IllegalStateException("no certificate");
            }
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
