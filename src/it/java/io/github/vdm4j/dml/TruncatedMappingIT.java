package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Faults 09 and 32. */
@DisplayName("Every operation on a mapping")
class TruncatedMappingIT {

    @ParameterizedTest(name = "{0} mover, the kernel refuses {1} ({2})")
    @CsvSource({
        "dml, nothing, 0", "dml, populate, 22", "dml, populate, 1", "dml, all, 22", "dml, all, 38",
        "auto, nothing, 0", "auto, populate, 38", "auto, all, 1",
        "threads, nothing, 0", "sync, nothing, 0", "sync, all, 22"})
    void truncatedFileEndsWithAnIoError(String mover, String refused, String error) {
        run(mover, "truncated", refused, error);
    }

    @ParameterizedTest(name = "{0} mover, the kernel refuses {1} ({2})")
    @CsvSource({"dml, nothing, 0", "dml, populate, 22", "dml, populate, 38", "auto, populate, 1",
        "auto, all, 22"})
    void wholeFileSucceeds(String mover, String refused, String error) {
        ChildJvm child = run(mover, "whole", refused, error);
        if (mover.equals("dml")) {
            assertTrue(child.output().contains("mapped memcpy from: SUCCESS DML_SOFTWARE"),
                    child::toString);
        }
    }

    @ParameterizedTest(name = "error {0}")
    @CsvSource({"22", "1", "38"})
    void jvmExecutesIfTheKernelRefusesAllChecks(String error) {
        ChildJvm child = run("dml", "whole", "all", error);
        assertFalse(child.output().contains("DML_SOFTWARE"), child::toString);
        assertTrue(child.output().contains("mapped memcpy from: SUCCESS JVM"), child::toString);
    }

    private static ChildJvm run(String mover, String state, String refused, String error) {
        if (mover.equals("dml") || mover.equals("auto")) {
            var why = DmlLibrary.whyUnavailable();
            assumeTrue(why.isEmpty(), () -> RequiresDml.Condition.reason(why.orElseThrow()));
        }
        ChildJvm child = ChildJvm.onClassPath(
                Duration.ofMinutes(1),
                List.of("--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"),
                TruncatedMapping.class,
                mover,
                state,
                refused,
                error);
        assertEquals(0, child.exitCode(), child::toString);
        assertTrue(child.output().endsWith("\n0 operations ended wrongly\n"), child::toString);
        return child;
    }
}
