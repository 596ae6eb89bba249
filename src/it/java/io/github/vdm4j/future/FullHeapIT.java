package io.github.vdm4j.future;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.dml.ChildJvm;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The library's threads survive a heap that is full for a moment. */
class FullHeapIT {
    @Test
    void threadsSurviveFullHeap() {
        ChildJvm child = ChildJvm.onClassPath(Duration.ofSeconds(90),
                List.of("-Xmx32m", "-XX:+UseSerialGC"), FullHeap.class);
        assertTrue(child.output().contains(FullHeap.WORKS), child::toString);
    }
}
