package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.operation.DeltaResult;
import io.github.vdm4j.operation.DifBlockSize;
import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifError;
import io.github.vdm4j.operation.DifTags;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The executors and the sizes of data operations on the software path of the real library.
 */
@RequiresDml
class DmlDataIT {
    private static final DifConfig BLOCKS = DifConfig.of(DifBlockSize.BYTES_512);

    private final Arena arena = Arena.ofShared();
    private DmlDataMover mover;

    @BeforeEach
    void open() {
        mover = DmlDataMover.open(DmlPath.SOFTWARE);
    }

    @AfterEach
    void close() {
        mover.close();
        arena.close();
    }

    private static <F extends VdmFuture<?>> F finish(F future) {
        future.busyPoll();
        future.orThrow();
        return future;
    }

    @Test
    void crcOfTheNineDigitsIsKnown() {
        MemorySegment digits =
                arena.allocate(9)
                        .copyFrom(MemorySegment
                                .ofArray("123456789".getBytes(StandardCharsets.US_ASCII)));
        assertEquals(0xE3069283L, finish(mover.crc32c(digits)).output().value());
    }

    @Test
    void dmlExecutesAllOperationsButBlockChecks() {
        MemorySegment a = arena.allocate(4096, 4096);
        MemorySegment b = arena.allocate(4096, 4096);
        MemorySegment c = arena.allocate(5120, 4096);
        for (VdmFuture<?> future : List.of(
                mover.nop(),
                mover.drain(),
                mover.fill(a, 1),
                mover.compare(a, b),
                mover.comparePattern(a, 1),
                mover.createDelta(c, a, b),
                mover.applyDelta(a, c),
                mover.dualcast(a, b, c.asSlice(0, 4096)),
                mover.crc32c(a),
                mover.copyCrc32c(a, b),
                mover.difInsert(c.asSlice(0, 520), a.asSlice(0, 512), BLOCKS, VdmFlags.NONE))) {
            assertSame(ExecutionPath.DML_SOFTWARE, finish(future).path(), future.toString());
        }
        for (VdmFuture<?> future : List.of(
                mover.difCheck(c.asSlice(0, 520), BLOCKS),
                mover.difStrip(a.asSlice(0, 512), c.asSlice(0, 520), BLOCKS, VdmFlags.NONE),
                mover.difUpdate(a.asSlice(0, 520), c.asSlice(0, 520), BLOCKS, VdmFlags.NONE))) {
            assertSame(ExecutionPath.JVM, finish(future).path(), future.toString());
        }
    }

    @Test
    @DisplayName("an application tag is checked, unlike on DML's software path")
    void anApplicationTagIsChecked() {
        MemorySegment blocks = arena.allocate(520);
        finish(mover.difInsert(
                blocks, arena.allocate(512), BLOCKS.withDestination(new DifTags(0, 5, 0)),
                VdmFlags.NONE));
        var other =
                finish(mover.difCheck(blocks, BLOCKS.withSource(new DifTags(0, 6, 0)))).output();
        assertEquals(Set.of(DifError.APPLICATION_TAG), other.errors());
        assertTrue(finish(mover.difCheck(blocks, BLOCKS.withSource(new DifTags(0, 6, 3)))).output()
                .isOk());
    }

    @Test
    @DisplayName("H25: a record that would write behind the destination is not applied")
    void recordBehindTheDestinationIsNotApplied() {
        MemorySegment record = arena.allocate(80, 8);
        record.set(ValueLayout.JAVA_SHORT_UNALIGNED, 0, (short) -1);
        var apply = mover.applyDelta(arena.allocate(64, 8), record.asSlice(0, 10));
        apply.busyPoll();
        assertSame(VdmResult.INVALID_DATA, apply.result());
    }

    @Test
    void largestDeltaIsRecordedAndApplied() {
        MemorySegment original = arena.allocate(0x80000, 8);
        MemorySegment modified = arena.allocate(0x80000, 8).fill((byte) 1);
        MemorySegment record = arena.allocate(DeltaResult.maxRecordBytes(0x80000), 8);
        var made = finish(mover.createDelta(record, original, modified)).output();
        assertEquals(new DeltaResult(DeltaResult.Outcome.RECORDED, record.byteSize()), made);
        finish(mover.applyDelta(original, record.asSlice(0, 520_000)));
        assertEquals(52_000 * 8, original.mismatch(modified));
    }

    @Test
    void manyThreadsGetTheirOwnResults() throws Exception {
        try (DmlDataMover shared =
                DmlDataMover.builder()
                        .path(DmlPath.SOFTWARE)
                        .slots(4)
                        .maxTransferBytes(4096)
                        .open()) {
            List<Callable<Void>> threads =
                    IntStream.range(0, 4).mapToObj(thread -> (Callable<Void>) () -> {
                        for (int i = 0; i < 300; i++) {
                            var type = RandomOperation.TYPES.get(i % RandomOperation.TYPES.size());
                            long seed = 1000L * thread + i;
                            assertEquals(
                                    RandomOperation.run(type, seed, 10_000, new JvmOracle()),
                                    RandomOperation.run(type, seed, 10_000, shared));
                        }
                        return null;
                    }).toList();
            try (var pool = Executors.newFixedThreadPool(4)) {
                for (Future<Void> done : pool.invokeAll(threads)) {
                    done.get();
                }
            }
            assertEquals(0, shared.slotsInUse());
        }
    }

    private static long availableBytes() throws IOException {
        return Files.readString(Path.of("/proc/meminfo"))
                .lines()
                .filter(line -> line.startsWith("MemAvailable:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElse(0);
    }

    @Test
    @Tag("slow")
    @DisplayName("H5: a copy, a CRC and a comparison of 5 GiB")
    void operationsOnFiveGibibytesSucceed() throws IOException {
        long size = 5L << 30;
        long shift = 1L << 30;
        long available = availableBytes();
        assumeTrue(available > size + shift + (1L << 30),
                () -> "needs 7 GiB of memory, there are " + available);
        MemorySegment memory = arena.allocate(size + shift);
        for (long at = 0; at < memory.byteSize(); at += 8) {
            memory.set(ValueLayout.JAVA_LONG, at, at * 0x9E3779B97F4A7C15L);
        }
        MemorySegment source = memory.asSlice(shift, size);
        MemorySegment destination = memory.asSlice(0, size);
        CRC32C expected = new CRC32C();
        for (long at = 0; at < size; at += shift) {
            expected.update(source.asSlice(at, shift).asByteBuffer());
        }
        assertEquals(expected.getValue(), finish(mover.crc32c(source)).output().value());
        mover.memmove(destination, source).await();
        assertEquals(expected.getValue(), finish(mover.crc32c(destination)).output().value());
        for (long at = 0; at < size; at += 8) {
            if (destination.get(ValueLayout.JAVA_LONG, at) != (at + shift) * 0x9E3779B97F4A7C15L) {
                throw new AssertionError("wrong at " + at);
            }
        }
        assertTrue(finish(mover.compare(destination, destination)).output().equal());
        finish(mover.fill(destination, 7));
        destination.set(ValueLayout.JAVA_BYTE, size - 3, (byte) 1);
        assertEquals(size - 3,
                finish(mover.comparePattern(destination, 7)).output().mismatchOffset());
        assertFalse(finish(mover.comparePattern(destination, 8)).output().equal());
    }
}
