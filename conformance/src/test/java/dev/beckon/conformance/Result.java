package dev.beckon.conformance;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import org.igniterealtime.smack.inttest.AbstractSmackIntTest;
import org.igniterealtime.smack.inttest.annotations.SpecificationReference;

/**
 * What became of one test.
 *
 * @param why of a failure or of a test that could not be run; of a test that passed only when tried again, how it failed first
 */
record Result(Test test, Verdict verdict, Duration time, String why) {
    enum Verdict {
        PASSED,
        FAILED,
        SKIPPED
    }

    /** A method of a test class; the class it is run in may have inherited it. */
    record Test(Class<? extends AbstractSmackIntTest> in, Method method) {
        /** Whether it is one of our own, which have no independent author. */
        boolean isOurs() {
            return OwnTest.class.isAssignableFrom(in);
        }

        /** The specification the class says it tests, or none. */
        String specification() {
            SpecificationReference reference = in.getAnnotation(SpecificationReference.class);
            return reference == null ? "-" : reference.document();
        }

        @Override
        public String toString() {
            return in.getSimpleName() + "." + method.getName();
        }
    }

    static Result failed(Test test, String why) {
        return new Result(test, Verdict.FAILED, Duration.ZERO, why);
    }

    /** A pass, after it had failed like this. */
    Result after(Result first) {
        return new Result(test, verdict, time, "at first: " + first.why);
    }

    boolean hasPassed() {
        return verdict == Verdict.PASSED;
    }

    boolean hasFailed() {
        return verdict == Verdict.FAILED;
    }

    boolean isFlaky() {
        return hasPassed() && !why.isEmpty();
    }

    static long count(List<Result> results, Verdict verdict) {
        return results.stream().filter(each -> each.verdict == verdict).count();
    }
}
