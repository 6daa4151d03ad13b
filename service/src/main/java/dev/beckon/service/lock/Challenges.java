package dev.beckon.service.lock;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The challenges one session has not answered yet. Each is good for one answer, right or wrong, and for a short time. */
final class Challenges {
    static final Duration LIFE = Duration.ofSeconds(60);
    private static final SecureRandom random = new SecureRandom();

    private final Map<String, Challenge> outstanding = new LinkedHashMap<>();

    /**
     * @param nonce 256 random bits as text
     * @param app the application it is meant for where the authority asked by itself, or null
     */
    record Challenge(
            String cookie,
            String nonce,
            Instant expires,
            @Nullable String app) {}

    /** A new one; it takes the place of an unanswered one with the same cookie. Empty where {@code most} wait for an answer. */
    Optional<Challenge> issue(String cookie, @Nullable String app, Instant now, int most) {
        outstanding.values().removeIf(challenge -> !now.isBefore(challenge.expires));
        outstanding.remove(cookie);
        if (outstanding.size() >= most) {
            return Optional.empty();
        }
        byte[] nonce = new byte[32];
        random.nextBytes(nonce);
        Challenge challenge = new Challenge(
                cookie, Base64.getUrlEncoder().withoutPadding().encodeToString(nonce), now.plus(LIFE), app);
        outstanding.put(cookie, challenge);
        return Optional.of(challenge);
    }

    /** Takes the challenge an answer names: a second answer finds none. */
    Optional<Challenge> take(String cookie, Instant now) {
        Challenge challenge = outstanding.remove(cookie);
        return challenge != null && now.isBefore(challenge.expires) ? Optional.of(challenge) : Optional.empty();
    }
}
