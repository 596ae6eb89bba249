package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Faults 22 and 29. */
@DisplayName("Two threads that share one operation or batch")
class PreparedByTwoIT {
    private static final String MILLIS = "1500";

    @ParameterizedTest(name = "{0} mover, {1}")
    @CsvSource({
        "dml, copy", "dml, data", "dml, batch", "auto, copy", "auto, data", "auto, batch",
        "threads, copy", "threads, data", "threads, batch",
        "sync, copy", "sync, data", "sync, batch"})
    void threadsWriteOnlyTheirDestinations(String mover, String shared) {
        if (mover.equals("dml") || mover.equals("auto")) {
            var why = DmlLibrary.whyUnavailable();
            assumeTrue(why.isEmpty(), () -> RequiresDml.Condition.reason(why.orElseThrow()));
        }
        ChildJvm child = ChildJvm.onClassPath(
                Duration.ofSeconds(30),
                List.of("--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"),
                PreparedByTwo.class,
                mover,
                shared,
                Long.toString(ThreadLocalRandom.current().nextLong()),
                MILLIS);
        assertEquals(0, child.exitCode(), child::toString);
        assertTrue(child.output().endsWith("done\n"), child::toString);
    }
}
