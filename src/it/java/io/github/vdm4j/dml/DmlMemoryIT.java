package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.Batch;
import io.github.vdm4j.BatchResult;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.machine.AllocatedBytes;
import io.github.vdm4j.memory.Durability;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DifBlockSize;
import io.github.vdm4j.operation.DifConfig;
import io.github.vdm4j.operation.DifFlag;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@RequiresDml
@DisplayName("The memory that the DML mover takes")
class DmlMemoryIT {
    private static final int COUNTED = 20_000;

    /** Executes rounds until they allocate few bytes. Returns the bytes per round. */
    private static double bytesPerRound(double enough, Runnable round) {
        return (double) AllocatedBytes.least(COUNTED, (long) (enough * COUNTED), round) / COUNTED;
    }

    @Test
    void copyAllocatesAtMost80Bytes() {
        try (Arena arena = Arena.ofShared(); var mover = DmlDataMover.open(DmlPath.SOFTWARE)) {
            MemorySegment source = arena.allocate(64);
            MemorySegment destination = arena.allocate(64);
            double bytes = bytesPerRound(80.5, () -> {
                VdmFuture<VdmOutput> copy = mover.memcpy(destination, source);
                copy.busyPoll();
                if (copy.result() != VdmResult.SUCCESS) {
                    throw copy.failure();
                }
            });
            assertTrue(bytes <= 80.5, bytes + " bytes per memcpy"); // docs/adr/0004
        }
    }

    @Test
    void reusedCopyAllocatesNothing() {
        try (Arena arena = Arena.ofShared(); var mover = DmlDataMover.open(DmlPath.SOFTWARE)) {
            MemorySegment source = arena.allocate(64);
            MemorySegment destination = arena.allocate(64);
            VdmOperation operation = mover.newOperation();
            double bytes = bytesPerRound(0.9, () -> {
                operation.memcpy(destination, source, VdmFlags.NONE).start();
                while (operation.poll() != FutureState.COMPLETE) {
                    Thread.onSpinWait();
                }
                operation.orThrow();
            });
            assertTrue(bytes < 1, bytes + " bytes per operation");
        }
    }

    @Test
    void durableCopyAllocatesNothing() {
        try (Arena arena = Arena.ofShared();
                var mover = DmlDataMover.builder()
                        .durability(Durability.withoutLibpmem())
                        .nativeMemoryIsPersistent(true)
                        .path(DmlPath.SOFTWARE)
                        .open()) {
            MemorySegment source = arena.allocate(640);
            MemorySegment destination = arena.allocate(640);
            VdmOperation operation = mover.newOperation();
            double bytes = bytesPerRound(0.9, () -> {
                operation.memcpy(destination, source, VdmFlags.MEM_DURABLE).start();
                operation.orThrow();
                operation.flush(destination).start();
                operation.orThrow();
            });
            assertTrue(bytes < 1, bytes + " bytes per operation");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"AUTO", "SOFTWARE"})
    void clearedBatchAllocatesNothing(DmlPath path) {
        try (Arena arena = Arena.ofShared(); var mover = DmlDataMover.open(path)) {
            MemorySegment source = arena.allocate(64);
            MemorySegment[] destinations = {arena.allocate(64), arena.allocate(64)};
            Batch batch = mover.batch();
            int[] round = {0};
            double bytes = bytesPerRound(0.9, () -> {
                batch.clear();
                for (int i = 0; i < 6; i++) {
                    batch.memcpy(destinations[round[0]++ & 1], source);
                }
                VdmFuture<BatchResult> all = batch.submit();
                while (all.poll() != FutureState.COMPLETE) {
                    Thread.onSpinWait();
                }
                all.orThrow();
            });
            assertTrue(bytes < 1, bytes + " bytes per batch");
        }
    }

    @Test
    void copyByTheJvmAllocatesNothing() {
        try (var mover = DmlDataMover.open()) {
            MemorySegment source = Arena.ofAuto().allocate(64);
            MemorySegment destination = Arena.ofAuto().allocate(64);
            VdmOperation operation = mover.newOperation();
            double bytes = bytesPerRound(0.9, () -> {
                operation.memcpy(destination, source, VdmFlags.NONE).start();
                operation.orThrow();
                operation.memset(destination, (byte) 1, VdmFlags.NONE).start();
                operation.orThrow();
            });
            assertTrue(bytes < 1, bytes + " bytes per operation");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"AUTO", "SOFTWARE"})
    void reusedDataOperationAllocatesNothing(DmlPath path) {
        try (Arena arena = Arena.ofShared(); var mover = DmlDataMover.open(path)) {
            MemorySegment a = arena.allocate(4096, 4096);
            MemorySegment b = arena.allocate(4096, 4096);
            MemorySegment source = arena.allocate(512);
            MemorySegment record = arena.allocate(80, 8);
            MemorySegment entry = record.asSlice(0, 10);
            MemorySegment first = a.asSlice(0, 512);
            MemorySegment second = b.asSlice(0, 512);
            MemorySegment block = a.asSlice(0, 520);
            CrcOptions seeded = new CrcOptions(5, true, false);
            DifConfig blocks =
                    DifConfig.of(DifBlockSize.BYTES_512).withFlags(DifFlag.INVERT_CRC_SEED);
            VdmOperation operation = mover.newOperation();
            List<Runnable> preparations = List.of(
                    () -> operation.crc32c(source, seeded),
                    () -> operation.compare(a, b),
                    () -> operation.comparePattern(a, 5),
                    () -> operation.fill(source, 7, VdmFlags.NONE),
                    () -> operation.dualcast(first, second, source, VdmFlags.NONE),
                    () -> operation.copyCrc32c(first, source, seeded, VdmFlags.NONE),
                    () -> operation.createDelta(record, a, b),
                    () -> operation.applyDelta(a, entry, VdmFlags.NONE),
                    () -> operation.difInsert(block, source, blocks, VdmFlags.NONE));
            for (Runnable preparation : preparations) {
                double bytes = bytesPerRound(0.9, () -> {
                    preparation.run();
                    operation.start();
                    while (operation.poll() != FutureState.COMPLETE) {
                        Thread.onSpinWait();
                    }
                    operation.orThrow();
                });
                assertTrue(bytes < 1, bytes + " bytes for " + operation);
            }
        }
    }

    @Test
    void resubmittedBatchAllocatesNothing() {
        try (Arena arena = Arena.ofShared(); var mover = DmlDataMover.open(DmlPath.SOFTWARE)) {
            MemorySegment source = arena.allocate(64 * 16);
            MemorySegment destination = arena.allocate(64 * 16);
            Batch batch = mover.batch();
            for (int i = 0; i < 16; i++) {
                batch.memcpy(destination.asSlice(i * 64, 64), source.asSlice(i * 64, 64));
            }
            batch.crc32c(source).compare(source, destination).fill(destination, 1);
            double bytes = bytesPerRound(0.9, () -> {
                VdmFuture<BatchResult> future = batch.submit();
                future.busyPoll();
                future.orThrow();
            });
            assertTrue(bytes < 1, bytes + " bytes per batch");
        }
    }

    @Test
    void nativeMemoryIsBoundedAndFreedByClose() {
        var one = DmlDataMover.builder().path(DmlPath.SOFTWARE).slots(1).open();
        var thousand = DmlDataMover.builder().path(DmlPath.SOFTWARE).slots(1_000).open();
        try (one; thousand; Arena arena = Arena.ofConfined()) {
            assertEquals(384, one.nativeBytes());
            assertEquals(384_000, thousand.nativeBytes());
            for (int i = 0; i < 5_000; i++) {
                thousand.memcpy(arena.allocate(8), arena.allocate(8)).busyPoll();
            }
            assertEquals(384_000, thousand.nativeBytes());
        }
        assertEquals(0, one.nativeBytes());
        assertEquals(0, thousand.nativeBytes());
    }

    @Test
    void closedMoversLeaveNoMemory() throws IOException {
        // A leak of 10,000 movers with 100 jobs of 384 bytes would be 366 MiB in every round. The
        // JVM's own memory grows only in the first rounds.
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 6 && least >= 100L << 20; round++) {
            long before = residentBytes();
            openAndClose(10_000);
            least = Math.min(least, residentBytes() - before);
        }
        assertTrue(least < 100L << 20,
                "resident memory grew by " + (least >> 20) + " MiB or more in each round");
    }

    private static void openAndClose(int times) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(128);
            for (int i = 0; i < times; i++) {
                try (var mover = DmlDataMover.builder().path(DmlPath.SOFTWARE).slots(100).open()) {
                    mover.memcpy(memory.asSlice(0, 64), memory.asSlice(64, 64)).busyPoll();
                }
            }
        }
    }

    private static long residentBytes() throws IOException {
        System.gc();
        return Files.readString(Path.of("/proc/self/status"))
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElseThrow();
    }
}
