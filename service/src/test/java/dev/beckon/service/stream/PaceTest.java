package dev.beckon.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** {@link System#nanoTime} may be anything, also just before it overflows. */
    private long now = Long.MAX_VALUE - SECOND;

    private final Pace pace = new Pace(100, now);

    @Test
    void tenSecondsWorthMayComeAtOnceAndNoMore() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(pace.count(now)).isZero();
        }
        assertThat(pace.count(now)).isEqualTo(SECOND / 100);
        assertThat(pace.count(now)).isEqualTo(2 * SECOND / 100);
    }

    @Test
    void whoWaitsMaySendAgain() {
        for (int i = 0; i < 1_001; i++) {
            pace.count(now);
        }
        now += SECOND;
        for (int i = 0; i < 99; i++) {
            assertThat(pace.count(now)).isZero();
        }
        assertThat(pace.count(now)).isPositive();
    }

    @Test
    void silenceSavesNoMoreThanTheBurst() {
        now += 1_000 * SECOND;
        for (int i = 0; i < 1_000; i++) {
            assertThat(pace.count(now)).isZero();
        }
        assertThat(pace.count(now)).isPositive();
    }
}
