package io.github.vdm4j.mover;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.BatchResult;
import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.machine.AllocatedBytes;
import io.github.vdm4j.memory.WriteBackKind;
import io.github.vdm4j.memory.WriteBackLog;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DifBlockSize;
import io.github.vdm4j.operation.DifConfig;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Durability, missing pages and allocations of the data operations of this package's movers. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JvmOperationsTest {
    private final WriteBackLog log = new WriteBackLog();
    private final Arena arena = Arena.ofShared();

    @TempDir Path folder;

    @AfterEach
    void closeArena() {
        arena.close();
    }

    private Vdm open(String mover, boolean libpmem) {
        return mover.equals("sync")
                ? SyncDataMover.open(log.engines(libpmem).nativeMemoryIsPersistent(libpmem))
                : ThreadsDataMover.builder()
                        .threads(2)
                        .durability(log.engines(libpmem))
                        .nativeMemoryIsPersistent(libpmem)
                        .open();
    }

    private MemorySegment mapped(String name, int size) throws IOException {
        try (FileChannel file = FileChannel.open(
                folder.resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(size));
            return file.map(FileChannel.MapMode.READ_WRITE, 0, size, arena);
        }
    }

    private void truncate(String name) throws IOException {
        try (FileChannel file = FileChannel.open(folder.resolve(name), StandardOpenOption.WRITE)) {
            file.truncate(0);
        }
    }

    private Set<MemorySegment> writtenBack(WriteBackKind kind, MemorySegment... segments) {
        return Set.of(segments)
                .stream()
                .filter(segment -> log.ranges().contains(WriteBackLog.Range.of(kind, segment)))
                .collect(Collectors.toSet());
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync", "threads"})
    void durableDualcastWritesBackBothDestinations(String which)
            throws IOException {
        MemorySegment first = mapped("first", 8_192).asSlice(100, 500);
        MemorySegment second = mapped("second", 8_192).asSlice(4_196, 500);
        MemorySegment source = arena.allocate(500).fill((byte) 7);
        log.whenever((kind, range) -> assertEquals(7, range.get(ValueLayout.JAVA_BYTE, 499)));
        try (Vdm mover = open(which, false)) {
            VdmFuture<?> dualcast = mover.dualcast(first, second, source, VdmFlags.MEM_DURABLE);
            dualcast.await();
            assertEquals(2, log.ranges().size());
            assertEquals(Set.of(first, second), writtenBack(WriteBackKind.PAGES, first, second));
            assertSame(ExecutionPath.JVM, dualcast.path());
            log.forget();
            mover.dualcast(first, second, source).await();
            assertEquals(List.of(), log.ranges());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync", "threads"})
    void everyWritingOperationCanBeDurable(String which) throws IOException {
        MemorySegment file = mapped("file", 8_192);
        MemorySegment words = file.asSlice(0, 64);
        MemorySegment blocks = file.asSlice(1_040, 1_040);
        MemorySegment stripped = file.asSlice(4_096, 1_024);
        MemorySegment source = arena.allocate(1_024);
        MemorySegment record = arena.allocate(10, 8);
        DifConfig config = DifConfig.of(DifBlockSize.BYTES_512);
        VdmFlags durable = VdmFlags.MEM_DURABLE;
        try (Vdm mover = open(which, false)) {
            mover.fill(words, 1, durable).await();
            mover.applyDelta(words, record, durable).await();
            assertEquals(
                    mover.crc32c(source.asSlice(0, 64)).await(),
                    mover.copyCrc32c(words, source.asSlice(0, 64), CrcOptions.STANDARD, durable)
                            .await());
            mover.difInsert(blocks, source, config, durable).await();
            assertTrue(mover.difStrip(stripped, blocks, config, durable).await().isOk());
            assertEquals(
                    List.of(64L, 64L, 64L, 1_040L, 1_024L),
                    log.ranges().stream().map(WriteBackLog.Range::length).toList());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync", "threads"})
    void failedWriteBackFailsTheOperation(String which)
            throws IOException {
        MemorySegment file = mapped("file", 4_096);
        MemorySegment memory = arena.allocate(64);
        IOException broken = new IOException("the disk is on fire");
        try (Vdm mover = open(which, false)) {
            log.fail(broken);
            VdmFuture<?> fill = mover.fill(file, 1, VdmFlags.MEM_DURABLE);
            fill.busyPoll();
            assertEquals(VdmResult.IO_ERROR, fill.result());
            assertEquals(
                    "fill of 4,096 bytes failed: the bytes are in memory but could not be "
                            + "written back: the disk is on fire",
                    fill.failure().getMessage());
            assertSame(broken, fill.failure().getCause());
            log.fail(null);

            VdmFuture<?> unsupported = mover.fill(memory, -1, VdmFlags.MEM_DURABLE);
            unsupported.busyPoll();
            assertEquals(VdmResult.UNSUPPORTED, unsupported.result());
            assertSame(ExecutionPath.NONE, unsupported.path());
            assertArrayEquals(new byte[64], memory.toArray(ValueLayout.JAVA_BYTE));

            BatchResult batch = mover.batch()
                    .fill(memory, -1, VdmFlags.MEM_DURABLE)
                    .fill(memory, 2)
                    .flush(mapped("other", 4_096))
                    .fence()
                    .fill(memory, 3)
                    .submit()
                    .await();
            assertEquals(
                    List.of(VdmResult.UNSUPPORTED, VdmResult.SUCCESS, VdmResult.SUCCESS,
                            VdmResult.NOT_RUN),
                    batch.tasks().stream().map(task -> task.result()).toList());
            assertEquals(2, memory.get(ValueLayout.JAVA_LONG, 0));
        }
        try (Vdm mover = open(which, true)) {
            log.forget();
            mover.fill(memory, 5, VdmFlags.MEM_DURABLE).await();
            assertEquals(List.of(WriteBackLog.Range.of(WriteBackKind.CACHE_LINES, memory)),
                    log.ranges());
            assertSame(
                    ExecutionPath.LIBPMEM,
                    mover.batch().flush(memory).submit().await().get(0).path());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync", "threads"})
    void missingPageFailsTheOperationNotTheThread(String which)
            throws IOException {
        MemorySegment gone = mapped("gone", 1 << 16);
        MemorySegment memory = arena.allocate(1 << 16);
        truncate("gone");
        try (Vdm mover = open(which, false)) {
            for (VdmFuture<?> future : List.of(
                    mover.crc32c(gone), mover.compare(memory, gone), mover.comparePattern(gone, 0),
                    mover.fill(gone, 1), mover.copyCrc32c(memory, gone), mover.dualcast(
                            memory.asSlice(-memory.address() & 4_095, 64), gone.asSlice(0, 64),
                            arena.allocate(64)))) {
                future.busyPoll();
                assertEquals(VdmResult.IO_ERROR, future.result(), future::toString);
                assertTrue(future.failure().getMessage().contains("truncated"),
                        future.failure().getMessage());
            }
            BatchResult batch = mover.batch().crc32c(gone).fill(memory, 1).submit().await();
            assertEquals(VdmResult.IO_ERROR, batch.get(0).result());
            assertEquals(VdmResult.SUCCESS, batch.get(1).result());
        }
    }

    @Test
    void reusedOperationAllocatesNothing() {
        MemorySegment one = arena.allocate(520, 4_096);
        MemorySegment other = arena.allocate(520, 4_096);
        MemorySegment source = arena.allocate(512);
        MemorySegment words = one.asSlice(0, 512);
        MemorySegment otherWords = other.asSlice(0, 512);
        MemorySegment record = arena.allocate(80, 8);
        DifConfig config = DifConfig.of(DifBlockSize.BYTES_512).withFlags();
        try (Vdm mover = SyncDataMover.open(log.engines(false))) {
            VdmOperation operation = mover.newOperation();
            Runnable round = () -> {
                finish(operation.fill(words, 3, VdmFlags.NONE));
                finish(operation.compare(words, otherWords));
                finish(operation.comparePattern(words, 3));
                finish(operation.createDelta(record, words, words));
                finish(operation.dualcast(words, otherWords, source, VdmFlags.NONE));
                finish(operation.crc32c(words, CrcOptions.STANDARD));
                finish(operation.copyCrc32c(words, source, CrcOptions.STANDARD, VdmFlags.NONE));
                finish(operation.difInsert(one, source, config, VdmFlags.NONE));
                finish(operation.difCheck(one, config));
            };
            long least = AllocatedBytes.least(2_000, 2_000, round);
            assertTrue(least <= 2_000, "%,d bytes in 18,000 operations".formatted(least));
        }
    }

    private static void finish(VdmOperation operation) {
        operation.start();
        operation.orThrow();
        operation.value();
    }
}
