package dev.beckon.service;

import dev.beckon.service.feature.Features;
import dev.beckon.service.lock.LockAuthority;
import dev.beckon.service.route.Feature;
import dev.beckon.service.route.Jid;
import dev.beckon.service.route.Switchboard;
import dev.beckon.service.route.Workers;
import dev.beckon.service.store.Accounts;
import dev.beckon.service.store.Store;
import dev.beckon.service.stream.Certificates;
import dev.beckon.service.stream.Listener;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running Messenger service: accounts, contact lists, presence and routing over XMPP (RFC 6120, RFC 6121), and the lock-and-key
 * authority. Several can run in one process, each with a home folder of its own. Thread-safe.
 */
public final class Service implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Service.class);

    private final ServiceConfig config;
    private final Path certificate;
    private final AutoCloseable store;
    private final Workers workers;
    private final Listener listener;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Service(ServiceConfig config, Accounts accounts, List<? extends Feature> features, AutoCloseable store)
            throws IOException {
        this.config = config;
        this.store = store;
        Certificates.createPrivateFolder(config.home());
        SslContext tls = tls(config);
        certificate = config.certificate() != null
                ? config.certificate()
                : config.home().resolve(Certificates.PUBLIC_FILE);
        workers = new Workers();
        try {
            Switchboard switchboard =
                    new Switchboard(Jid.of(config.domain()), config.limits().sessionsPerAccount(), workers, features);
            listener = new Listener(
                    config.bind(), config.port(), config.domain(), config.limits(), switchboard, accounts, tls);
        } catch (IOException | RuntimeException e) {
            workers.close();
            throw e;
        }
        LOG.info("serving {} on {} port {}", config.domain(), config.bind(), listener.port());
    }

    private static SslContext tls(ServiceConfig config) throws IOException {
        Path certificate = config.certificate();
        Path key = config.key();
        return certificate != null && key != null
                ? Certificates.ofFiles(certificate, key)
                : Certificates.selfSigned(config.home(), config.domain());
    }

    /**
     * Starts a service: makes its home folder, store and certificate where there are none, and listens. Throws
     * {@link UncheckedIOException} or {@link dev.beckon.service.store.StoreException} if it cannot, saying what to do.
     */
    public static Service start(ServiceConfig config) {
        try {
            Certificates.createPrivateFolder(config.home());
            Store store = Store.serve(config.home(), config.domain());
            try {
                store.accounts().hashPasswords(config.scramIterations());
                return new Service(config, store.accounts(), features(store, config), store);
            } catch (IOException | RuntimeException e) {
                store.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    private static List<Feature> features(Store store, ServiceConfig config) {
        return List.of(new Features(store, config), new LockAuthority(store, config));
    }

    /** Starts a service on these accounts, with these features; {@code store} is closed with it. */
    static Service start(
            ServiceConfig config, Accounts accounts, List<? extends Feature> features, AutoCloseable store) {
        try {
            return new Service(config, accounts, features, store);
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    /** The port clients connect to; the real one if 0 was asked for. */
    public int port() {
        return listener.port();
    }

    /** The domain served. */
    public String domain() {
        return config.domain();
    }

    /** The PEM file with the certificate that clients are shown. */
    public Path certificate() {
        return certificate;
    }

    /**
     * Tells every client that the service stops, lets what is under way finish, and frees everything. Takes up to some 15 s; a second
     * call does nothing.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        listener.close();
        workers.close();
        try {
            store.close();
        } catch (Exception e) {
            LOG.error("cannot close the store", e);
        }
        LOG.info("stopped serving {}", config.domain());
    }
}
