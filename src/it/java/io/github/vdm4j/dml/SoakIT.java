package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayName("Thirty threads on all movers, while movers are closed and replaced")
class SoakIT {
    /** The property with the duration of the slow test, in the format of {@link Duration#parse}. */
    private static final String DURATION = "vdm4j.soak";

    @Test
    void shortRunSucceeds() {
        soak(Duration.ofSeconds(10));
    }

    @Test
    @Tag("slow")
    void longRunSucceeds() {
        System.out.println(soak(Duration.parse(System.getProperty(DURATION, "PT10M"))).output());
    }

    private static ChildJvm soak(Duration duration) {
        ChildJvm child = ChildJvm.onClassPath(
                duration.plusMinutes(5),
                List.of("--enable-native-access=ALL-UNNAMED", "-Xmx512m", "-XX:+UseSerialGC"),
                Soak.class,
                duration.toString(),
                Long.toString(ThreadLocalRandom.current().nextLong()),
                DmlLibrary.whyUnavailable().isEmpty() ? "real" : "simulated");
        assertEquals(0, child.exitCode(), child::toString);
        return child;
    }
}
