package dev.beckon.session;

import dev.beckon.Limits;
import dev.beckon.LockStatus;
import dev.beckon.ResultCode;
import dev.beckon.SessionException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The lock of one SessionManager: an event goes in, effects come out (spec section 5).
 *
 * <pre>
 *  NOTINITIALIZED ──enabled(false)──▶ DISABLED
 *        └─enabled(true)──▶ INITIALIZED ──request, response──▶ PENDINGRESULT ──good──▶ UNLOCKED
 *                               ▲  ▲                               │
 *                               │  └──── offline, ticket over ─────┤
 *                               └─ next request ── UNLOCKFAILED ◀──┘ wrong
 * </pre>
 */
final class LockMachine {
    /** Challenges that may be open at once; the oldest gives way. */
    private static final int CHALLENGES = 8;

    private static final int APP_ID_CHARACTERS = 256;
    private static final int RESPONSE_CHARACTERS = 1024;

    private final List<Effect> effects = new ArrayList<>();
    private final Set<Long> challenges = new LinkedHashSet<>();
    private LockStatus status = LockStatus.NOTINITIALIZED;
    /** The transaction under way: what a late answer must match to count. */
    private @Nullable Long pending;

    private boolean renewing;

    /** What is to be done. */
    sealed interface Effect {
        /** Ask the authority for a challenge. */
        record AskChallenge(long cookie) implements Effect {}

        /** Have the authority judge a response. */
        record Respond(String appId, String response, long cookie) implements Effect {}

        /** Tell onLockEnable. */
        record Enable(boolean locks) implements Effect {}

        /** Tell onLockChallenge. */
        record Challenge(long cookie, String nonce) implements Effect {}

        /** Tell onLockResult. */
        record Result(long cookie, boolean succeeded) implements Effect {}

        /** Tell onLockStatusChanged. */
        record Status(LockStatus status) implements Effect {}

        /** Keep the ticket, and come back with {@link #expired} at its end. */
        record Keep(LockAuthority.Ticket ticket) implements Effect {}
    }

    LockStatus status() {
        return status;
    }

    /** Whether the session manager may be used. */
    boolean isOpen() {
        return status == LockStatus.UNLOCKED || status == LockStatus.DISABLED;
    }

    /**
     * Lets pass where the session manager may be used.
     *
     * @throws SessionException LOCK_NOTINITIALIZED, LOCK_LOCKED
     */
    void check() {
        if (status == LockStatus.NOTINITIALIZED) {
            throw new SessionException(
                    ResultCode.LOCK_NOTINITIALIZED,
                    "it is not known yet whether the service locks",
                    "wait for onLockEnable");
        }
        if (!isOpen()) {
            throw new SessionException(
                    ResultCode.LOCK_LOCKED, "the lock is closed", "open it with requestChallenge and sendResponse");
        }
    }

    // ---- the service

    /** After every sign-in: whether it locks. */
    List<Effect> enabled(boolean locks) {
        effects.clear();
        effects.add(new Effect.Enable(locks));
        close();
        to(locks ? LockStatus.INITIALIZED : LockStatus.DISABLED);
        return take();
    }

    /** Not signed in any more: what was open is locked again. Whether the service locks stays as it was. */
    List<Effect> offline() {
        effects.clear();
        Long cookie = pending;
        close();
        if (cookie != null) {
            effects.add(new Effect.Result(cookie, false));
        }
        if (status != LockStatus.NOTINITIALIZED && status != LockStatus.DISABLED) {
            to(LockStatus.INITIALIZED);
        }
        return take();
    }

    /** A challenge came: the one that was asked for, or one nobody asked for. */
    List<Effect> challenged(long cookie, String nonce, boolean asked) {
        effects.clear();
        boolean expected = asked && pending != null && pending == cookie;
        boolean unasked = !asked && status != LockStatus.NOTINITIALIZED && status != LockStatus.DISABLED;
        if (expected || unasked) {
            if (challenges.size() >= CHALLENGES) {
                challenges.remove(challenges.iterator().next());
            }
            challenges.add(cookie);
            effects.add(new Effect.Challenge(cookie, nonce));
        }
        return take();
    }

    /** No challenge, or no judgement, could be had. */
    List<Effect> failed(long cookie) {
        effects.clear();
        if (pending != null && pending == cookie) {
            pending = null;
            effects.add(new Effect.Result(cookie, false));
            // A renewal that found nobody leaves open what is open; its ticket runs out by itself.
            if (!renewing) {
                to(LockStatus.INITIALIZED);
            }
            renewing = false;
        }
        return take();
    }

    /** The response was judged. */
    List<Effect> judged(long cookie, LockAuthority.@Nullable Ticket ticket) {
        effects.clear();
        if (pending == null || pending != cookie) {
            return take();
        }
        pending = null;
        renewing = false;
        effects.add(new Effect.Result(cookie, ticket != null));
        if (ticket == null) {
            to(LockStatus.UNLOCKFAILED);
        } else {
            effects.add(new Effect.Keep(ticket));
            to(LockStatus.UNLOCKED);
        }
        return take();
    }

    /** The ticket ran out and no other took its place: invitations could carry none, so it is locked again. */
    List<Effect> expired() {
        effects.clear();
        if (status == LockStatus.UNLOCKED) {
            to(LockStatus.INITIALIZED);
        }
        return take();
    }

    // ---- the application

    List<Effect> request(long cookie) {
        effects.clear();
        switch (status) {
            case NOTINITIALIZED -> check();
            case DISABLED -> throw disabled();
            case PENDINGRESULT ->
                throw new SessionException(
                        ResultCode.LOCK_PENDING_UNLOCK,
                        "a challenge is under way",
                        "answer it, or wait for its result");
            case UNLOCKED -> throw unlocked();
            case INITIALIZED, UNLOCKFAILED -> {
                pending = cookie;
                challenges.clear();
                effects.add(new Effect.AskChallenge(cookie));
                to(LockStatus.PENDINGRESULT);
            }
        }
        return take();
    }

    List<Effect> respond(String appId, String response, long cookie) {
        effects.clear();
        if (status == LockStatus.NOTINITIALIZED) {
            check();
        } else if (status == LockStatus.DISABLED) {
            throw disabled();
        } else if (status == LockStatus.UNLOCKED && !challenges.contains(cookie)) {
            throw unlocked();
        }
        Limits.text("application ID", appId, APP_ID_CHARACTERS);
        Limits.text("response", response, RESPONSE_CHARACTERS);
        if (appId.isEmpty() || response.isEmpty()) {
            throw new SessionException(
                    ResultCode.E_INVALIDARG,
                    (appId.isEmpty() ? "application ID" : "response") + " is empty",
                    "see LockResponse");
        }
        if (!challenges.remove(cookie)) {
            throw new SessionException(
                    ResultCode.E_INVALIDARG, "no challenge of cookie " + cookie + " is open", "request one first");
        }
        pending = cookie;
        renewing = status == LockStatus.UNLOCKED;
        effects.add(new Effect.Respond(appId, response, cookie));
        if (!renewing) {
            to(LockStatus.PENDINGRESULT);
        }
        return take();
    }

    private static SessionException disabled() {
        return new SessionException(
                ResultCode.LOCK_DISABLED, "the service does not lock", "use the session manager right away");
    }

    private static SessionException unlocked() {
        return new SessionException(
                ResultCode.LOCK_ALREADY_UNLOCKED, "the lock is open", "use the session manager right away");
    }

    private void close() {
        pending = null;
        renewing = false;
        challenges.clear();
    }

    private void to(LockStatus next) {
        if (status != next) {
            status = next;
            effects.add(new Effect.Status(next));
        }
    }

    private List<Effect> take() {
        return List.copyOf(effects);
    }
}
