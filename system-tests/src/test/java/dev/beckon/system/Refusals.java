package dev.beckon.system;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.beckon.ResultCode;
import dev.beckon.SessionException;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Calls that must fail, with the code they must fail with. */
final class Refusals {
    private Refusals() {}

    static void assertRefused(ResultCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .asInstanceOf(InstanceOfAssertFactories.throwable(SessionException.class))
                .extracting(SessionException::code)
                .isEqualTo(code);
    }
}
