package io.github.vdm4j.dax;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * A launcher of test classes of this package, in the given order and without Maven.
 *
 * <pre>DaxLauncher CLASS... [-- JVM-OPTION... CLASS... [-- ...]]</pre>
 *
 * <p>The arguments after {@code --} then run in a separate JVM. The exit status is 1 if a test
 * failed or no test was found.
 */
public final class DaxLauncher {
    private static final PrintStream OUT = System.out;

    private DaxLauncher() {}

    /** Prints a line at the end of each test. */
    private static final class Progress implements TestExecutionListener {
        private TestPlan plan;
        private long startedAt;

        @Override
        public void testPlanExecutionStarted(TestPlan started) {
            plan = started;
        }

        @Override
        public void executionStarted(TestIdentifier test) {
            startedAt = System.nanoTime();
        }

        @Override
        public void executionSkipped(TestIdentifier test, String reason) {
            OUT.println("  skipped  " + name(test) + ": " + reason);
        }

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            boolean passed = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL;
            if (test.isTest() || !passed) {
                OUT.printf(
                        "  %-8s %s (%,d ms)%s%n",
                        switch (result.getStatus()) {
                            case SUCCESSFUL -> "ok";
                            case ABORTED -> "skipped";
                            case FAILED -> "FAILED";
                        },
                        name(test),
                        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedAt),
                        passed ? ""
                                : ": " + result.getThrowable()
                                        .map(Throwable::getMessage)
                                        .orElse("no reason"));
            }
        }

        private String name(TestIdentifier test) {
            String parents =
                    plan.getParent(test)
                            .filter(parent -> parent.getParentId().isPresent())
                            .map(parent -> name(parent) + " > ")
                            .orElse("");
            return parents + test.getDisplayName();
        }
    }

    /**
     * Runs tests.
     *
     * @param args the arguments that the class describes
     * @throws IOException if a JVM cannot be started
     * @throws InterruptedException if waiting for it is interrupted
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        List<String> all = Arrays.asList(args);
        int end = all.contains("--") ? all.indexOf("--") : all.size();
        boolean passed = run(all.subList(0, end));
        if (end < all.size()) {
            List<String> rest = all.subList(end + 1, all.size());
            OUT.println("[dax] with " + String.join(" ", rest));
            passed &= startJvm(rest) == 0;
        }
        System.exit(passed ? 0 : 1);
    }

    private static boolean run(List<String> classes) {
        long passed = 0;
        long failed = 0;
        long skipped = 0;
        // Each class has its own request, because JUnit chooses the order within a request.
        for (String name : classes) {
            LauncherDiscoveryRequest request =
                    LauncherDiscoveryRequestBuilder.request()
                            .selectors(
                                    DiscoverySelectors.selectClass(
                                            DaxLauncher.class.getPackageName() + "." + name))
                            .build();
            var listener = new SummaryGeneratingListener();
            LauncherFactory.create().execute(request, new Progress(), listener);
            TestExecutionSummary summary = listener.getSummary();
            summary.printFailuresTo(new PrintWriter(OUT, true), 20);
            passed += summary.getTestsSucceededCount();
            failed += summary.getTotalFailureCount();
            skipped += summary.getTestsSkippedCount() + summary.getTestsAbortedCount();
        }
        OUT.printf("[dax] %d passed, %d failed, %d skipped%n", passed, failed, skipped);
        return failed == 0 && passed > 0;
    }

    private static int startJvm(List<String> arguments) throws IOException, InterruptedException {
        int firstClass = 0;
        while (arguments.get(firstClass).startsWith("-")) {
            firstClass++;
        }
        var main = new ArrayList<String>(List.of(DaxLauncher.class.getName()));
        main.addAll(arguments.subList(firstClass, arguments.size()));
        return ChildJvm.command(arguments.subList(0, firstClass), main)
                .inheritIO()
                .start()
                .waitFor();
    }
}
