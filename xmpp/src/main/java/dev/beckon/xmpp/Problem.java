package dev.beckon.xmpp;

import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import org.jivesoftware.smack.SmackException;
import org.jivesoftware.smack.XMPPException.StreamErrorException;
import org.jivesoftware.smack.XMPPException.XMPPErrorException;
import org.jivesoftware.smack.sasl.SASLError;
import org.jivesoftware.smack.sasl.SASLErrorException;
import org.jspecify.annotations.Nullable;

/** Why signing in failed or a connection was lost, for people. */
final class Problem {
    private Problem() {}

    /** Whether trying again with the same name and password is of no use. */
    static boolean isFinal(Exception e) {
        return e instanceof Scram.BadPassword
                || e instanceof SASLErrorException sasl
                        && sasl.getSASLFailure().getSASLError() != SASLError.temporary_auth_failure
                        && sasl.getSASLFailure().getSASLError() != SASLError.aborted;
    }

    /** What happened, as a sentence without a full stop. */
    static String of(Exception e) {
        if (e instanceof SASLErrorException sasl) {
            return sasl.getSASLFailure().getSASLError() == SASLError.not_authorized
                    ? "the service says that the name or the password is wrong"
                    : "the service refused the sign-in: "
                            + sasl.getSASLFailure().getSASLErrorString();
        }
        if (e instanceof StreamErrorException stream) {
            String condition = stream.getStreamError().getCondition().toString();
            return condition.equals("conflict")
                    ? "the same device signed in elsewhere"
                    : "the service ended the connection: " + condition;
        }
        if (e instanceof XMPPErrorException error) {
            return "the service refused: " + error.getStanzaError().getCondition();
        }
        if (e instanceof SmackException.SmackSaslException) {
            return "sign-in failed: " + e.getMessage();
        }
        if (e instanceof SmackException.SecurityRequiredByClientException) {
            return "the service offers no encryption (TLS)";
        }
        if (e instanceof SmackException.NoResponseException) {
            return "the service did not answer in time";
        }
        @Nullable CertificateException certificate = cause(e, CertificateException.class);
        if (certificate != null) {
            return "the service's certificate is not trusted: " + certificate.getMessage();
        }
        @Nullable SSLException tls = cause(e, SSLException.class);
        if (tls != null) {
            return "encryption (TLS) could not be set up: " + tls.getMessage();
        }
        if (cause(e, UnknownHostException.class) != null
                || e instanceof SmackException.EndpointConnectionException endpoint
                        && endpoint.getConnectionExceptions().isEmpty()) {
            return "the service cannot be found by its name";
        }
        if (e instanceof SmackException.EndpointConnectionException
                || cause(e, ConnectException.class) != null
                || cause(e, SocketTimeoutException.class) != null) {
            return "the service cannot be reached";
        }
        return "the connection was lost";
    }

    private static <T extends Throwable> @Nullable T cause(Throwable e, Class<T> type) {
        Throwable at = e;
        for (int i = 0; i < 10 && at != null; i++) {
            if (type.isInstance(at)) {
                return type.cast(at);
            }
            at = at.getCause();
        }
        return null;
    }
}
