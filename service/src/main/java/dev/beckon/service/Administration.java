package dev.beckon.service;

import dev.beckon.service.AdministrationException.Reason;
import dev.beckon.service.store.Change;
import dev.beckon.service.store.LockKey;
import dev.beckon.service.store.Passwords;
import dev.beckon.service.store.Store;
import dev.beckon.service.store.StoreException;
import dev.beckon.service.store.StoredAccounts;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an operator does to a service: accounts and application keys. Works on the home folder, whether the service runs or not; a
 * running one honours changes within a fraction of a second. A method returns once its change is on disk. Every refusal is an
 * {@link AdministrationException}. Blocks; any thread.
 */
public final class Administration implements AutoCloseable {
    private static final Pattern GUID =
            Pattern.compile("\\{[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}}");
    private static final Pattern APP = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@:-]{0,127}");
    private static final int MOST_GUIDS = 64;
    private static final int LONGEST_NOTE = 1024;
    private static final int KEY_BYTES = 32;
    private static final SecureRandom random = new SecureRandom();

    private final Store store;

    private Administration(Store store) {
        this.store = store;
    }

    /**
     * An account.
     *
     * @param name as prepared, without the domain
     */
    public record User(String name, Instant created) {}

    /**
     * An application key as lists show it, without the key.
     *
     * @param app the application ID
     * @param guids the applications it was issued for
     * @param revoked when it was, or null while it holds
     */
    public record Key(
            String app,
            Environment environment,
            List<String> guids,
            @Nullable String note,
            Instant created,
            @Nullable Instant revoked) {}

    /** Opens the home folder of a service; it is made, readable by its owner alone, where there is none. */
    public static Administration open(Path home) {
        return new Administration(guarded(() -> Store.open(home)));
    }

    /** Adds an account. The name may be typed in upper case; it is kept as prepared, which is what this returns. */
    public String addUser(String name, String password) {
        String prepared = preparedName(name);
        String hashed = preparedPassword(password);
        if (!done(() -> store.accounts().add(prepared, hashed))) {
            throw new AdministrationException(Reason.EXISTS, "there is a user " + prepared + " already");
        }
        return prepared;
    }

    /**
     * Begins to add many accounts at once.
     *
     * @param update whether an account that is there gets the new password; if not, it is refused
     * @param iterations PBKDF2 rounds, 4096 to 1000000; null: as many as the service makes
     */
    public UserImport importUsers(boolean update, @Nullable Integer iterations) {
        int times = iterations == null ? store.accounts().iterations() : iterations;
        if (times < StoredAccounts.LEAST_ITERATIONS || times > StoredAccounts.MOST_ITERATIONS) {
            throw invalid("PBKDF2 iterations are " + StoredAccounts.LEAST_ITERATIONS + " to "
                    + StoredAccounts.MOST_ITERATIONS + ", not " + times);
        }
        return new UserImport(store.accounts(), update, times);
    }

    /** All accounts by name. */
    public List<User> listUsers() {
        return guarded(() -> store.accounts().all().stream()
                .map(account -> new User(account.name(), account.created()))
                .toList());
    }

    /** Removes an account, its contact list, and it from everybody's contact list; whoever is signed in to it is signed out. */
    public void removeUser(String name) {
        String prepared = preparedName(name);
        if (!done(() -> store.accounts().remove(prepared))) {
            throw noSuchUser(prepared);
        }
    }

    /** Sets another password; whoever is signed in with the old one is signed out. */
    public void setPassword(String name, String password) {
        String prepared = preparedName(name);
        String hashed = preparedPassword(password);
        if (!done(() -> store.accounts().setPassword(prepared, hashed, null))) {
            throw noSuchUser(prepared);
        }
    }

    /**
     * Issues a key to an application and returns it: 256 random bits as text (43 characters of base64url). It is shown this once.
     *
     * @param app the application ID: letters, digits and {@code . _ @ : -}, at most 128 characters
     * @param guids the GUIDs it is issued for, upper case in braces, 1 to 64
     * @param note what the operator wants to remember of it, at most 1024 characters, or null
     */
    public String issueKey(String app, List<String> guids, Environment environment, @Nullable String note) {
        checkApp(app);
        if (guids.isEmpty() || guids.size() > MOST_GUIDS) {
            throw invalid("a key is issued for 1 to " + MOST_GUIDS + " GUIDs, not " + guids.size());
        }
        for (String guid : guids) {
            if (!GUID.matcher(guid).matches()) {
                throw invalid(
                        "no GUID: " + guid + "; it is written {XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX}, in upper case");
            }
        }
        if (note != null && note.length() > LONGEST_NOTE) {
            throw invalid("a note has at most " + LONGEST_NOTE + " characters");
        }
        byte[] bytes = new byte[KEY_BYTES];
        random.nextBytes(bytes);
        String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        LockKey key =
                new LockKey(app, environment, secret, guids.stream().distinct().toList(), note, Instant.now(), null);
        if (!done(() -> store.lockKeys().issue(key))) {
            throw new AdministrationException(
                    Reason.EXISTS,
                    app + " has a " + environment.wireName() + " key already; revoke it before issuing another");
        }
        return secret;
    }

    /** All keys that were ever issued, oldest first. */
    public List<Key> listKeys() {
        return guarded(() -> store.lockKeys().all().stream()
                .map(key ->
                        new Key(key.app(), key.environment(), key.guids(), key.note(), key.created(), key.revoked()))
                .toList());
    }

    /** Revokes the key of an application: it opens nothing any more. */
    public void revokeKey(String app, Environment environment) {
        checkApp(app);
        if (!done(() -> store.lockKeys().revoke(app, environment, Instant.now()))) {
            throw new AdministrationException(
                    Reason.NOT_FOUND, app + " has no " + environment.wireName() + " key that holds");
        }
    }

    /**
     * Has the running service read its configuration and certificate anew.
     *
     * @return what has changed and what waits for the next start, a sentence each
     */
    public List<String> reload(Duration patience) {
        CompletableFuture<Change.Reloaded> answer = new CompletableFuture<>();
        String id = UUID.randomUUID().toString();
        guarded(() -> {
            store.onChange(change -> {
                if (change instanceof Change.Reloaded reloaded && reloaded.id().equals(id)) {
                    answer.complete(reloaded);
                }
            });
            store.follow();
            return true;
        });
        done(() -> store.askToReload(id));
        try {
            Change.Reloaded reloaded = answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (!reloaded.done()) {
                throw invalid("nothing is reloaded: " + reloaded.report());
            }
            return reloaded.report().lines().toList();
        } catch (TimeoutException e) {
            throw new AdministrationException(
                    Reason.NOT_FOUND, "no service answers; is it running from this home folder?", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AdministrationException(Reason.STORE, "interrupted while waiting for the service", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        guarded(() -> {
            store.close();
            return true;
        });
    }

    private static String preparedName(String name) {
        try {
            return AccountNames.prepared(name);
        } catch (IllegalArgumentException e) {
            throw new AdministrationException(Reason.INVALID, "no user name: " + name + " (" + e.getMessage() + ")", e);
        }
    }

    static String preparedPassword(String password) {
        Optional<String> prepared = Passwords.prepare(password);
        return prepared.orElseThrow(() -> invalid(Passwords.RULE));
    }

    private static void checkApp(String app) {
        if (!APP.matcher(app).matches()) {
            throw invalid("no application ID: " + app
                    + "; it has 1 to 128 letters, digits and . _ @ : -, beginning with a letter or digit");
        }
    }

    private static AdministrationException invalid(String message) {
        return new AdministrationException(Reason.INVALID, message);
    }

    private static AdministrationException noSuchUser(String name) {
        return new AdministrationException(Reason.NOT_FOUND, "there is no user " + name);
    }

    private static boolean done(Supplier<CompletableFuture<Boolean>> change) {
        return guarded(() -> change.get().join());
    }

    static <T> T guarded(Supplier<T> work) {
        try {
            return work.get();
        } catch (StoreException e) {
            throw new AdministrationException(Reason.STORE, String.valueOf(e.getMessage()), e);
        } catch (CompletionException e) {
            if (e.getCause() instanceof StoreException fault) {
                throw new AdministrationException(Reason.STORE, String.valueOf(fault.getMessage()), fault);
            }
            throw e;
        }
    }
}
