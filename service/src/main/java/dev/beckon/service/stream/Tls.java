package dev.beckon.service.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards clients: the certificate that is shown, and who does the work: BoringSSL where Netty's native library for it loads, else
 * the JDK. Whole and unchanging: new certificates are a new one. Thread-safe.
 */
public final class Tls {
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
    private static final boolean NATIVE = OpenSsl.isAvailable();
    private static final Cleaner CLEANER = Cleaner.create();
    private static final String REJECT_RENEGOTIATION = "jdk.tls.rejectClientInitiatedRenegotiation";

    static {
        // A renegotiation costs a client nothing and the service a handshake. No XMPP client needs one, TLS 1.3 has
        // none and BoringSSL
        // knows none. The JDK reads this once, when the first engine is made; who runs the service may have set it.
        if (System.getProperty(REJECT_RENEGOTIATION) == null) {
            System.setProperty(REJECT_RENEGOTIATION, "true");
        }
    }

    private final SslContext context;
    private final X509Certificate certificate;
    private final byte @Nullable [] endPoint;

    private Tls(SslContext context, X509Certificate certificate, byte @Nullable [] endPoint) {
        this.context = context;
        this.certificate = certificate;
        this.endPoint = endPoint;
        // The native part is freed once nobody can begin a connection with it any more; those under way hold it
        // themselves.
        CLEANER.register(this, () -> ReferenceCountUtil.release(context));
    }

    /** With this key; {@code chain} begins with the certificate that it belongs to. Throws SSLException if they cannot be used. */
    static Tls of(PrivateKey key, List<X509Certificate> chain) throws SSLException {
        SslContext context = SslContextBuilder.forServer(key, chain)
                .sslProvider(NATIVE ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK)
                .protocols(PROTOCOLS)
                // Sessions are cached for 10 minutes and not without end: a resumed handshake is cheap, memory is not.
                .sessionCacheSize(1_000)
                .sessionTimeout(TimeUnit.MINUTES.toSeconds(10))
                .build();
        return new Tls(context, chain.get(0), ServerEndPoint.of(chain.get(0)));
    }

    /** The same, but no client is offered to bind its sign-in to the channel. */
    public Tls unbound() {
        try {
            return new Tls(ReferenceCountUtil.retain(context), certificate, null);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Who does the work. */
    static String provider() {
        return NATIVE ? "BoringSSL" : "the JDK";
    }

    /** Encrypts one connection from where it is put into its pipeline on. */
    SslHandler handler(ByteBufAllocator allocator) {
        try {
            return context.newHandler(allocator);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** A buffer for what is to be encrypted, where whoever does that can read it without a copy. */
    static ByteBuf recordBuffer(ByteBufAllocator allocator, int capacity, int most) {
        return NATIVE ? allocator.directBuffer(capacity, most) : allocator.heapBuffer(capacity, most);
    }

    /** The certificate that clients are shown. */
    public X509Certificate certificate() {
        return certificate;
    }

    /** What connections that begin with this are bound to, {@link ServerEndPoint}; null where that is not defined or not wanted. */
    byte @Nullable [] endPoint() {
        return endPoint;
    }
}
