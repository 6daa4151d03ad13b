package dev.beckon.service.stream;

import dev.beckon.service.Live;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns 30, 7 and 1 day before the certificate runs out, and renews the service's own. To be run now and then. Thread-safe. */
public final class CertificateWatch {
    /** Makes another certificate. */
    @FunctionalInterface
    public interface Renewal {
        /** Null where that is the operator's to do. */
        @Nullable
        Tls renew() throws IOException;
    }

    /** How long before its end the service's own certificate is renewed, and the operator first warned of his. */
    static final Duration EARLY = Duration.ofDays(30);

    private static final Logger LOG = LoggerFactory.getLogger(CertificateWatch.class);

    private final Live<Tls> shown;
    private final Renewal renewal;
    private final Clock clock;
    private @Nullable Tls warned;
    private long warnedDays;

    public CertificateWatch(Live<Tls> shown, Renewal renewal, Clock clock) {
        this.shown = shown;
        this.renewal = renewal;
        this.clock = clock;
    }

    /** Looks once. True if it warned. */
    public synchronized boolean check() {
        Tls now = shown.get();
        Duration left = Duration.between(
                clock.instant(), now.certificate().getNotAfter().toInstant());
        if (left.compareTo(EARLY) > 0 || renewed(now)) {
            return false;
        }
        long days = left.isNegative() ? -1 : left.compareTo(Duration.ofDays(1)) <= 0 ? 1 : left.toDays() < 7 ? 7 : 30;
        if (now == warned && days == warnedDays && days > 1) {
            return false;
        }
        warned = now;
        warnedDays = days;
        LOG.warn(
                days < 0
                        ? "the certificate has run out at {}: clients refuse it; renew it and reload"
                        : "the certificate runs out at {}; renew it and reload",
                now.certificate().getNotAfter().toInstant());
        return true;
    }

    private boolean renewed(Tls old) {
        try {
            Tls next = renewal.renew();
            if (next == null) {
                return false;
            }
            shown.replace(old, next);
            LOG.warn(
                    "the certificate would have run out at {} and was renewed: give clients the new {}",
                    old.certificate().getNotAfter().toInstant(),
                    Certificates.PUBLIC_FILE);
            return true;
        } catch (IOException e) {
            LOG.error("cannot renew the certificate", e);
            return false;
        }
    }
}
