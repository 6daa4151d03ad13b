package dev.beckon.service;

import dev.beckon.service.admin.AdminListener;
import dev.beckon.service.admin.Health;
import dev.beckon.service.feature.Features;
import dev.beckon.service.lock.LockAuthority;
import dev.beckon.service.metric.Machine;
import dev.beckon.service.metric.Metrics;
import dev.beckon.service.route.Feature;
import dev.beckon.service.route.Jid;
import dev.beckon.service.route.Switchboard;
import dev.beckon.service.route.Workers;
import dev.beckon.service.store.Change;
import dev.beckon.service.store.Store;
import dev.beckon.service.stream.CertificateWatch;
import dev.beckon.service.stream.Certificates;
import dev.beckon.service.stream.Listener;
import dev.beckon.service.stream.Tls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running Messenger service: accounts, contact lists, presence and routing over XMPP (RFC 6120, RFC 6121), and the lock-and-key
 * authority. Several can run in one process, each with a home folder of its own. Thread-safe.
 */
public final class Service implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Service.class);

    private static final Duration CERTIFICATE_WATCH = Duration.ofHours(12);

    private final ServiceConfig config;
    private final Live<ServiceConfig> current;
    private final Live<Tls> tls;
    private final CertificateWatch certificateWatch;
    private final Store store;
    private final Workers workers;
    private final Listener listener;
    private final Health health;
    private final @Nullable AdminListener admin;
    private volatile Supplier<ServiceConfig> source;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Service(Live<ServiceConfig> current, List<? extends Feature> features, Store store) throws IOException {
        this.current = current;
        this.store = store;
        config = current.get();
        source = current::get;
        Supplier<Limits> limits = () -> current.get().limits();
        Certificates.createPrivateFolder(config.home());
        tls = new Live<>(tls(config, config.domain()));
        workers = new Workers();
        try {
            Switchboard switchboard = new Switchboard(
                    Jid.of(config.domain()), () -> limits.get().sessionsPerAccount(), workers, features);
            Metrics metrics = switchboard.hooks().metrics();
            measure(metrics);
            health = new Health(store::tryWrite, this::certificateExpires);
            HttpSettings http = config.http();
            admin = http.adminPort() < 0
                    ? null
                    : new AdminListener(http.adminBind(), http.adminPort(), metrics, health);
            listener = listen(switchboard, limits);
        } catch (IOException | RuntimeException e) {
            workers.close();
            throw e;
        }
        certificateWatch = new CertificateWatch(
                tls,
                () -> current.get().certificate() == null ? tls(current.get(), config.domain()) : null,
                Clock.systemUTC());
        watchCertificate();
    }

    private Listener listen(Switchboard switchboard, Supplier<Limits> limits) throws IOException {
        try {
            Listener listening = new Listener(
                    config,
                    limits,
                    switchboard,
                    store.accounts(),
                    tls::get,
                    store.detachedSessions().all());
            // From now on they live here alone: after a crash there is none to be resumed.
            store.detachedSessions().keep(List.of()).join();
            return listening;
        } catch (IOException | RuntimeException e) {
            if (admin != null) {
                admin.close();
            }
            throw e;
        }
    }

    private void measure(Metrics metrics) {
        Machine.measure(metrics);
        store.measure(metrics);
        metrics.gauge("beckon_build_info", "What runs.", () -> 1, "version", Health.version());
        metrics.gauge(
                "beckon_certificate_expires_seconds",
                "When the certificate runs out that clients are shown, since 1970.",
                () -> certificateExpires().toEpochMilli() / 1e3);
    }

    private Instant certificateExpires() {
        return tls.get().certificate().getNotAfter().toInstant();
    }

    private void watchCertificate() {
        certificateWatch.check();
        if (!closed.get()) {
            ScheduledFuture<?> unused = workers.schedule(CERTIFICATE_WATCH, this::watchCertificate);
        }
    }

    private static Tls tls(ServiceConfig config, String domain) throws IOException {
        Path certificate = config.certificate();
        Path key = config.key();
        Tls tls = certificate != null && key != null
                ? Certificates.ofFiles(certificate, key)
                : Certificates.selfSigned(config.home(), domain);
        return config.channelBinding() ? tls : tls.unbound();
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
                Live<ServiceConfig> current = new Live<>(config);
                Supplier<Limits> limits = () -> current.get().limits();
                List<Feature> features =
                        List.of(new Features(store, config, limits), new LockAuthority(store, config, limits));
                Service service = new Service(current, features, store);
                service.answerReloads();
                return service;
            } catch (IOException | RuntimeException e) {
                store.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    /**
     * Says where the configuration is read anew when that is asked for: by {@link #reload()}, or by another process with
     * {@link Administration#reload}. Called on a thread of the service's, with IllegalArgumentException where it is no good.
     */
    public void reloadsFrom(Supplier<ServiceConfig> source) {
        this.source = source;
    }

    /** Reads the configuration anew, as {@link #reload(ServiceConfig)}; also throws IllegalArgumentException where it is no good. */
    public List<String> reload() {
        try {
            return reload(source.get());
        } catch (IllegalArgumentException e) {
            LOG.error("nothing is reloaded, the configuration is no good: {}", e.getMessage());
            throw e;
        }
    }

    private void answerReloads() {
        store.onChange(change -> {
            if (change instanceof Change.ReloadAsked asked) {
                // Reading files takes long for the store's own thread.
                workers.work(() -> store.answerReload(reloaded(asked.id())));
            }
        });
    }

    private Change.Reloaded reloaded(String id) {
        try {
            return new Change.Reloaded(id, true, String.join("\n", reload()));
        } catch (IllegalArgumentException | UncheckedIOException e) {
            return new Change.Reloaded(id, false, String.valueOf(e.getMessage()));
        }
    }

    /** Starts a service with these features; {@code store} is closed with it. */
    static Service start(ServiceConfig config, List<? extends Feature> features, Store store) {
        try {
            return new Service(new Live<>(config), features, store);
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    /** The port clients connect to; the real one if 0 was asked for. */
    public int port() {
        return listener.port();
    }

    /** The port for XMPP over WebSocket; -1 if there is none. */
    public int httpPort() {
        return listener.httpPort();
    }

    /** The port for health and metrics; -1 if there is none. */
    public int adminPort() {
        return admin == null ? -1 : admin.port();
    }

    /** The domain served. */
    public String domain() {
        return config.domain();
    }

    /** The PEM file with the certificate that clients are shown. */
    public Path certificate() {
        Path operators = current.get().certificate();
        return operators != null ? operators : config.home().resolve(Certificates.PUBLIC_FILE);
    }

    /**
     * Takes over the limits of another configuration, and reads the certificate anew, which new connections are shown at once; what is
     * under way is left alone. Everything else waits for the next start.
     *
     * @return what has changed and what waits, a sentence each
     * @throws UncheckedIOException where the certificate is no good; then nothing has changed
     */
    public synchronized List<String> reload(ServiceConfig wanted) {
        Tls next;
        try {
            next = tls(wanted, config.domain());
            next.certificate().checkValidity();
        } catch (IOException e) {
            LOG.error("nothing is reloaded, the certificate is no good: {}", e.getMessage());
            throw new UncheckedIOException(e.getMessage(), e);
        } catch (CertificateException e) {
            LOG.error("nothing is reloaded, the certificate is no good: {}", e.getMessage());
            throw new UncheckedIOException(e.getMessage(), new IOException(e));
        }
        List<String> changes = new ArrayList<>();
        for (String name : wanted.differing(current.get())) {
            if (wanted.changesWhileRunning(name)) {
                changes.add(name + " is now " + wanted.written(name));
            }
        }
        X509Certificate before = tls.get().certificate();
        if (!next.certificate().equals(before)) {
            changes.add("new connections are shown the certificate that runs out at "
                    + next.certificate().getNotAfter().toInstant());
        }
        for (String name : wanted.differing(config)) {
            if (!wanted.changesWhileRunning(name)) {
                changes.add(name + " is " + wanted.written(name) + " from the next start on");
            }
        }
        current.set(wanted);
        tls.set(next);
        certificateWatch.check();
        LOG.info("reloaded: {}", changes.isEmpty() ? "nothing has changed" : String.join("; ", changes));
        return changes;
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
        // It answers until the end, and says that it is ending.
        health.stopping();
        listener.close();
        workers.close();
        try {
            store.detachedSessions().keep(listener.detached()).join();
        } catch (RuntimeException e) {
            LOG.error("cannot keep the sessions that clients might have resumed", e);
        }
        try {
            store.close();
        } catch (RuntimeException e) {
            LOG.error("cannot close the store", e);
        }
        if (admin != null) {
            admin.close();
        }
        LOG.info("stopped serving {}", config.domain());
    }
}
