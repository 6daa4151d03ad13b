package dev.beckon.benchmarks.load;

import io.netty.channel.Channel;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The server under load, and how it is spoken to.
 *
 * @param mechanism the SASL mechanism users sign in with
 */
record Server(
        String host,
        int port,
        String domain,
        Security security,
        Scram.Mechanism mechanism,
        @Nullable SslContext tls) {
    /** How the connection is protected. */
    enum Security {
        NONE,
        STARTTLS,
        DIRECT
    }

    static Server of(String host, int port, String domain, Security security, Scram.Mechanism mechanism)
            throws SSLException {
        SslContext tls = security == Security.NONE
                ? null
                : SslContextBuilder.forClient()
                        .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
                        // Whom it measures is the caller's affair; certificates of test servers are anybody's.
                        .trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .endpointIdentificationAlgorithm(null)
                        .build();
        return new Server(host, port, domain, security, mechanism, tls);
    }

    SslHandler tls(Channel channel) {
        return Objects.requireNonNull(tls).newHandler(channel.alloc(), host, port);
    }
}
