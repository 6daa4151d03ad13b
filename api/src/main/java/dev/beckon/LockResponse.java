package dev.beckon;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Computes the answer to a lock challenge, so that the key itself never leaves the application.
 *
 * <p>Thread: any. Source: Messenger Lock and Key API; seed page 002, with HMAC-SHA-256 in place of MD5.
 */
public final class LockResponse {
    private LockResponse() {}

    /**
     * Base64 of HMAC-SHA-256, keyed with the key's UTF-8 bytes, over challenge, 0x00, application ID, 0x00, address.
     *
     * @param key the key issued with the application ID
     * @param challenge as {@link SessionManagerListener#onLockChallenge} brought it
     * @param appId the application ID
     * @param signInName the signed-in user's, {@link Contact#signInName}
     * @throws SessionException E_INVALIDARG (the key is empty)
     */
    public static String hmacSha256(String key, String challenge, String appId, String signInName) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            mac.update((challenge + '\0' + appId + '\0' + signInName).getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(mac.doFinal());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        } catch (IllegalArgumentException e) {
            throw new SessionException(
                    ResultCode.E_INVALIDARG, "the lock key is empty", "use the key as it was issued");
        }
    }
}
