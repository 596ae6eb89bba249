package io.github.vdm4j.future;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.dml.ChildJvm;
import io.github.vdm4j.dml.RequiresDml;
import io.github.vdm4j.emulator.EmulatorProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A heap that is full for a moment")
class FullHeapIT {
    @ParameterizedTest
    @ValueSource(strings = {"threads", "sync"})
    void losesNoFuture(String mover) {
        run(mover);
    }

    @Nested
    @RequiresDml
    class WithLibdml {
        @ParameterizedTest
        @ValueSource(strings = {"auto", "software"})
        void losesNoFuture(String mover) {
            run(mover);
        }
    }

    @Test
    void losesNoSlotOfADevice(@TempDir Path folder) throws IOException {
        try (EmulatorProcess emulator = EmulatorProcess.start(folder)) {
            run("dsa", "-Dvdm4j.dsa.devices=" + emulator.devices(),
                    "-Dvdm4j.dsa.sysfs=" + emulator.sysfs());
        }
    }

    private static void run(String mover, String... more) {
        List<String> options = new ArrayList<>(List.of(
                "-Xmx32m", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
        options.addAll(List.of(more));
        ChildJvm child =
                ChildJvm.onClassPath(Duration.ofSeconds(120), options, FullHeap.class, mover);
        assertTrue(child.output().contains(FullHeap.WORKS), child::toString);
    }
}
