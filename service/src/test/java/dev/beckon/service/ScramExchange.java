package dev.beckon.service;

import com.ongres.scram.client.ScramClient;
import com.ongres.scram.common.StringPreparation;
import com.ongres.scram.common.exception.ScramException;
import dev.beckon.service.xml.Element;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** SCRAM by a client library that the service has nothing in common with, in the words of either profile of SASL. */
final class ScramExchange {
    private static final String SASL = "urn:ietf:params:xml:ns:xmpp-sasl";
    static final String SASL2 = "urn:xmpp:sasl:2";

    private final TestClient client;
    private final ScramClient scram;

    /**
     * One try.
     *
     * @param offered the mechanisms that reached the client
     * @param binding what it believes the channel to be bound to by tls-server-end-point; null if it cannot bind
     */
    ScramExchange(TestClient client, List<String> offered, String user, String password, byte @Nullable [] binding) {
        this(client, offered, user, password, binding, null);
    }

    /** One try to sign in as {@code authorization}. */
    ScramExchange(
            TestClient client,
            List<String> offered,
            String user,
            String password,
            byte @Nullable [] binding,
            @Nullable String authorization) {
        this.client = client;
        ScramClient.FinalBuildStage stage = ScramClient.builder()
                .advertisedMechanisms(offered)
                .username(user)
                .password(password.toCharArray())
                .stringPreparation(StringPreparation.SASL_PREPARATION);
        if (binding != null) {
            stage = stage.channelBinding("tls-server-end-point", binding);
        }
        scram = (authorization == null ? stage : stage.authzid(authorization)).build();
    }

    String mechanism() {
        return scram.getScramMechanism().getName();
    }

    /** Goes through the exchange of RFC 6120; returns success or failure. */
    Element sasl() throws IOException {
        client.send("<auth xmlns='" + SASL + "' mechanism='" + mechanism() + "'>"
                + encoded(scram.clientFirstMessage().toString()) + "</auth>");
        Element end = respond(SASL);
        return end.name().equals("success") ? verified(end, end.text()) : end;
    }

    /** Goes through the exchange of SASL2, asking for {@code inline} besides; returns success or failure. */
    Element sasl2(String inline) throws IOException {
        client.send("<authenticate xmlns='" + SASL2 + "' mechanism='" + mechanism() + "'><initial-response>"
                + encoded(scram.clientFirstMessage().toString()) + "</initial-response>" + inline + "</authenticate>");
        Element end = respond(SASL2);
        if (!end.name().equals("success")) {
            return end;
        }
        Element data = end.child("additional-data", SASL2);
        return verified(end, data == null ? "" : data.text());
    }

    /** Answers the challenge and returns what comes of it. */
    Element respond(String namespace) throws IOException {
        Element challenge = client.next();
        if (!challenge.is("challenge", namespace)) {
            return challenge;
        }
        try {
            scram.serverFirstMessage(new String(Base64.getDecoder().decode(challenge.text()), StandardCharsets.UTF_8));
        } catch (ScramException e) {
            throw new IOException(e);
        }
        client.send("<response xmlns='" + namespace + "'>"
                + encoded(scram.clientFinalMessage().toString()) + "</response>");
        return client.next();
    }

    private Element verified(Element success, String data) throws IOException {
        try {
            scram.serverFinalMessage(new String(Base64.getDecoder().decode(data), StandardCharsets.UTF_8));
            return success;
        } catch (ScramException e) {
            throw new IOException("the service did not prove that it knows the password", e);
        }
    }

    private static String encoded(String message) {
        return Base64.getEncoder().encodeToString(message.getBytes(StandardCharsets.UTF_8));
    }

    /** The hash of the certificate that this client was shown. */
    static byte[] endPoint(TestClient client, String hash) throws IOException, GeneralSecurityException {
        SSLSocket socket = (SSLSocket) client.socket();
        X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
        return MessageDigest.getInstance(hash).digest(shown.getEncoded());
    }
}
