package dev.beckon.conformance;

import dev.beckon.conformance.Result.Test;
import dev.beckon.conformance.Result.Verdict;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.igniterealtime.smack.inttest.AbstractSmackIntTest;
import org.igniterealtime.smack.inttest.Configuration;
import org.igniterealtime.smack.inttest.FailedTest;
import org.igniterealtime.smack.inttest.SmackIntegrationTestFramework;
import org.igniterealtime.smack.inttest.SmackIntegrationTestFramework.TestRunResult;
import org.igniterealtime.smack.inttest.SuccessfulTest;
import org.igniterealtime.smack.inttest.TestNotPossible;
import org.igniterealtime.smack.inttest.TestNotPossibleException;
import org.igniterealtime.smack.inttest.TestResult;
import org.igniterealtime.smack.inttest.annotations.SmackIntegrationTest;

/**
 * Runs tests of Smack's integration test framework one class at a time, each with accounts of its own. The framework alone runs
 * classes in a random order on the same accounts, and ends at the first test that throws what it does not expect.
 */
final class Suite {
    private static final Duration FOR_A_CLASS = Duration.ofMinutes(4);

    /** How often a test that failed is tried again, alone: Smack has races of its own. */
    private static final int RETRIES = 2;

    private final String domain;
    private final String connection;
    private final Duration replyTimeout;
    private final Map<Test, Result> results = new LinkedHashMap<>();

    /** {@code connection} is the nickname of a connection descriptor. */
    Suite(String domain, String connection, Duration replyTimeout) {
        this.domain = domain;
        this.connection = connection;
        this.replyTimeout = replyTimeout;
    }

    List<Result> run(List<Class<? extends AbstractSmackIntTest>> classes) throws Exception {
        for (Class<? extends AbstractSmackIntTest> each : classes) {
            runAll(tests(each));
        }
        for (Result result : List.copyOf(results.values())) {
            for (int i = 0; i < RETRIES && results.get(result.test()).hasFailed(); i++) {
                results.remove(result.test());
                runAll(List.of(result.test()));
                results.computeIfPresent(result.test(), (test, now) -> now.hasPassed() ? now.after(result) : now);
            }
        }
        return List.copyOf(results.values());
    }

    private static List<Test> tests(Class<? extends AbstractSmackIntTest> in) {
        return Arrays.stream(in.getMethods())
                .filter(method -> method.isAnnotationPresent(SmackIntegrationTest.class))
                .sorted(Comparator.comparing(Method::getName))
                .map(method -> new Test(in, method))
                .toList();
    }

    /** Runs tests of one class; where one of them breaks the framework off, the others are run without it. */
    private void runAll(List<Test> tests) throws Exception {
        List<Test> todo = new ArrayList<>(tests);
        while (!todo.isEmpty()) {
            String end = runOnce(todo);
            boolean none = todo.stream().noneMatch(results::containsKey);
            if (none && todo.size() == 1) {
                Test broke = todo.get(0);
                results.put(broke, Result.failed(broke, end.isEmpty() ? "the framework gave no result" : end));
            } else if (none) {
                for (Test alone : todo) {
                    runAll(List.of(alone));
                }
            }
            todo.removeIf(results::containsKey);
        }
    }

    /** Why the run broke off, or empty. */
    private String runOnce(List<Test> tests) throws Exception {
        SmackIntegrationTestFramework framework = new SmackIntegrationTestFramework(configuration(tests));
        String[] end = {""};
        Thread runner = new Thread(
                () -> {
                    try {
                        framework.run();
                    } catch (Throwable e) {
                        end[0] = "the run broke off: " + e;
                    }
                },
                "suite");
        runner.setDaemon(true);
        runner.start();
        long deadline = System.nanoTime() + FOR_A_CLASS.toNanos();
        // Removing the accounts can take the reply time-out for each: the last result is enough.
        while (runner.isAlive() && finished(framework) < tests.size()) {
            if (System.nanoTime() > deadline) {
                end[0] = "took longer than " + FOR_A_CLASS.toMinutes() + " minutes";
                runner.interrupt();
                break;
            }
            runner.join(20);
        }
        runner.join(TimeUnit.SECONDS.toMillis(1));
        take(framework, tests);
        return end[0];
    }

    private Configuration configuration(List<Test> tests) throws Exception {
        String methods = tests.stream()
                .map(test -> test.method().getDeclaringClass().getName() + "."
                        + test.method().getName())
                .distinct()
                .collect(Collectors.joining(","));
        return Configuration.builder()
                .setService(domain)
                .setSecurityMode("required")
                .setReplyTimeout(Long.toString(replyTimeout.toMillis()))
                .setDnsResolver(Configuration.DnsResolver.javax)
                .setDefaultConnection(connection)
                .setEnabledConnections(connection)
                .setEnabledTests(methods)
                .addTestPackages(tests.get(0).in().getPackageName())
                .setDebugger(System.getProperty("conformance.debugger", "none"))
                .build();
    }

    private void take(SmackIntegrationTestFramework framework, List<Test> tests) throws ReflectiveOperationException {
        TestRunResult run = testRun(framework);
        if (run == null) {
            return;
        }
        for (SuccessfulTest each : run.getSuccessfulTests()) {
            put(each, tests, Verdict.PASSED, "");
        }
        for (FailedTest each : run.getFailedTests()) {
            put(each, tests, Verdict.FAILED, String.valueOf(each.failureReason));
        }
        for (TestNotPossible each : run.getNotPossibleTests()) {
            put(each, tests, Verdict.SKIPPED, String.valueOf(each.testNotPossibleException.getMessage()));
        }
        Throwable impossible = run.getImpossibleTestClasses().get(tests.get(0).in());
        if (impossible != null) {
            Verdict verdict = impossible instanceof TestNotPossibleException ? Verdict.SKIPPED : Verdict.FAILED;
            tests.forEach(test -> results.put(
                    test, new Result(test, verdict, Duration.ZERO, String.valueOf(impossible.getMessage()))));
        }
    }

    private void put(TestResult each, List<Test> tests, Verdict verdict, String why) {
        Duration time = Duration.ofMillis(each.endTime - each.startTime);
        tests.stream()
                .filter(test -> test.method().equals(each.concreteTest.getMethod()))
                .forEach(test -> results.put(test, new Result(test, verdict, time, why.replaceAll("\\s+", " "))));
    }

    private static int finished(SmackIntegrationTestFramework framework) throws ReflectiveOperationException {
        TestRunResult run = testRun(framework);
        return run == null
                ? 0
                : run.getSuccessfulTests().size()
                        + run.getFailedTests().size()
                        + run.getNotPossibleTests().size();
    }

    /** Not by a subclass: there are tests which look for fields of the framework's own class. */
    private static TestRunResult testRun(SmackIntegrationTestFramework framework) throws ReflectiveOperationException {
        Field field = SmackIntegrationTestFramework.class.getDeclaredField("testRunResult");
        field.setAccessible(true);
        return (TestRunResult) field.get(framework);
    }
}
