package io.github.vdm4j.dax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.machine.Processor;
import io.github.vdm4j.memory.PmemLibrary;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import jdk.nio.mapmode.ExtendedMapMode;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A count of cache flushes. It must be the first class in its JVM (see {@link FlushCounter}). */
@OnDax
@DisplayName("The processor really writes back the covering cache lines, each once")
class FlushCountOnDax {
    private static final int LINE = 64;
    private static final int SIZE = 1 << 17;
    private static final int RANDOM_RANGES = 40;

    private static FlushCounter counter;
    private static String instruction;

    private record Range(long offset, long length) {
        long lines() {
            return (offset + length + LINE - 1) / LINE - offset / LINE;
        }
    }

    @BeforeAll
    static void open() {
        Assumptions.assumeTrue(FlushCounter.isThere(), "the emulator does not count (COUNT=1)");
        counter = FlushCounter.open();
        Set<String> flags = Processor.flags(Path.of("/proc/cpuinfo"));
        instruction =
                flags.contains("clwb") ? "clwb"
                        : flags.contains("clflushopt") ? "clflushopt" : "clflush";
        System.out.println(
                "  processor: " + instruction + ", libpmem: "
                        + PmemLibrary.find().map(PmemLibrary::toString).orElse("none"));
    }

    private static List<Range> ranges() {
        var ranges = new ArrayList<Range>();
        ranges.add(new Range(60, 100)); // The range is shorter than two lines but touches three.
        ranges.add(new Range(0, 1));
        ranges.add(new Range(63, 1));
        ranges.add(new Range(63, 2));
        ranges.add(new Range(64, 64));
        ranges.add(new Range(65, 64));
        ranges.add(new Range(4095, 2));
        ranges.add(new Range(1, SIZE - 2));
        return ranges;
    }

    private static List<Range> randomRanges() {
        var random = new Random(3);
        var ranges = new ArrayList<Range>();
        for (int i = 0; i < RANDOM_RANGES; i++) {
            ranges.add(
                    new Range(random.nextInt(5000), 1 + random.nextInt(i % 2 == 0 ? 200 : 5_000)));
        }
        return ranges;
    }

    private static void perform(
            Vdm mover, VdmOperationType type, MemorySegment onto, MemorySegment source,
            Range range) {
        MemorySegment part = onto.asSlice(range.offset(), range.length());
        MemorySegment of = source.asSlice(0, range.length());
        VdmFuture<VdmOutput> future =
                switch (type) {
                    case MEMCPY -> mover.memcpy(part, of, VdmFlags.MEM_DURABLE);
                    case MEMMOVE -> mover.memmove(part, of, VdmFlags.MEM_DURABLE);
                    case MEMSET -> mover.memset(part, (byte) range.length(), VdmFlags.MEM_DURABLE);
                    case FLUSH -> mover.flush(part);
                    default -> throw new AssertionError(type);
                };
        future.await();
        future.orThrow();
    }

    /** Counts each operation and range alone, and many random ranges together. */
    private static void assertEachLineOnce(Vdm mover, MemorySegment onto, boolean onPmem) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment source = arena.allocate(SIZE);
            for (VdmOperationType type : EnumSet.range(VdmOperationType.MEMCPY,
                    VdmOperationType.FLUSH)) {
                if (onPmem) {
                    for (Range range : ranges()) {
                        assertLines(mover, type, onto, source, List.of(range), onPmem);
                    }
                }
                assertLines(mover, type, onto, source, randomRanges(), onPmem);
            }
        }
    }

    private static void assertLines(
            Vdm mover,
            VdmOperationType type,
            MemorySegment onto,
            MemorySegment source,
            List<Range> ranges,
            boolean onPmem) {
        FlushCounter.Counts counts =
                counter.count(
                        () -> ranges.forEach(range -> perform(mover, type, onto, source, range)));
        long lines = onPmem ? ranges.stream().mapToLong(Range::lines).sum() : 0;
        String what = "%s of %s by %s: %s".formatted(type, ranges, mover.name(), counts);
        assertEquals(lines, counts.lines(), () -> "lines flushed by " + what);
        assertEquals(lines, counts.of(instruction), () -> instruction + " executed by " + what);
        if (onPmem && !instruction.equals("clflush")) {
            assertTrue(counts.fences() >= ranges.size(), () -> "fences executed by " + what);
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(Movers.class)
    @DisplayName("each line of a mapping by OffHeapBuffer.map is written back once")
    void linesOfABufferAreWrittenBackOnce(Movers which) throws IOException {
        try (Vdm mover = which.open();
                OffHeapBuffer buffer =
                        OffHeapBuffer.map(DaxFiles.PMEM.resolve("counted"), 0, SIZE)) {
            assertEachLineOnce(mover, buffer.segment(), true);
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(Movers.class)
    @DisplayName("each line of a mapping by the JDK with MAP_SYNC is written back once")
    void linesOfASegmentAreWrittenBackOnce(Movers which) throws IOException {
        try (Vdm mover = which.open();
                Arena arena = Arena.ofShared()) {
            MemorySegment bare =
                    DaxFiles.mapBare(
                            DaxFiles.PMEM.resolve("bare"), ExtendedMapMode.READ_WRITE_SYNC, SIZE,
                            arena);
            assertEachLineOnce(mover, bare, true);
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(Movers.class)
    @DisplayName("each line of a device DAX is written back once")
    void linesOfADeviceAreWrittenBackOnce(Movers which) throws IOException {
        try (Vdm mover = which.open();
                OffHeapBuffer buffer =
                        OffHeapBuffer.mapDevice(DaxFiles.DEVICE, 0, DaxFiles.ALIGNMENT)) {
            Assumptions.assumeTrue(mover.isSupported(VdmFlags.MEM_DURABLE, buffer.segment()),
                    "this JVM has no libpmem");
            assertEachLineOnce(mover, buffer.slice(0, SIZE), true);
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(Movers.class)
    @DisplayName("a mapping behind the page cache is not flushed by line")
    void pageCacheIsNotFlushedByLine(Movers which) throws IOException {
        try (Vdm mover = which.open();
                OffHeapBuffer buffer =
                        OffHeapBuffer.map(DaxFiles.DISK.resolve("counted"), 0, SIZE)) {
            assertEachLineOnce(mover, buffer.segment(), false);
        }
    }

    @Test
    @DisplayName("an ordinary operation flushes nothing")
    void ordinaryOperationFlushesNothing() throws IOException {
        try (Vdm mover = Movers.SYNC.open();
                Arena arena = Arena.ofShared();
                OffHeapBuffer buffer =
                        OffHeapBuffer.map(DaxFiles.PMEM.resolve("counted"), 0, SIZE)) {
            MemorySegment source = arena.allocate(SIZE);
            assertEquals(
                    0,
                    counter.count(
                            () -> mover.memcpy(buffer.segment(), source, VdmFlags.NONE).await())
                            .lines());
        }
    }
}
