package io.github.vdm4j.buffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.dml.ChildJvm;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Leak reports of a separate JVM. Its log is the standard error stream. */
class BufferLeakTest {

    private static ChildJvm run(String property, String... what) {
        ChildJvm child = ChildJvm.onClassPath(
                Duration.ofMinutes(1),
                List.of("--enable-native-access=ALL-UNNAMED",
                        "-Dvdm4j.buffer.reportLeaks=" + property,
                        "-XX:+UseSerialGC"),
                LeakingProgram.class,
                what);
        assertEquals(0, child.exitCode(), child::toString);
        assertTrue(child.output().contains("collected"), child::toString);
        return child;
    }

    private static int count(ChildJvm child, String text) {
        return child.output().split(text, -1).length - 1;
    }

    @Test
    void droppedBufferIsReportedOnceWithItsPlace() {
        ChildJvm child = run("true", "drop", "drop sliced");
        assertEquals(2, count(child, "vdm4j: leak"), child::toString);
        assertEquals(1,
                count(child, "The stack trace shows its creation by allocating 12,345 bytes"),
                child::toString);
        assertEquals(1, count(child, "The stack trace shows its creation by wrapping 77 bytes"),
                child::toString);
        assertTrue(child.output().contains("LeakingProgram.drop("), child::toString);
        assertTrue(child.output().contains("LeakingProgram.dropSliced("), child::toString);
    }

    @Test
    void closedBufferIsNotReported() {
        ChildJvm child = run("true", "close");
        assertFalse(child.output().contains("leak"), child::toString);
    }

    @Test
    void nothingIsReportedWithoutTheProperty() {
        ChildJvm child = run("false", "drop", "drop sliced");
        assertFalse(child.output().contains("leak"), child::toString);
    }
}
