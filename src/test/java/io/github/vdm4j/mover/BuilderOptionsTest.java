package io.github.vdm4j.mover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.dml.DmlDataMover;
import io.github.vdm4j.dsa.DsaDataMover;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The messages of all builders about values out of range. */
class BuilderOptionsTest {
    private static final String DAY = "must be above 0, up to PT24H";
    private static final String WORKERS = "must be 1 to 1,024";
    private static final String TRANSFER = "must be a multiple of 64 from 64 to 1,073,741,824";

    /** The wrong values of each option, and the second part of their messages. */
    private static final Map<String, List<?>> OPTIONS = Map.ofEntries(
            Map.entry("closeTimeout", List.of(DAY, Duration.ZERO, Duration.ofHours(25))),
            Map.entry("deviceTimeout", List.of(DAY, Duration.ZERO, Duration.ofHours(25))),
            Map.entry("forceWait",
                    List.of("must be 0 or more. Zero means no wait", Duration.ofNanos(-1))),
            Map.entry("jvmUpTo", List.of("must be 0 or more", -1_000L)),
            Map.entry("maxTransferBytes", List.of(TRANSFER, 0L, 100L, 1L << 31)),
            Map.entry("numaNode", List.of("must be ", -2)), // The rest depends on the machine.
            Map.entry("offloadFrom", List.of("must be 0 or more", -1L)),
            Map.entry("offloadFromWhenAwaited", List.of("must be 0 or more", -7_000L)),
            Map.entry("parallelFrom", List.of("must be 1 or more", 0L)),
            Map.entry("parallelism", List.of(WORKERS, 0, 1_025)),
            Map.entry("queueFullTimeout",
                    List.of("must be 0 to PT1H", Duration.ofSeconds(-1), Duration.ofHours(2))),
            Map.entry("queueSize", List.of("must be 1 or more", 0, -1_000)),
            Map.entry("queues", List.of("must be one name or more, each once", new String[0],
                    new String[]{"wq0.0", "wq0.0"})),
            Map.entry("slots", List.of("must be 1 to 65,536", 0, 65_537)),
            Map.entry("threads", List.of(WORKERS, 0, 1_025)),
            Map.entry("workers", List.of(WORKERS, 0, 1_025)),
            Map.entry("workersFrom", List.of("must be 1 or more", 0L)));

    static Stream<Object> builders() {
        return Stream.of(DataMovers.builder(), SyncDataMover.builder(),
                ThreadsDataMover.builder(), DmlDataMover.builder(), DsaDataMover.builder());
    }

    @ParameterizedTest
    @MethodSource("builders")
    void everyRangeHasAMessageOfTheSameForm(Object builder) throws Exception {
        var untested = new TreeSet<String>();
        for (Method option : builder.getClass().getMethods()) {
            if (!hasRange(option)) {
                continue;
            }
            List<?> row = OPTIONS.get(option.getName());
            if (row == null) {
                untested.add(option.getName());
                continue;
            }
            for (Object value : row.subList(1, row.size())) {
                var refused = assertThrows(InvocationTargetException.class,
                        () -> option.invoke(builder, new Object[]{value}));
                var cause = assertThrows(IllegalArgumentException.class, () -> {
                    throw refused.getCause();
                });
                assertTrue(cause.getMessage()
                        .startsWith(
                                "%s %s: %s".formatted(option.getName(), text(value),
                                        row.getFirst())),
                        cause::getMessage);
            }
        }
        assertEquals(Set.of(), untested);
    }

    private static boolean hasRange(Method option) {
        return option.getDeclaringClass() != Object.class && option.getParameterCount() == 1
                && Set.of(int.class, long.class, Duration.class, String[].class)
                        .contains(option.getParameterTypes()[0]);
    }

    private static String text(Object value) {
        return switch (value) {
            case Number number -> "%,d".formatted(number.longValue());
            case Object[] array -> Arrays.toString(array);
            default -> value.toString();
        };
    }
}
