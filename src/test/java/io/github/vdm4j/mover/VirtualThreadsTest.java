package io.github.vdm4j.mover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.dml.ChildJvm;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class VirtualThreadsTest {
    @Test
    void waitingVirtualThreadsPinNoCarrier() {
        ChildJvm child = ChildJvm.onClassPath(
                Duration.ofMinutes(2),
                List.of(
                        "-Djdk.virtualThreadScheduler.parallelism=2",
                        "-Djdk.virtualThreadScheduler.maxPoolSize=2",
                        "--enable-native-access=ALL-UNNAMED"),
                VirtualThreads.class);
        assertEquals(0, child.exitCode(), child::toString);
        assertTrue(child.output().contains("copied 10000, pinned 0\n"), child::toString);
        assertTrue(child.output().contains("pinned on purpose 1\n"), child::toString);
    }
}
