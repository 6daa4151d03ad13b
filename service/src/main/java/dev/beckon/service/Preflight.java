package dev.beckon.service;

import dev.beckon.service.store.Snapshot;
import dev.beckon.service.store.Store;
import dev.beckon.service.store.StoreException;
import dev.beckon.service.stream.Certificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** Whether a service could start, found out without starting it: home folder, store, certificate, port. Changes nothing. Blocks. */
public final class Preflight {
    /** What was looked at. */
    public enum Subject {
        HOME,
        STORE,
        CERTIFICATE,
        PORT
    }

    /** @param words what was found, for people: what is wrong, or what there is */
    public record Finding(Subject subject, boolean good, String words) {}

    private final ServiceConfig config;
    private final List<Finding> findings = new ArrayList<>();

    private Preflight(ServiceConfig config) {
        this.config = config;
    }

    /** Looks at everything; a service that runs on the same home folder already is no problem. */
    public static List<Finding> of(ServiceConfig config) {
        Preflight preflight = new Preflight(config);
        preflight.home();
        preflight.store();
        preflight.certificate();
        HttpSettings http = config.http();
        preflight.port("bind, c2s-port", config.bind(), config.port());
        preflight.port("http.bind, http.port", http.bind(), http.port());
        preflight.port("http.admin-bind, http.admin-port", http.adminBind(), http.adminPort());
        return List.copyOf(preflight.findings);
    }

    private void good(Subject subject, String words) {
        findings.add(new Finding(subject, true, words));
    }

    private void wrong(Subject subject, String words) {
        findings.add(new Finding(subject, false, words));
    }

    private void home() {
        Path home = config.home();
        if (Files.isDirectory(home)) {
            if (Files.isWritable(home)) {
                good(Subject.HOME, home.toString());
            } else {
                wrong(Subject.HOME, "this user may not write to " + home);
            }
            return;
        }
        Path nearest = home.toAbsolutePath();
        while (nearest.getParent() != null && !Files.exists(nearest)) {
            nearest = nearest.getParent();
        }
        if (Files.isDirectory(nearest) && Files.isWritable(nearest)) {
            good(Subject.HOME, home + ", which will be made");
        } else {
            wrong(Subject.HOME, home + " cannot be made: " + nearest + " is no folder that this user may write to");
        }
    }

    private void store() {
        Path file = config.home().resolve(Store.FILE);
        if (Files.exists(config.home().resolve(Store.RESTORING))) {
            wrong(Subject.STORE, "a restore into " + config.home() + " was interrupted; run it again");
            return;
        }
        if (!Files.exists(file)) {
            good(Subject.STORE, file + ", which will be made");
            return;
        }
        try {
            Snapshot.check(file);
            good(Subject.STORE, file + ", read in full");
        } catch (StoreException e) {
            wrong(Subject.STORE, String.valueOf(e.getMessage()));
        }
    }

    private void certificate() {
        Path certificate = config.certificate();
        Path key = config.key();
        if (certificate == null || key == null) {
            good(Subject.CERTIFICATE, "the service's own: " + config.home().resolve(Certificates.PUBLIC_FILE));
            return;
        }
        try {
            X509Certificate shown = Certificates.ofFiles(certificate, key).certificate();
            shown.checkValidity();
            good(
                    Subject.CERTIFICATE,
                    certificate + " for " + shown.getSubjectX500Principal() + ", until "
                            + shown.getNotAfter().toInstant());
        } catch (IOException e) {
            wrong(Subject.CERTIFICATE, String.valueOf(e.getMessage()));
        } catch (CertificateException e) {
            wrong(Subject.CERTIFICATE, certificate + " is not valid now: " + e.getMessage());
        }
    }

    /** A port below 0 is none. */
    private void port(String settings, String bind, int port) {
        if (port < 0) {
            return;
        }
        String where = bind + " port " + port;
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getByName(bind), port));
            good(Subject.PORT, where);
        } catch (IOException e) {
            if (isServing()) {
                good(Subject.PORT, where + ", which the running service has");
            } else {
                wrong(Subject.PORT, "cannot listen on " + where + " (" + settings + "): " + e.getMessage());
            }
        }
    }

    private boolean isServing() {
        if (!Files.exists(config.home().resolve(Store.FILE))) {
            return false;
        }
        try {
            Store.lock(config.home()).close();
            return false;
        } catch (StoreException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
