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
    void randomActionsDoNotCrashTheJvm() {
        hunt(Duration.ofSeconds(20), 100_000);
    }

    @Test
    @Tag("slow")
    void manyRandomActionsDoNotCrashTheJvm() {
        hunt(Duration.ofMinutes(5), 5_000_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Xint", "-XX:TieredStopAtLevel=1", "-Xcomp"})
    @Tag("slow")
    void randomActionsWorkWithAnyCompiler(String option) {
        hunt(Duration.ofSeconds(30), 1_000_000, option);
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

    /** Returns a new seed. Every child prints its seed. You can repeat a failure with it. */
    private static String seed() {
        return Long.toString(ThreadLocalRandom.current().nextLong());
    }
}
