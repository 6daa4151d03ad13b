package dev.beckon.agent.window;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.beckon.Messenger.Connection;
import dev.beckon.MessengerListener;
import dev.beckon.ResultCode;
import dev.beckon.SessionException;
import dev.beckon.agent.Account;
import dev.beckon.agent.Agent;
import dev.beckon.agent.KeptAccount;
import dev.beckon.agent.Seat;
import dev.beckon.agent.files.AtomicFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who sits at the seat: signing in and out as the window does it, the account that is remembered, and the service that is embedded.
 *
 * <p>Thread: any; what signs in or out waits until that is settled.
 */
final class SignIn implements Seat.Listener {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Logger log = LoggerFactory.getLogger(SignIn.class);

    private final Seat seat;
    private final @Nullable EmbeddedService service;
    private final Feed feed;
    private final Executor workers;
    private final Runnable changed;
    private final Runnable asked;
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile @Nullable Sitting sitting;
    private volatile @Nullable CompletableFuture<Connection> awaited;
    private volatile @Nullable JsonObject problem;
    private volatile @Nullable JsonObject embedded;

    SignIn(
            Seat seat,
            @Nullable EmbeddedService service,
            Feed feed,
            Executor workers,
            Runnable changed,
            Runnable asked) {
        this.seat = seat;
        this.service = service;
        this.feed = feed;
        this.workers = workers;
        this.changed = changed;
        this.asked = asked;
    }

    /** The agent that runs, as the window follows it; null while nobody is signed in. */
    @Nullable
    Sitting sitting() {
        return sitting;
    }

    /** The same, where one is needed. */
    Sitting needed() {
        Sitting now = sitting;
        if (now == null) {
            throw new SessionException(ResultCode.MSGR_E_NOT_LOGGED_ON, "nobody is signed in", "sign in first");
        }
        return now;
    }

    /** The section of that name. */
    JsonObject account() {
        Sitting now = sitting;
        KeptAccount.Content kept = seat.kept().content();
        return Json.object(
                "signedIn",
                now != null,
                "user",
                now == null ? null : now.agent().user(),
                "remembered",
                kept == null
                        ? null
                        : Json.object(
                                "user", kept.account().user(),
                                "host", kept.account().host(),
                                "port", kept.account().port(),
                                "stay", kept.stays()),
                "busy",
                busy.get(),
                "embedded",
                embedded,
                "problem",
                problem);
    }

    // ---- the seat

    @Override
    public void signingIn(Agent agent) {
        try {
            History history = History.open(seat.history(agent.user()));
            CompletableFuture<Connection> settled = awaited;
            agent.messenger().addListener(new MessengerListener() {
                @Override
                public void onConnectionChanged(Connection connection) {
                    follow(connection, settled);
                }
            });
            problem = null;
            sitting = new Sitting(agent, history, feed, changed, asked);
            changed.run();
        } catch (IOException e) {
            log.error("The window cannot keep conversations", e);
            problem = problem(
                    "the conversations cannot be opened: " + e.getMessage(), "see that Beckon's folder can be used");
        }
    }

    private void follow(Connection connection, @Nullable CompletableFuture<Connection> settled) {
        // While nobody has failed yet there is no reason.
        boolean failed = connection.state() == Connection.State.CONNECTING
                && !connection.reason().isEmpty();
        boolean over = connection.state() != Connection.State.CONNECTING;
        if (settled != null && !settled.isDone()) {
            if (over || failed) {
                settled.complete(connection);
            }
        } else if (connection.state() == Connection.State.SIGNED_OUT) {
            // It does not try again by itself: the password was changed, or the account removed.
            workers.execute(() -> {
                seat.signOut();
                problem = problem(connection.reason(), "sign in again");
                changed.run();
            });
        }
    }

    @Override
    public void signedOut() {
        sitting = null;
        changed.run();
    }

    // ---- what the page asks for

    /**
     * Signs in, and waits until that is settled; where it fails nobody is signed in.
     *
     * @param certificate PEM text to trust; null for none, or for the one that was given before
     * @param stay whether the password is kept
     */
    void signIn(
            String user, String password, @Nullable String host, int port, @Nullable String certificate, boolean stay) {
        alone(() -> {
            KeptAccount.Content kept = seat.kept().content();
            boolean same = kept != null && kept.account().user().equalsIgnoreCase(user);
            Path trusted = certificate != null
                    ? trust(certificate)
                    : same && kept != null ? kept.account().trusted() : null;
            enter(new Account(user, host, port, trusted), password, stay);
        });
    }

    /** Signs in with what was kept, and goes on trying; does not wait. */
    void again() {
        KeptAccount.Content kept = seat.kept().content();
        String password = kept == null ? null : kept.password();
        if (kept == null || password == null) {
            throw Refused.conflict("the password is not kept here", "give it");
        }
        alone(() -> {
            char[] secret = password.toCharArray();
            seat.signIn(kept.account(), secret);
            Arrays.fill(secret, '\0');
        });
    }

    /** Signs out. */
    void signOut(boolean forget) {
        alone(() -> {
            seat.signOut();
            problem = null;
            if (forget) {
                seat.kept().forget();
            }
        });
    }

    /** Starts the embedded service, makes an account of it, and signs in with that. */
    void startService(String name, String password, boolean stay) {
        alone(() -> {
            EmbeddedService own = own();
            EmbeddedService.Place place = own.start();
            refreshEmbedded();
            changed.run();
            String user = own.addPerson(name, password) + "@" + place.domain();
            refreshEmbedded();
            enter(new Account(user, place.host(), place.port(), place.certificate()), password, stay);
        });
    }

    /** Makes another account of the embedded service. */
    void addPerson(String name, String password) {
        EmbeddedService own = own();
        if (own.place() == null) {
            throw Refused.conflict("there is no service on this computer yet", "start it first");
        }
        own.addPerson(name, password);
        refreshEmbedded();
        changed.run();
    }

    /** As the window opens: the embedded service runs if there is one, and who wished to stay signed in is. */
    void resume() {
        try {
            if (service != null && service.exists()) {
                EmbeddedService.Place place = service.start();
                refreshEmbedded();
                follow(place);
            }
            KeptAccount.Content kept = seat.kept().content();
            if (kept != null && kept.stays() && seat.agent() == null) {
                again();
            }
        } catch (SessionException e) {
            problem = problem(e.problem(), e.remedy());
        } catch (IOException e) {
            problem =
                    problem("what is remembered cannot be stored: " + e.getMessage(), "see that the disk is not full");
        }
        changed.run();
    }

    /** It may have had to move to another port. */
    private void follow(EmbeddedService.Place place) throws IOException {
        KeptAccount.Content kept = seat.kept().content();
        if (kept != null
                && Objects.equals(kept.account().trusted(), place.certificate())
                && kept.account().port() != place.port()) {
            seat.kept()
                    .keep(
                            new Account(kept.account().user(), place.host(), place.port(), place.certificate()),
                            kept.password());
        }
    }

    // ---- how

    private interface Step {
        void run() throws IOException;
    }

    /** One after another: whoever comes meanwhile is refused. */
    private void alone(Step step) {
        if (busy.getAndSet(true)) {
            throw Refused.conflict("signing in or out is under way", "wait a moment");
        }
        changed.run();
        try {
            step.run();
        } catch (IOException e) {
            throw new SessionException(
                    ResultCode.E_FAIL,
                    "it cannot be stored: " + e.getMessage(),
                    "see that Beckon's folder can be written to and the disk is not full");
        } finally {
            busy.set(false);
            changed.run();
        }
    }

    private void enter(Account account, String password, boolean stay) throws IOException {
        CompletableFuture<Connection> settled = new CompletableFuture<>();
        awaited = settled;
        char[] secret = password.toCharArray();
        try {
            seat.signIn(account, secret);
            Connection end = settled.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (end.state() == Connection.State.SIGNED_IN) {
                seat.kept().keep(account, stay ? password : null);
                return;
            }
            boolean refused = end.state() == Connection.State.SIGNED_OUT;
            throw failed(
                    refused ? ResultCode.SR_AUTHENTICATION_FAILED : ResultCode.MSGR_E_NOT_LOGGED_ON,
                    end.reason(),
                    refused
                            ? "check the address and the password"
                            : "check the address, and the server and port under it; see that the service runs");
        } catch (TimeoutException e) {
            throw failed(
                    ResultCode.MSGR_E_NOT_LOGGED_ON,
                    "the service did not answer within " + PATIENCE.toSeconds() + " s",
                    "check the server and port; see that the service runs");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(ResultCode.E_FAIL, "the window is closing", "open it again");
        } catch (ExecutionException e) {
            throw failed(ResultCode.E_FAIL, "signing in failed", "try again");
        } finally {
            awaited = null;
            Arrays.fill(secret, '\0');
        }
    }

    private SessionException failed(ResultCode code, String reason, String remedy) {
        seat.signOut();
        problem = problem(reason, remedy);
        return new SessionException(code, reason, remedy);
    }

    private Path trust(String certificate) throws IOException {
        try {
            if (CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(certificate.getBytes(StandardCharsets.UTF_8)))
                    .isEmpty()) {
                throw new CertificateException("none in it");
            }
        } catch (CertificateException e) {
            throw Refused.malformed(
                    "the certificate cannot be read",
                    "give the text of certificate.pem of the service's folder, all of it");
        }
        Path file = seat.state().resolve("trusted.pem");
        AtomicFile.write(file, certificate);
        return file;
    }

    private EmbeddedService own() {
        if (service == null) {
            throw Refused.conflict("no service can be started here", "sign in to one elsewhere");
        }
        return service;
    }

    private void refreshEmbedded() {
        EmbeddedService.Place place = service == null ? null : service.place();
        if (service == null || place == null) {
            embedded = null;
            return;
        }
        JsonArray people = new JsonArray();
        List<String> names = service.people();
        names.forEach(people::add);
        embedded = Json.object(
                "running", true,
                "domain", place.domain(),
                "host", place.host(),
                "port", place.port(),
                "certificate", certificate(place.certificate()),
                "people", people);
    }

    private static String certificate(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            log.warn("The service's certificate cannot be read: {}", e.toString());
            return "";
        }
    }

    private static JsonObject problem(String what, String remedy) {
        return Json.object("problem", what, "remedy", remedy);
    }

    /** Ends the embedded service. */
    void close() {
        if (service != null) {
            service.close();
        }
    }
}
