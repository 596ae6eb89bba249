package io.github.vdm4j.memory;

import static io.github.vdm4j.memory.WriteBackKind.CACHE_LINES;
import static io.github.vdm4j.memory.WriteBackKind.PAGES;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.DurabilityDomain;
import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.dml.AgainstSimulatedDml;
import io.github.vdm4j.dml.DmlDataMover;
import io.github.vdm4j.dml.DmlLibrary;
import io.github.vdm4j.dml.DmlMovers;
import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.dml.DmlStatus;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.job.DmlChannel;
import io.github.vdm4j.dml.simulated.Plan;
import io.github.vdm4j.dml.simulated.Submission;
import io.github.vdm4j.engine.channel.ChannelLimits;
import io.github.vdm4j.engine.channel.SlotPool;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.machine.NumaNodes;
import io.github.vdm4j.machine.Processor;
import io.github.vdm4j.memory.WriteBackLog.Range;
import io.github.vdm4j.mover.JvmMovers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A check of each cell of the table in docs/durability.md. A cell is the way in which a mover makes
 * a destination durable.
 */
class DurabilityTableTest extends AgainstSimulatedDml {
    private static final long DURABLE_AND_READBACK = 0x8000 | 0x4000;

    enum Mover {
        SYNC, THREADS, DML_SOFTWARE, DML_HARDWARE;

        boolean isDml() {
            return this == DML_SOFTWARE || this == DML_HARDWARE;
        }
    }

    enum Destination {
        MAPPED_SEGMENT, MAPPED_BUFFER, REINTERPRETED_MAPPING_IN_A_BUFFER,
        MAPPED_BUFFER_OF_CACHE_LINES, NATIVE_SEGMENT, TRUSTED_NATIVE_SEGMENT,
        RAW_ADDRESS_OF_A_MAPPING, PRIVATE_MAPPING, PRIVATE_MAPPING_IN_A_BUFFER,
        NATIVE_BUFFER_OF_CACHE_LINES, ALLOCATED_BUFFER, HEAP_SEGMENT
    }

    /** The way in which an operation becomes durable. */
    enum Means {
        FORCE, LINE_ENGINE, DML_FLUSH, HARDWARE_FLAGS, NONE, REFUSED_AT_THE_CALL
    }

    private final WriteBackLog log = new WriteBackLog();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @TempDir private Path folder;

    /** The table. */
    private static Means means(Mover mover, Destination destination, boolean libpmem) {
        return switch (destination) {
            case HEAP_SEGMENT -> mover.isDml() ? Means.REFUSED_AT_THE_CALL : Means.NONE;
            case ALLOCATED_BUFFER, NATIVE_SEGMENT, RAW_ADDRESS_OF_A_MAPPING, PRIVATE_MAPPING,
                    PRIVATE_MAPPING_IN_A_BUFFER ->
                Means.NONE;
            case MAPPED_SEGMENT, MAPPED_BUFFER, REINTERPRETED_MAPPING_IN_A_BUFFER -> Means.FORCE;
            case MAPPED_BUFFER_OF_CACHE_LINES, TRUSTED_NATIVE_SEGMENT,
                    NATIVE_BUFFER_OF_CACHE_LINES -> {
                if (mover == Mover.DML_HARDWARE) {
                    yield Means.HARDWARE_FLAGS;
                }
                if (libpmem) {
                    yield Means.LINE_ENGINE;
                }
                if (mover == Mover.DML_SOFTWARE) {
                    yield Means.DML_FLUSH;
                }
                yield destination == Destination.MAPPED_BUFFER_OF_CACHE_LINES ? Means.FORCE
                        : Means.NONE;
            }
        };
    }

    private Vdm open(Mover mover, Durability engines) {
        return open(mover, engines, false);
    }

    private Vdm open(Mover mover, Durability engines, boolean trusting) {
        Durability ruled = engines.nativeMemoryIsPersistent(trusting);
        return switch (mover) {
            case SYNC -> JvmMovers.sync(ruled);
            case THREADS -> JvmMovers.threads(engines, 2, trusting);
            case DML_SOFTWARE -> open(builder(DmlPath.SOFTWARE, engines)
                    .nativeMemoryIsPersistent(trusting));
            case DML_HARDWARE -> {
                dml.withHardware();
                yield open(builder(DmlPath.HARDWARE, engines)
                        .nativeMemoryIsPersistent(trusting));
            }
        };
    }

    private MemorySegment mapped() throws IOException {
        return mapped(MapMode.READ_WRITE);
    }

    private MemorySegment mapped(MapMode mode) throws IOException {
        Path file = folder.resolve("file" + opened.size());
        Files.write(file, new byte[20_000]);
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return dml.allow(channel.map(mode, 0, 20_000, arena));
        }
    }

    private MemorySegment of(OffHeapBuffer buffer) {
        opened.add(buffer);
        return dml.allow(buffer.segment());
    }

    private MemorySegment memory(Destination destination) throws IOException {
        return switch (destination) {
            case MAPPED_SEGMENT -> mapped();
            case MAPPED_BUFFER -> of(OffHeapBuffer.map(folder.resolve("buffer"), 5, 20_000));
            case REINTERPRETED_MAPPING_IN_A_BUFFER ->
                of(OffHeapBuffer.wrap(MemorySegment.ofAddress(mapped().address())
                        .reinterpret(20_000, arena, null)));
            case MAPPED_BUFFER_OF_CACHE_LINES ->
                of(OffHeapBuffer.wrap(mapped(), DurabilityDomain.CACHE_LINE));
            case NATIVE_SEGMENT, TRUSTED_NATIVE_SEGMENT -> zeros(20_000);
            case RAW_ADDRESS_OF_A_MAPPING ->
                MemorySegment.ofAddress(mapped().address()).reinterpret(20_000);
            case PRIVATE_MAPPING -> mapped(MapMode.PRIVATE);
            case PRIVATE_MAPPING_IN_A_BUFFER -> of(OffHeapBuffer.wrap(mapped(MapMode.PRIVATE)));
            case NATIVE_BUFFER_OF_CACHE_LINES ->
                of(OffHeapBuffer.wrap(zeros(20_000), DurabilityDomain.CACHE_LINE));
            case ALLOCATED_BUFFER -> of(OffHeapBuffer.allocate(20_000));
            case HEAP_SEGMENT -> MemorySegment.ofArray(new byte[20_000]);
        };
    }

    static Stream<Arguments> cells() {
        return Arrays.stream(Mover.values())
                .flatMap(mover -> Arrays.stream(Destination.values())
                        .flatMap(destination -> Stream.of(true, false)
                                .map(libpmem -> Arguments.of(mover, destination, libpmem))));
    }

    private static VdmFuture<VdmOutput> make(Vdm mover, VdmOperationType type, MemorySegment onto,
            MemorySegment from) {
        return switch (type) {
            case MEMCPY -> mover.memcpy(onto, from, VdmFlags.MEM_DURABLE);
            case MEMMOVE -> mover.memmove(onto, from, VdmFlags.MEM_DURABLE);
            case MEMSET -> mover.memset(onto, (byte) 0x5a, VdmFlags.MEM_DURABLE);
            case FLUSH -> mover.flush(onto);
            default -> throw new AssertionError(type);
        };
    }

    @ParameterizedTest(name = "{0} onto {1}, libpmem: {2}")
    @MethodSource("cells")
    void everyCellOfTheTableHolds(Mover which, Destination kind,
            boolean libpmem)
            throws Exception {
        Means means = means(which, kind, libpmem);
        boolean trusting = kind == Destination.TRUSTED_NATIVE_SEGMENT;
        try (Vdm mover = open(which, log.engines(libpmem), trusting)) {
            MemorySegment whole = memory(kind);
            // The range is unaligned and crosses the boundary of two pages.
            MemorySegment range = whole.asSlice(4000, 1001);
            boolean possible = means != Means.NONE && means != Means.REFUSED_AT_THE_CALL;
            assertEquals(possible, mover.isSupported(VdmFlags.MEM_DURABLE, range), "isSupported");
            assertEquals(
                    possible,
                    mover.isSupported(VdmFlags.MEM_DURABLE.and(VdmFlags.NO_CACHE_HINT), range),
                    "isSupported");
            assertEquals(means != Means.REFUSED_AT_THE_CALL,
                    mover.isSupported(VdmFlags.NONE, range));
            MemorySegment source = noise(1001);
            for (VdmOperationType type : EnumSet.range(VdmOperationType.MEMCPY,
                    VdmOperationType.FLUSH)) {
                check(mover, means, type, whole, range, source);
            }
        } finally {
            for (AutoCloseable buffer : opened) {
                buffer.close();
            }
        }
    }

    private void check(
            Vdm mover, Means means, VdmOperationType type, MemorySegment whole, MemorySegment range,
            MemorySegment source) {
        if (means == Means.REFUSED_AT_THE_CALL) {
            var refused = assertThrows(IllegalArgumentException.class,
                    () -> make(mover, type, range, source));
            assertTrue(refused.getMessage().contains("heap segment"), refused.getMessage());
            return;
        }
        whole.fill((byte) 1);
        byte[] expected = bytes(whole);
        if (means != Means.NONE && type != VdmOperationType.FLUSH) {
            byte[] moved = type == VdmOperationType.MEMSET ? new byte[1001] : bytes(source);
            if (type == VdmOperationType.MEMSET) {
                Arrays.fill(moved, (byte) 0x5a);
            }
            System.arraycopy(moved, 0, expected, 4000, 1001);
        }
        log.forget();
        int before = dml.submissions().size();
        VdmFuture<VdmOutput> future = make(mover, type, range, source);
        List<byte[]> atWriteBack = new ArrayList<>();
        log.whenever((kind, writtenBack) -> {
            assertNotEquals(FutureState.COMPLETE, future.state(), "complete before it was durable");
            atWriteBack.add(bytes(whole));
        });
        finish(future);

        assertSame(means == Means.NONE ? VdmResult.UNSUPPORTED : VdmResult.SUCCESS,
                future.result());
        assertArrayEquals(expected, bytes(whole));
        atWriteBack.forEach(bytes -> assertArrayEquals(expected, bytes,
                "written back before the bytes were there"));
        List<Submission> submissions = dml.submissions().subList(before, dml.submissions().size());
        List<Submission> flushes =
                submissions.stream().filter(s -> s.is(dml_h.DML_OP_CACHE_FLUSH)).toList();
        List<Submission> moves =
                submissions.stream().filter(s -> !s.is(dml_h.DML_OP_CACHE_FLUSH)).toList();
        assertTrue(
                moves.stream()
                        .allMatch(s -> (s.flags() & DURABLE_AND_READBACK) == DURABLE_AND_READBACK),
                "the flags are always on the job");
        switch (means) {
            case FORCE -> assertEquals(List.of(Range.of(PAGES, range)), log.ranges());
            case LINE_ENGINE -> assertEquals(List.of(Range.of(CACHE_LINES, range)), log.ranges());
            default -> assertEquals(List.of(), log.ranges());
        }
        boolean byDml = means == Means.DML_FLUSH
                || means == Means.HARDWARE_FLAGS && type == VdmOperationType.FLUSH;
        assertEquals(byDml ? 1 : 0, flushes.size());
        if (byDml) {
            assertEquals(range.address() & -64, flushes.getFirst().destination());
            assertEquals(range.address() + 1001 + 63 & -64,
                    flushes.getFirst().destination() + flushes.getFirst().length());
            assertSame(flushes.getFirst(), submissions.getLast(),
                    "flushed before everything was moved");
        }
        if (means == Means.NONE) {
            assertEquals(List.of(), submissions);
            assertSame(ExecutionPath.NONE, future.path());
            String message = future.failure().getMessage();
            assertTrue(message.contains("cannot be made durable: "), message);
        }
    }

    @Nested
    @DisplayName("An I/O error of the storage")
    class StorageFails {
        @ParameterizedTest
        @EnumSource
        void ioErrorFailsEachOperation(Mover which)
                throws IOException {
            IOException broken = new IOException("Input/output error");
            try (Vdm mover = open(which, log.engines(true))) {
                MemorySegment source = noise(100);
                for (VdmOperationType type : EnumSet.range(VdmOperationType.MEMCPY,
                        VdmOperationType.FLUSH)) {
                    MemorySegment whole = mapped();
                    opened.add(() -> {}); // The next file has a different name.
                    log.fail(broken);
                    VdmFuture<VdmOutput> future =
                            finish(make(mover, type, whole.asSlice(3, 100), source));
                    assertSame(VdmResult.IO_ERROR, future.result());
                    assertSame(broken, future.failure().getCause());
                    assertTrue(future.failure().getMessage().contains("Input/output error"),
                            future.failure().getMessage());
                    log.fail(null);
                    assertSame(VdmResult.IO_ERROR,
                            finish(make(mover, type, whole.asSlice(3, 100), source)).result());
                }
                if (mover instanceof DmlDataMover dmlMover) {
                    assertEquals(0, dmlMover.slotsInUse());
                }
            }
        }

        @ParameterizedTest
        @EnumSource
        void uncheckedErrorIsAFailure(Mover which) throws IOException {
            Durability engines = new Durability(null, range -> {
                throw new UncheckedIOException(new IOException("Input/output error"));
            });
            try (Vdm mover = open(which, engines)) {
                MemorySegment whole = memory(Destination.MAPPED_SEGMENT);
                for (VdmOperationType type : EnumSet.range(VdmOperationType.MEMCPY,
                        VdmOperationType.FLUSH)) {
                    VdmFuture<VdmOutput> future =
                            finish(make(mover, type, whole.asSlice(3, 100), noise(100)));
                    assertNotEquals(VdmResult.SUCCESS, future.result());
                }
            }
        }
    }

    @Nested
    @DisplayName("An operation of several parts")
    class OfParts {
        @ParameterizedTest
        @EnumSource(names = {"DML_SOFTWARE", "DML_HARDWARE"})
        void operationIsForcedOnceAfterItsLastPart(Mover which) throws IOException {
            dml.withHardware();
            DmlPath path = which == Mover.DML_HARDWARE ? DmlPath.HARDWARE : DmlPath.SOFTWARE;
            dml.always(Plan.succeed().afterChecks(2));
            DmlDataMover mover =
                    open(builder(path, log.engines(true)).maxTransferBytes(128));
            MemorySegment whole = memory(Destination.MAPPED_SEGMENT);
            VdmFuture<VdmOutput> fill =
                    mover.memset(whole.asSlice(100, 1000), (byte) 1, VdmFlags.MEM_DURABLE);
            int[] submitted = {-1};
            log.whenever((kind, range) -> submitted[0] = dml.submissions().size());
            finish(fill).orThrow();
            assertEquals(8, submitted[0]);
            assertEquals(8, dml.submissions().size());
            assertEquals(List.of(Range.of(PAGES, whole.asSlice(100, 1000))), log.ranges());
        }

        @Test
        void dmlFlushesAfterTheLastPart() throws IOException {
            DmlDataMover mover =
                    open(builder(DmlPath.SOFTWARE, log.engines(false)).maxTransferBytes(128));
            MemorySegment whole = memory(Destination.NATIVE_SEGMENT);
            finish(mover.memset(whole.asSlice(100, 1000), (byte) 1, VdmFlags.MEM_DURABLE))
                    .orThrow();
            List<Boolean> flush =
                    dml.submissions().stream().map(s -> s.is(dml_h.DML_OP_CACHE_FLUSH)).toList();
            assertEquals(8, flush.indexOf(true));
            assertTrue(flush.subList(8, flush.size()).stream().allMatch(is -> is));
            assertTrue(flush.size() >= 8 + 8);
        }

        @Test
        void failedLastPartIsNotDurable() throws IOException {
            DmlDataMover mover =
                    open(builder(DmlPath.SOFTWARE, log.engines(false)).maxTransferBytes(128));
            MemorySegment whole = memory(Destination.NATIVE_SEGMENT);
            dml.always(s -> s.is(dml_h.DML_OP_CACHE_FLUSH)
                    ? Plan.fail(dml_h.DML_STATUS_INTERNAL_ERROR)
                    : Plan.succeed());
            VdmFuture<VdmOutput> fill =
                    finish(mover.memset(whole.asSlice(100, 1000), (byte) 1, VdmFlags.MEM_DURABLE));
            assertNotEquals(VdmResult.SUCCESS, fill.result());
        }
    }

    @ParameterizedTest(name = "{0}, the processor has clwb: {1}")
    @CsvSource({"SOFTWARE, true", "SOFTWARE, false", "HARDWARE, true", "HARDWARE, false"})
    @DisplayName("H11: DML's flush evicts lines if it would otherwise do nothing")
    void flushWritesBackOnEveryProcessor(DmlPath path, boolean clwb) {
        dml.withHardware();
        boolean hardware = path == DmlPath.HARDWARE;
        DmlLibrary library = dml.library();
        var channel = new DmlChannel(DmlMovers.functions(library), 1, hardware, !hardware,
                new ChannelLimits(4096, 4096, 4, 4), NumaNodes.ANY, clwb, DmlStatus::of);
        var pool = new SlotPool(channel, 1);
        var builder = DmlMovers.builder(Durability.withoutLibpmem()).nativeMemoryIsPersistent(true);
        try (var mover = DmlMovers.of(builder, library, path, pool)) {
            finish(mover.flush(zeros(200))).orThrow();
            boolean evict = (dml.lastSubmission().flags() & dml_h.DML_FLAG_PREFETCH_CACHE) != 0;
            assertEquals(!hardware && !clwb, evict);
        }
    }

    @Test
    @DisplayName("H11: an opened mover detects the processor")
    void flushWritesBackOnThisProcessor() throws IOException {
        finish(open(builder(DmlPath.SOFTWARE, log.engines(false))).flush(zeros(200)))
                .orThrow();
        boolean evict = (dml.lastSubmission().flags() & dml_h.DML_FLAG_PREFETCH_CACHE) != 0;
        assertEquals(!Processor.hasClwb(), evict);
    }

    @ParameterizedTest(name = "offset {0}, length {1}: line {2}, {3} lines")
    @CsvSource({"0, 1, 0, 1", "63, 1, 0, 1", "63, 2, 0, 2", "10, 20, 0, 1", "64, 64, 1, 1",
        "65, 64, 1, 2",
        "1, 127, 0, 2"})
    @DisplayName("H10: whole lines are flushed, also for a range shorter than a line")
    void wholeLinesAreFlushed(long offset, long length, long line, long lines) throws IOException {
        DmlDataMover mover = open(builder(DmlPath.SOFTWARE, log.engines(false)));
        MemorySegment whole = memory(Destination.NATIVE_SEGMENT);
        finish(mover.flush(whole.asSlice(offset, length))).orThrow();
        assertEquals(whole.address() + 64 * line, dml.lastSubmission().destination());
        assertEquals(64 * lines, dml.lastSubmission().length());
        assertEquals(1, dml.submissions().size());
    }

    @Test
    void reasonsNameARemedy() throws IOException {
        Durability without = log.engines(false);
        for (var expected : List.of(
                List.of(Destination.ALLOCATED_BUFFER, "OffHeapBuffer.map"),
                List.of(Destination.NATIVE_SEGMENT, "OffHeapBuffer.wrap(segment)"),
                List.of(Destination.NATIVE_SEGMENT, "nativeMemoryIsPersistent(true)"),
                List.of(Destination.RAW_ADDRESS_OF_A_MAPPING, "OffHeapBuffer.wrap(segment)"),
                List.of(Destination.NATIVE_BUFFER_OF_CACHE_LINES, "libpmem.so.1"),
                List.of(Destination.PRIVATE_MAPPING, "MapMode.READ_WRITE"),
                List.of(Destination.HEAP_SEGMENT, "on the heap"))) {
            MemorySegment range = memory((Destination) expected.getFirst());
            String reason = without.refusal(range, without.kindOf(range), false).reason();
            assertTrue(reason.startsWith("cannot be made durable: "), reason);
            assertTrue(reason.contains((String) expected.getLast()), reason);
        }
        opened.forEach(buffer -> ((OffHeapBuffer) buffer).close());
    }
}
