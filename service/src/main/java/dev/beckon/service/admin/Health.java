package dev.beckon.service.admin;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the service is well: it serves, its store takes what is written, its certificate holds. Thread-safe. */
public final class Health {
    private static final Logger LOG = LoggerFactory.getLogger(Health.class);
    private static final long LONGEST_WRITE_SECONDS = 5;

    /** However often it is asked, the store is tried no more often. */
    private static final long FRESH_NANOS = Duration.ofSeconds(2).toNanos();

    /** What was found. */
    record Report(
            String status,
            boolean isReady,
            boolean isWritable,
            Instant certificateExpires,
            long uptimeSeconds,
            String version) {
        /** Nothing in it needs escaping. */
        String json() {
            return "{\"status\":\"" + status + "\",\"ready\":" + isReady + ",\"storeWritable\":" + isWritable
                    + ",\"certificateExpires\":\"" + certificateExpires + "\",\"uptimeSeconds\":" + uptimeSeconds
                    + ",\"version\":\"" + version + "\"}\n";
        }
    }

    private final Supplier<? extends CompletionStage<?>> write;
    private final Supplier<Instant> certificateExpires;
    private final long started = System.nanoTime();
    private volatile boolean stopping;
    private CompletableFuture<Boolean> tried = CompletableFuture.completedFuture(true);
    private long triedAt = started - FRESH_NANOS;

    /**
     * @param write puts something into the store; completes once it is there
     * @param certificateExpires when the certificate that clients are shown runs out
     */
    public Health(Supplier<? extends CompletionStage<?>> write, Supplier<Instant> certificateExpires) {
        this.write = write;
        this.certificateExpires = certificateExpires;
    }

    /** From now on it is not ready any more: nobody new should be sent here. */
    public void stopping() {
        stopping = true;
    }

    /** Looks. Completes within some seconds. */
    CompletionStage<Report> report() {
        return tryStore().thenApply(isWritable -> {
            Instant expires = certificateExpires.get().truncatedTo(ChronoUnit.SECONDS);
            boolean isValid = expires.isAfter(Instant.now());
            String status = stopping
                    ? "stopping"
                    : !isWritable ? "the store takes nothing" : isValid ? "ready" : "the certificate has run out";
            return new Report(
                    status,
                    status.equals("ready"),
                    isWritable,
                    expires,
                    TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - started),
                    version());
        });
    }

    private synchronized CompletableFuture<Boolean> tryStore() {
        long now = System.nanoTime();
        // While it is stopping the store closes, which is no fault.
        if (!stopping && tried.isDone() && now - triedAt >= FRESH_NANOS) {
            triedAt = now;
            tried = write.get()
                    .thenApply(done -> true)
                    .toCompletableFuture()
                    .orTimeout(LONGEST_WRITE_SECONDS, TimeUnit.SECONDS)
                    .exceptionally(e -> {
                        LOG.warn("the store takes nothing: {}", e.toString());
                        return false;
                    });
        }
        return tried;
    }

    /** What is built. */
    public static String version() {
        String version = Health.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
