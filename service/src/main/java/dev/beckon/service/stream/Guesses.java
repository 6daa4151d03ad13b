package dev.beckon.service.stream;

import dev.beckon.service.RateLimit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * How often passwords may be guessed: from one address, at any account, and at one account, from any address. Whoever guesses at an
 * account from everywhere does not lock its owner out: an address that has lately signed in to it may always try. Thread-safe.
 */
final class Guesses {
    private static final int SLOTS = 1 << 14;

    private final RateLimit perNetwork;
    private final RateLimit perAccount;

    /** Who has signed in from where, the last of each slot: bounded, and nobody gets into it by guessing. */
    private final AtomicReferenceArray<@Nullable String> familiar = new AtomicReferenceArray<>(SLOTS);

    Guesses(RateLimit perNetwork, RateLimit perAccount) {
        this.perNetwork = perNetwork;
        this.perAccount = perAccount;
    }

    /** Whether anybody there may try. */
    boolean isOpen(String network) {
        return !perNetwork.isSpent(network);
    }

    /** Whether somebody there may try at this account. */
    boolean isOpen(String network, String account) {
        return !perAccount.isSpent(account) || isFamiliar(key(network, account));
    }

    /** A guess was wrong; {@code account} is null if it was at none. */
    void missed(String network, @Nullable String account) {
        perNetwork.take(network);
        if (account != null && !isFamiliar(key(network, account))) {
            perAccount.take(account);
        }
    }

    /** It was no guess: somebody knows the password. */
    void hit(String network, String account) {
        String key = key(network, account);
        if (!isFamiliar(key)) {
            familiar.set(slot(key), key);
        }
    }

    private boolean isFamiliar(String key) {
        return key.equals(familiar.get(slot(key)));
    }

    /** A network is written in hexadecimal digits. */
    private static String key(String network, String account) {
        return network + '/' + account;
    }

    private static int slot(String key) {
        int hash = key.hashCode();
        return (hash ^ hash >>> 14) & (SLOTS - 1);
    }
}
