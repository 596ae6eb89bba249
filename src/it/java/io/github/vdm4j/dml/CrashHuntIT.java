package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@RequiresDml
@DisplayName("Careless callers do not crash the JVM:")
class CrashHuntIT {
    private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";

    @Test
    void randomActionsOnSeveralThreads() {
        hunt(Duration.ofSeconds(20), 100_000);
    }

    @Test
    @Tag("slow")
    void manyMoreRandomActionsOnSeveralThreads() {
        hunt(Duration.ofMinutes(5), 5_000_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Xint", "-XX:TieredStopAtLevel=1", "-Xcomp"})
    @Tag("slow")
    void randomActionsWhateverTheCompiler(String option) {
        hunt(Duration.ofSeconds(30), 1_000_000, option);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Xint", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"})
    void operationsOnFilesThatWereCutOffEndWithAnIoError(String option) {
        String rounds = option.equals("-Xint") ? "2000" : "50000";
        ChildJvm child = ChildJvm.onClassPath(
                Duration.ofMinutes(2), List.of(option, NATIVE_ACCESS), TruncatedFiles.class, "dml", seed(), rounds);
        assertEquals(0, child.exitCode(), child::toString);
        assertTrue(child.output().contains(" operations met a missing page"), child::toString);
    }

    private static void hunt(Duration time, int actions, String... options) {
        var all = new java.util.ArrayList<>(List.of(options));
        all.add(NATIVE_ACCESS);
        ChildJvm child = ChildJvm.onClassPath(
                time.plusMinutes(2),
                all,
                CrashHunt.class,
                seed(),
                Long.toString(time.toMillis()),
                Integer.toString(actions));
        assertEquals(0, child.exitCode(), child::toString);
        assertTrue(child.output().contains(" actions, results {SUCCESS="), child::toString);
    }

    /** Another one each time; every child prints its own, so that a failure can be seen again. */
    private static String seed() {
        return Long.toString(ThreadLocalRandom.current().nextLong());
    }
}
