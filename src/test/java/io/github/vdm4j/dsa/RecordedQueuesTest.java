package io.github.vdm4j.dsa;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdm4j.dml.ChildJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordedQueuesTest {
    @Test
    void eventsNameTheQueues(@TempDir Path folder) {
        ChildJvm child = ChildJvm.onClassPath(Duration.ofMinutes(2),
                List.of("--enable-native-access=ALL-UNNAMED"), RecordedQueues.class,
                folder.resolve("queues.jfr").toString());
        assertEquals(0, child.exitCode(), child::toString);
        assertEquals(
                List.of("event memcpy DSA_HARDWARE SUCCESS wq0.0, wq1.0",
                        "event memcpy DSA_HARDWARE SUCCESS wq1.0",
                        "event batch DSA_HARDWARE SUCCESS wq1.0",
                        "event memcpy JVM SUCCESS null",
                        "event memcpy JVM SUCCESS null",
                        "event memcpy JVM SUCCESS null",
                        "event memcpy DSA_HARDWARE DEVICE_ERROR wq1.0"),
                child.output().lines().filter(line -> line.startsWith("event ")).toList());
    }
}
