package dev.beckon.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.benchmarks.load.Outcome.Round;
import dev.beckon.benchmarks.load.Outcome.Spread;
import org.junit.jupiter.api.Test;

class OutcomeTest {
    @Test
    void theMedianIsTheMiddleOne() {
        assertThat(Spread.of(5)).isEqualTo(new Spread(5, 5, 5));
        assertThat(Spread.of(9, 1, 4)).isEqualTo(new Spread(4, 1, 9));
        assertThat(Spread.of(9, 1, 4, 5)).isEqualTo(new Spread(4.5, 1, 9));
    }

    @Test
    void aTableShowsTheMedianAndHowFarRoundsLieApart() {
        Outcome outcome = new Outcome("closed", "As fast as it goes");
        for (double rate : new double[] {2000, 1990, 2100}) {
            outcome.add(new Round().put(Measure.INVITATIONS_PER_SECOND, rate).put(Measure.OTHER_CPU_PERCENT, 0.25));
        }
        outcome.note("Mind this.");
        assertThat(Report.table(outcome))
                .contains("As fast as it goes, median (min–max) of 3 rounds")
                .containsPattern("invitations/s +2000  \\(1990–2100\\)")
                .containsPattern("other CPU, % +0\\.[23]")
                .contains("! Mind this.");
        assertThat(Report.json(outcome)
                        .getAsJsonObject("figures")
                        .getAsJsonObject("invitations_per_second")
                        .get("max")
                        .getAsDouble())
                .isEqualTo(2100);
    }

    @Test
    void whatCouldNotBeMeasuredIsLeftOut() {
        Outcome outcome = new Outcome("closed", "");
        outcome.add(new Round().put(Measure.SERVER_MICROS_PER_INVITATION, 0.0 / 0));
        assertThat(outcome.spreads()).isEmpty();
    }

    @Test
    void oneDisturbedRoundMakesTheOutcomeDisturbed() {
        Outcome outcome = new Outcome("closed", "");
        outcome.add(new Round());
        assertThat(outcome.isDisturbed()).isFalse();
        Round disturbed = new Round();
        disturbed.disturbed();
        outcome.add(disturbed);
        assertThat(outcome.isDisturbed()).isTrue();
    }
}
