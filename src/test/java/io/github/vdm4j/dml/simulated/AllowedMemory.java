package io.github.vdm4j.dml.simulated;

import io.github.vdm4j.dml.simulated.SimulatedTask.Range;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** The memory that operations may touch. Without an allowed range, they may touch all memory. */
final class AllowedMemory {
    private static final long LINE = 64;

    private final List<MemorySegment> segments = new CopyOnWriteArrayList<>();

    void add(MemorySegment segment) {
        segments.add(segment);
    }

    void clear() {
        segments.clear();
    }

    /** Returns the rule that a task breaks by its accesses, or null. */
    Rule brokenBy(SimulatedTask task) {
        if (segments.isEmpty()) {
            return null;
        }
        // A flush writes back whole lines. The lines at the ends may contain bytes of other ranges.
        long slack = task.is(SimulatedTask.CACHE_FLUSH) ? LINE - 1 : 0;
        return Stream.concat(task.writes().stream(), task.reads().stream())
                .map(range -> brokenBy(range, slack))
                .filter(rule -> rule != null)
                .findFirst()
                .orElse(null);
    }

    private Rule brokenBy(Range range, long slack) {
        Rule broken = Rule.OUT_OF_BOUNDS;
        for (MemorySegment segment : segments) {
            long begin = segment.address() - slack;
            long end = segment.address() + segment.byteSize() + slack;
            if (range.address() >= begin && range.address() + range.length() <= end) {
                if (segment.scope().isAlive()) {
                    return null;
                }
                broken = Rule.CLOSED_MEMORY;
            }
        }
        return broken;
    }
}
