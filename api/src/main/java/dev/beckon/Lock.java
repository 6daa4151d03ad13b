package dev.beckon;

/**
 * What keeps a {@link SessionManager} closed until the application has shown that it knows the key it was issued.
 *
 * <p>Shortly after sign-in the client learns whether the service locks ({@link SessionManagerListener#onLockEnable}).
 * Where it does not, the lock is DISABLED and nothing needs unlocking. Opening it holds for this one object until the
 * client goes offline.
 *
 * <p>Thread: any. Source: IMsgrLock; Messenger Lock and Key API; seed page 002.
 */
public interface Lock {
    /** Where the lock stands. */
    LockStatus status();

    /**
     * Asks the service for a challenge; it comes as {@link SessionManagerListener#onLockChallenge}.
     *
     * @param cookie a random number that names this transaction
     * @throws SessionException LOCK_NOTINITIALIZED, LOCK_PENDING_UNLOCK, LOCK_ALREADY_UNLOCKED, LOCK_DISABLED
     */
    void requestChallenge(long cookie);

    /**
     * Answers a challenge; the judgement comes as {@link SessionManagerListener#onLockResult}. The key never travels:
     * see {@link LockResponse}.
     *
     * @param appId the application ID the key was issued for
     * @param response the digest: Base64 of HMAC-SHA-256, or 32 hexadecimal digits of MD5 where the service takes it
     * @param cookie the number of the challenge being answered
     * @throws SessionException LOCK_NOTINITIALIZED, LOCK_ALREADY_UNLOCKED, LOCK_DISABLED, E_INVALIDARG (no challenge of
     *     that cookie, or a malformed value)
     */
    void sendResponse(String appId, String response, long cookie);
}
