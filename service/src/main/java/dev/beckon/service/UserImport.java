package dev.beckon.service;

import dev.beckon.service.AdministrationException.Reason;
import dev.beckon.service.store.StoredAccounts;
import dev.beckon.service.store.StoredAccounts.Added;
import dev.beckon.service.store.StoredAccounts.Derived;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/**
 * Many accounts made at once: first each is {@linkplain #add added}, which only checks it, then all are {@linkplain #run made}. Blocks;
 * for one thread.
 */
public final class UserImport {
    /** So many are committed together: rare enough to be cheap, short enough that a running service does not wait. */
    private static final int BATCH = 256;

    private static final int MOST = 1_000_000;

    private final StoredAccounts accounts;
    private final boolean update;
    private final int iterations;
    private final Map<String, String> passwords = new LinkedHashMap<>();

    UserImport(StoredAccounts accounts, boolean update, int iterations) {
        this.accounts = accounts;
        this.update = update;
        this.iterations = iterations;
    }

    /**
     * What was done.
     *
     * @param left the names of accounts that came to be meanwhile and were left as they are
     */
    public record Result(int added, int updated, List<String> left) {
        private Result plus(Added more) {
            return new Result(
                    added + more.added(),
                    updated + more.updated(),
                    Stream.concat(left.stream(), more.left().stream()).toList());
        }
    }

    /**
     * Checks a user and takes it into the import. Throws {@link AdministrationException}, which repeats neither name nor password
     * unless there is an account of that name, if it cannot be imported: the others still can.
     */
    public void add(String name, String password) {
        String prepared = preparedName(name);
        String hashed = Administration.preparedPassword(password);
        if (passwords.containsKey(prepared)) {
            throw invalid("the user has come before");
        }
        if (passwords.size() == MOST) {
            throw invalid("one import takes at most " + MOST + " users");
        }
        if (!update && Administration.guarded(() -> accounts.exists(prepared))) {
            throw new AdministrationException(Reason.EXISTS, "there is a user " + prepared + " already");
        }
        passwords.put(prepared, hashed);
    }

    /** How many are to be made. */
    public int size() {
        return passwords.size();
    }

    /** How often each password is hashed. */
    public int iterations() {
        return iterations;
    }

    /**
     * Makes the accounts, some hundred at a time and with all processors. If this is broken off, the first of them are there, none by
     * half.
     *
     * @param done is told how many are done with
     */
    public Result run(IntConsumer done) {
        List<Map.Entry<String, String>> all = List.copyOf(passwords.entrySet());
        Result result = new Result(0, 0, List.of());
        // While one batch is written the next is derived.
        CompletableFuture<Added> writing = CompletableFuture.completedFuture(new Added(0, 0, List.of()));
        for (int from = 0; from < all.size(); from += BATCH) {
            List<Derived> batch = all.subList(from, Math.min(all.size(), from + BATCH)).parallelStream()
                    .map(user -> accounts.derive(user.getKey(), user.getValue(), iterations))
                    .toList();
            result = result.plus(Administration.guarded(writing::join));
            writing = accounts.addAll(batch, update);
            done.accept(from);
        }
        result = result.plus(Administration.guarded(writing::join));
        done.accept(all.size());
        return result;
    }

    private static String preparedName(String name) {
        try {
            return AccountNames.prepared(name);
        } catch (IllegalArgumentException e) {
            throw new AdministrationException(Reason.INVALID, "this is no user name: " + e.getMessage(), e);
        }
    }

    private static AdministrationException invalid(String message) {
        return new AdministrationException(Reason.INVALID, message);
    }
}
