package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@RequiresDml
@DisplayName("Arenas that are closed around a batch never crash the JVM")
class BatchHuntIT {
    private static final Pattern OUTCOME =
            Pattern.compile(
                    "(\\d+) batches, tasks done (\\d+), not done (\\d+), closing refused (\\d+)");

    private static final Duration TIME = Duration.ofSeconds(15);

    @Test
    void shortRunSucceeds() {
        ChildJvm child = ChildJvm.onClassPath(
                TIME.plusMinutes(1),
                List.of("--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"),
                BatchHunt.class,
                Long.toString(ThreadLocalRandom.current().nextLong()),
                Long.toString(TIME.toMillis()));
        assertEquals(0, child.exitCode(), child::toString);
        Matcher outcome = OUTCOME.matcher(child.output());
        assertTrue(outcome.find(), child::toString);
        for (int i = 1; i <= outcome.groupCount(); i++) {
            assertTrue(Integer.parseInt(outcome.group(i)) > 0,
                    "closing never came at the moment in question: " + child);
        }
    }
}
