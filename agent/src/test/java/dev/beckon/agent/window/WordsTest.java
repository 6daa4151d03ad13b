package dev.beckon.agent.window;

import static org.assertj.core.api.Assertions.assertThat;

import dev.beckon.ResultCode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WordsTest {
    @ParameterizedTest
    @EnumSource(ResultCode.class)
    void everyCodeIsSaidInPlainWords(ResultCode code) {
        for (boolean inviter : new boolean[] {true, false}) {
            Words words = Words.of(code, inviter);
            if (code.isSuccess()) {
                assertThat(words.problem()).isEmpty();
                continue;
            }
            assertThat(words.problem()).matches("[A-Z].*\\.").doesNotContain("_", "0x");
            assertThat(words.remedy()).matches("|[A-Z].*\\.").doesNotContain("_", "0x");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ResultCode.class,
            names = {"SR_INVITATION_DECLINED", "SR_SESSION_CANCELLED_LOCAL", "SR_SESSION_CANCELLED_REMOTE"},
            mode = EnumSource.Mode.EXCLUDE)
    void whereItFailedOneIsToldWhatToDo(ResultCode code) {
        if (!code.isSuccess()) {
            assertThat(Words.of(code, true).remedy()).isNotEmpty();
            assertThat(Words.of(code, false).remedy()).isNotEmpty();
        }
    }
}
