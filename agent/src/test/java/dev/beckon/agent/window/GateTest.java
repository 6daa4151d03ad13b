package dev.beckon.agent.window;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class GateTest {
    private Instant now = Instant.parse("2026-11-20T12:00:00Z");
    private final Gate gate = new Gate(() -> now);

    @Test
    void aTokenLetsInOnce() {
        String token = gate.token();
        assertThat(gate.redeem(token)).isTrue();
        assertThat(gate.redeem(token)).isFalse();
    }

    @Test
    void aTokenLetsInForAMinute() {
        String early = gate.token();
        now = now.plus(Gate.TOKEN_LIFE).minusMillis(1);
        assertThat(gate.redeem(early)).isTrue();
        String late = gate.token();
        now = now.plus(Gate.TOKEN_LIFE);
        assertThat(gate.redeem(late)).isFalse();
        now = now.minus(Duration.ofSeconds(59));
        assertThat(gate.redeem(late)).isFalse();
    }

    @Test
    void nothingElseLetsIn() {
        gate.token();
        assertThat(gate.redeem(null)).isFalse();
        assertThat(gate.redeem("")).isFalse();
        assertThat(gate.redeem(gate.key())).isFalse();
        assertThat(gate.redeem(gate.ownerKey())).isFalse();
    }

    @Test
    void oldTokensMakeRoomForNewOnes() {
        String first = gate.token();
        String last = first;
        for (int i = 0; i < 16; i++) {
            last = gate.token();
        }
        assertThat(gate.redeem(first)).isFalse();
        assertThat(gate.redeem(last)).isTrue();
    }

    @Test
    void everySecretIsAnother() {
        assertThat(java.util.Set.of(gate.key(), gate.ownerKey(), gate.token(), gate.token()))
                .hasSize(4)
                .allMatch(secret -> secret.matches("[A-Za-z0-9_-]{43}"));
    }
}
