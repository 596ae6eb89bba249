package io.github.vdm4j.future;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.dml.ChildJvm;
import io.github.vdm4j.dml.RequiresDml;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
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

    private static void run(String mover) {
        ChildJvm child = ChildJvm.onClassPath(Duration.ofSeconds(120),
                List.of("-Xmx32m", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"),
                FullHeap.class, mover);
        assertTrue(child.output().contains(FullHeap.WORKS), child::toString);
    }
}
