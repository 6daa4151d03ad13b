package dev.beckon.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SoakPartsTest {
    private static Trend trend(int samples, double noise, java.util.function.DoubleUnaryOperator value) {
        Trend trend = new Trend("heap", "MB", 4);
        Random random = new Random(7);
        for (int i = 0; i < samples; i++) {
            trend.add(i * 10, value.applyAsDouble(i / (double) samples) + noise * random.nextGaussian());
        }
        return trend;
    }

    @Test
    void whatGrowsToTheEndIsALeak() {
        assertThat(trend(40, 0.5, t -> 50 + 40 * t).isLeak()).isTrue();
    }

    @Test
    void whatGrowsWhileWarmingUpIsNone() {
        assertThat(trend(40, 0.5, t -> 50 + 40 * Math.min(t, 0.4)).isLeak()).isFalse();
    }

    @Test
    void whatGoesUpAndDownIsNone() {
        assertThat(trend(40, 20, t -> 100).isLeak()).isFalse();
    }

    @Test
    void whatShrinksIsNone() {
        assertThat(trend(40, 0.5, t -> 90 - 40 * t).isLeak()).isFalse();
    }

    @Test
    void growthIsThatOfTheSecondHalf() {
        assertThat(trend(41, 0, t -> 41 * t).growth()).isBetween(19.9, 20.1);
    }

    @Test
    void twoSamplesAreTooFewToTell() {
        assertThat(trend(2, 0, t -> 100 * t)).asString().contains("too few samples");
    }

    @Test
    void aMessageThatArrivesOnceOrBouncesIsInOrder() {
        Ledger ledger = new Ledger();
        int arrives = ledger.next();
        int bounces = ledger.next();
        int onItsWay = ledger.next();
        ledger.acknowledged(arrives);
        ledger.arrived(arrives);
        ledger.bounced(bounces);
        ledger.acknowledged(bounces);
        ledger.arrived(onItsWay);
        assertThat(ledger.balance()).isEqualTo(new Ledger.Balance(3, 2, 2, 1, 0, 0));
        assertThat(ledger.balance().isGood()).isTrue();
        assertThat(ledger.examples()).isEmpty();
    }

    @Test
    void aMessageThatWasAcknowledgedAndNeverCameIsLost() {
        Ledger ledger = new Ledger();
        ledger.next();
        int lost = ledger.next();
        ledger.acknowledged(lost);
        assertThat(ledger.balance().lost()).isEqualTo(1);
        assertThat(ledger.examples()).isEqualTo("1 was lost");
    }

    @Test
    void aMessageThatComesTwiceIsCounted() {
        Ledger ledger = new Ledger();
        int message = ledger.next();
        ledger.bounced(message);
        ledger.arrived(message);
        assertThat(ledger.balance().twice()).isEqualTo(1);
        assertThat(ledger.examples()).isEqualTo("0 had bounced, and arrived");
    }
}
