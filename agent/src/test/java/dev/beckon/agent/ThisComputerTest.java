package dev.beckon.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.Limits;
import org.junit.jupiter.api.Test;

class ThisComputerTest {
    @Test
    void itsAddressIsALiteralOthersCanUse() {
        assertThat(Limits.address(ThisComputer.address()))
                .isNotEmpty()
                .doesNotContain("%")
                .isNotEqualTo("0.0.0.0");
    }
}
