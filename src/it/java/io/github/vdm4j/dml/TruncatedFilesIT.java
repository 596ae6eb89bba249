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

@DisplayName("Operations on truncated mapped files")
class TruncatedFilesIT {

    @ParameterizedTest(name = "{0} mover, {1}")
    @CsvSource({
        "dml, -Xint, 2000", "dml, -XX:TieredStopAtLevel=1, 20000", "dml, -XX:+UseSerialGC, 40000",
        "auto, -Xint, 2000", "auto, -XX:+UseSerialGC, 40000",
        "sync, -Xint, 2000", "sync, -XX:+UseSerialGC, 60000",
        "threads, -Xint, 2000", "threads, -XX:+UseSerialGC, 40000"})
    void truncatedFilesEndWithAnIoError(String mover, String option,
            String rounds) {
        if (mover.equals("dml") || mover.equals("auto")) {
            var why = DmlLibrary.whyUnavailable();
            assumeTrue(why.isEmpty(), () -> RequiresDml.Condition.reason(why.orElseThrow()));
        }
        ChildJvm child = ChildJvm.onClassPath(
                Duration.ofMinutes(2),
                List.of(option, "--enable-native-access=ALL-UNNAMED"),
                TruncatedFiles.class,
                mover,
                Long.toString(ThreadLocalRandom.current().nextLong()),
                rounds);
        assertEquals(0, child.exitCode(), child::toString);
        assertTrue(child.output().contains(" of " + rounds + " operations met a missing page"),
                child::toString);
    }
}
