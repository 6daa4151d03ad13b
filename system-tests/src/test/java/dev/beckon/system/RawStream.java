package dev.beckon.system;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.beckon.service.xml.Element;
import dev.beckon.service.xml.XmlException;
import dev.beckon.service.xml.XmlFramer;
import dev.beckon.service.xml.XmlScanner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.UUID;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** A connection to the service's port that says what no client would. What comes back is text; a read waits 40 s at most. */
final class RawStream implements AutoCloseable {
    private Socket socket;
    private InputStream in;

    RawStream(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(40_000);
        socket.setTcpNoDelay(true);
        in = socket.getInputStream();
    }

    Socket socket() {
        return socket;
    }

    RawStream send(String text) throws IOException {
        return send(text.getBytes(UTF_8));
    }

    RawStream send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** Reads on until this was said, and returns what was. */
    String await(String wanted) throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        byte[] end = wanted.getBytes(UTF_8);
        while (!endsWith(said, end)) {
            int c = in.read();
            if (c < 0) {
                throw new IOException("closed before " + wanted + " after " + said);
            }
            said.write(c);
        }
        return said.toString(UTF_8);
    }

    private static boolean endsWith(ByteArrayOutputStream said, byte[] end) {
        if (said.size() < end.length) {
            return false;
        }
        byte[] all = said.size() > 64 * 1024 ? new byte[0] : said.toByteArray();
        if (all.length == 0) {
            throw new AssertionError("more was said than any answer has");
        }
        for (int i = 0; i < end.length; i++) {
            if (all[all.length - end.length + i] != end[i]) {
                return false;
            }
        }
        return true;
    }

    /** The next element. Throws if the stream ends before it has come whole. */
    Element next() throws IOException {
        XmlFramer framer = new XmlFramer();
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        byte[] one = new byte[1];
        do {
            if (in.read(one) < 0 || (frame.size() == 1 && one[0] == '/')) {
                throw new IOException("ended");
            }
            frame.write(one[0]);
        } while (framer.feed(one, 0, 1) < 0);
        try {
            return XmlScanner.parse(frame.toByteArray());
        } catch (XmlException e) {
            throw new AssertionError("bad XML from the service: " + frame.toString(UTF_8), e);
        }
    }

    /** Asks, and reads on until the answer; what else came before it goes to {@code others}. */
    Element ask(String type, String id, String payload, Consumer<Element> others) throws IOException {
        send("<iq type='" + type + "' id='" + id + "'>" + payload + "</iq>");
        while (true) {
            Element next = next();
            if (next.name().equals("iq") && id.equals(next.attribute("id"))) {
                return next;
            }
            others.accept(next);
        }
    }

    /** All that is said until the service closes. */
    String rest() {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try {
            in.transferTo(said);
        } catch (java.net.SocketTimeoutException e) {
            throw new AssertionError("not closed after " + said, e);
        } catch (IOException e) {
            // Reset, or ended without TLS's own farewell: an end as well.
            return said.toString(UTF_8);
        }
        return said.toString(UTF_8);
    }

    RawStream header(String domain) throws IOException {
        return send("<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/"
                + "streams' to='" + domain + "' version='1.0'>");
    }

    RawStream open() throws IOException {
        header(Stage.DOMAIN).await("</stream:features>");
        return this;
    }

    /** Up to a stream behind TLS. */
    RawStream secure(String... protocols) throws IOException {
        open().send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
                .await("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Trusting()}, null);
            SSLSocket tls =
                    (SSLSocket) context.getSocketFactory().createSocket(socket, Stage.DOMAIN, socket.getPort(), true);
            if (protocols.length > 0) {
                tls.setEnabledProtocols(protocols);
            }
            tls.startHandshake();
            socket = tls;
            in = tls.getInputStream();
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
        return open();
    }

    /** Signed in with SCRAM-SHA-256 (RFC 7677), no resource bound. */
    RawStream signIn(String user, String password) throws IOException {
        prove(user, password).await("</success>");
        return open();
    }

    /** Says what proves the password; what is answered is still to be read. */
    RawStream prove(String user, String password) throws IOException {
        try {
            String bare = "n=" + user + ",r=" + UUID.randomUUID();
            send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-256'>" + encode("n,," + bare)
                    + "</auth>");
            String first = decode(await("</challenge>"));
            String[] fields = first.split(",");
            byte[] salt = Base64.getDecoder().decode(fields[1].substring(2));
            byte[] salted = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(
                            new PBEKeySpec(password.toCharArray(), salt, Integer.parseInt(fields[2].substring(2)), 256))
                    .getEncoded();
            byte[] clientKey = mac(salted, "Client Key");
            byte[] stored = MessageDigest.getInstance("SHA-256").digest(clientKey);
            String withoutProof = "c=biws," + fields[0];
            byte[] proof = mac(stored, bare + "," + first + "," + withoutProof);
            for (int i = 0; i < proof.length; i++) {
                proof[i] ^= clientKey[i];
            }
            send("<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"
                    + encode(withoutProof + ",p=" + Base64.getEncoder().encodeToString(proof)) + "</response>");
            return this;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    RawStream bind(String resource) throws IOException {
        send("<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>" + resource
                        + "</resource></bind></iq>")
                .await("</jid></bind></iq>");
        return this;
    }

    private static byte[] mac(byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(UTF_8));
    }

    private static String encode(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    private static String decode(String element) {
        String text = element.substring(0, element.lastIndexOf('<'));
        return new String(Base64.getDecoder().decode(text.substring(text.lastIndexOf('>') + 1)), UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** Attackers trust anyone. */
    private static final class Trusting implements X509TrustManager {
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
