package dev.beckon.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.service.RateLimit;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class GuessesTest {
    private static final Clock STILL = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

    private final Guesses guesses = new Guesses(limit(5), limit(3));

    @Test
    void anAddressThatGuessesTooOftenIsShutOutWhateverItGuesses() {
        for (int i = 0; i < 5; i++) {
            assertThat(guesses.isOpen("0a000001")).isTrue();
            guesses.missed("0a000001", "user" + i);
        }
        assertThat(guesses.isOpen("0a000001")).isFalse();
        assertThat(guesses.isOpen("0a000002")).isTrue();
    }

    @Test
    void anAccountThatIsGuessedAtFromEverywhereIsShutToStrangersButNotToItsOwner() {
        guesses.hit("0b000001", "alice");
        for (int i = 0; i < 3; i++) {
            assertThat(guesses.isOpen("0a00000" + i, "alice")).isTrue();
            guesses.missed("0a00000" + i, "alice");
        }
        assertThat(guesses.isOpen("0a000009", "alice")).isFalse();
        assertThat(guesses.isOpen("0a000009", "bob")).isTrue();
        assertThat(guesses.isOpen("0b000001", "alice")).isTrue();
    }

    @Test
    void anOwnerWhoMistypesDoesNotShutTheAccountToOtherAddressesOfHers() {
        guesses.hit("0b000001", "alice");
        for (int i = 0; i < 4; i++) {
            guesses.missed("0b000001", "alice");
        }
        assertThat(guesses.isOpen("0b000002", "alice")).isTrue();
        assertThat(guesses.isOpen("0b000001", "alice")).isTrue();
    }

    private static RateLimit limit(int most) {
        return new RateLimit(() -> most, Duration.ofMinutes(1), STILL);
    }
}
