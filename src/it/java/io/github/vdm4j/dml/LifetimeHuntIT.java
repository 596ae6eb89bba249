package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Arenas and buffers closed at any moment around an operation do not crash the JVM:")
class LifetimeHuntIT {
    private static final int TRIES = 100_000;
    private static final Pattern OUTCOME = Pattern.compile(
            "(\\d+) tries, results \\{SUCCESS=(\\d+).*SEGMENT_UNUSABLE=(\\d+).*closed by the "
                    + "other thread: (\\d+),");

    /** The number of tries that a busy machine reaches in that time. */
    @ParameterizedTest(name = "the {0} library, up to 100,000 tries")
    @ValueSource(strings = {"real", "simulated"})
    void shortRunSucceeds(String library) {
        hunt(library, Duration.ofSeconds(18));
    }

    @ParameterizedTest(name = "the {0} library, 100,000 tries")
    @ValueSource(strings = {"real", "simulated"})
    @Tag("slow")
    void hundredThousandTriesSucceed(String library) {
        assertEquals(TRIES, hunt(library, Duration.ofMinutes(10)));
    }

    private static int hunt(String library, Duration time) {
        if (library.equals("real")) {
            var why = DmlLibrary.whyUnavailable();
            assumeTrue(why.isEmpty(), () -> RequiresDml.Condition.reason(why.orElseThrow()));
        }
        ChildJvm child = ChildJvm.onClassPath(
                time.plusMinutes(1),
                List.of("--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"),
                LifetimeHunt.class,
                library,
                Long.toString(ThreadLocalRandom.current().nextLong()),
                Integer.toString(TRIES),
                Long.toString(time.toMillis()));
        assertEquals(0, child.exitCode(), child::toString);
        Matcher outcome = OUTCOME.matcher(child.output());
        assertTrue(outcome.find(), child::toString);
        for (int i = 1; i <= outcome.groupCount(); i++) {
            assertTrue(Integer.parseInt(outcome.group(i)) > 0,
                    "closing never came at the moment in question: " + child);
        }
        return Integer.parseInt(outcome.group(1));
    }
}
