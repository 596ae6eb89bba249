package io.github.vdm4j.dax;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmFuture;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.buffer.OffHeapBuffer;
import io.github.vdm4j.memory.PmemLibrary;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Random;
import jdk.nio.mapmode.ExtendedMapMode;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@OnDax
@DisplayName("Durable operations onto each kind of destination")
class DurabilityOnDax {
    private static final int SIZE = 5 * 4096;
    private static final long SEED = 20260101;

    /** The kinds of destinations. The mover cannot make some of them durable. */
    enum Destination {
        PMEM_BUFFER,
        PMEM_SEGMENT,
        PMEM_REINTERPRETED,
        PMEM_PLAIN_MAPPING,
        DISK_BUFFER,
        DISK_SEGMENT,
        DEVICE_BUFFER,
        NATIVE_MEMORY,
        ALLOCATED_BUFFER,
        HEAP;

        /** Returns the memory. If it is a buffer, stores the buffer in the array. */
        MemorySegment make(Path file, Arena arena, OffHeapBuffer[] buffer) throws IOException {
            return switch (this) {
                case PMEM_BUFFER, DISK_BUFFER ->
                    (buffer[0] = OffHeapBuffer.map(file, 0, SIZE)).segment();
                case PMEM_SEGMENT ->
                    DaxFiles.mapBare(file, ExtendedMapMode.READ_WRITE_SYNC, SIZE, arena);
                case PMEM_REINTERPRETED ->
                    DaxFiles.mapBare(file, ExtendedMapMode.READ_WRITE_SYNC, SIZE, arena)
                            .reinterpret(SIZE, arena, null);
                case PMEM_PLAIN_MAPPING, DISK_SEGMENT ->
                    DaxFiles.mapBare(file, MapMode.READ_WRITE, SIZE, arena);
                case DEVICE_BUFFER ->
                    (buffer[0] = OffHeapBuffer.mapDevice(DaxFiles.DEVICE, 0, DaxFiles.ALIGNMENT))
                            .slice(0, SIZE);
                case NATIVE_MEMORY -> arena.allocate(SIZE, 64);
                case ALLOCATED_BUFFER -> (buffer[0] = OffHeapBuffer.allocate(SIZE)).segment();
                case HEAP -> MemorySegment.ofArray(new byte[SIZE]);
            };
        }

        boolean onDisk() {
            return this == DISK_BUFFER || this == DISK_SEGMENT;
        }

        boolean inFile() {
            return compareTo(DISK_SEGMENT) <= 0;
        }

        VdmResult expected(Movers mover) {
            boolean lines = mover == Movers.DML_SOFTWARE || PmemLibrary.find().isPresent();
            return switch (this) {
                case PMEM_BUFFER, PMEM_SEGMENT, PMEM_PLAIN_MAPPING, DISK_BUFFER, DISK_SEGMENT ->
                    VdmResult.SUCCESS;
                case PMEM_REINTERPRETED, DEVICE_BUFFER, NATIVE_MEMORY ->
                    lines ? VdmResult.SUCCESS : VdmResult.UNSUPPORTED;
                case ALLOCATED_BUFFER, HEAP -> VdmResult.UNSUPPORTED;
            };
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource({
        "SYNC, PMEM_BUFFER", "SYNC, PMEM_SEGMENT", "SYNC, PMEM_REINTERPRETED",
        "SYNC, PMEM_PLAIN_MAPPING",
        "SYNC, DISK_BUFFER", "SYNC, DISK_SEGMENT", "SYNC, NATIVE_MEMORY", "SYNC, ALLOCATED_BUFFER",
        "SYNC, HEAP", "SYNC, DEVICE_BUFFER",
        "THREADS, PMEM_BUFFER", "THREADS, PMEM_SEGMENT", "THREADS, PMEM_REINTERPRETED",
        "THREADS, PMEM_PLAIN_MAPPING",
        "THREADS, DISK_BUFFER", "THREADS, DISK_SEGMENT", "THREADS, NATIVE_MEMORY",
        "THREADS, ALLOCATED_BUFFER",
        "THREADS, HEAP", "THREADS, DEVICE_BUFFER",
        "DML_SOFTWARE, PMEM_BUFFER", "DML_SOFTWARE, PMEM_SEGMENT",
        "DML_SOFTWARE, PMEM_REINTERPRETED",
        "DML_SOFTWARE, PMEM_PLAIN_MAPPING", "DML_SOFTWARE, DISK_BUFFER",
        "DML_SOFTWARE, DISK_SEGMENT",
        "DML_SOFTWARE, NATIVE_MEMORY", "DML_SOFTWARE, ALLOCATED_BUFFER",
        "DML_SOFTWARE, DEVICE_BUFFER"
    })
    @DisplayName("an operation is durable, or it is refused and writes nothing")
    void operationKeepsThePromise(Movers which, Destination kind) throws IOException {
        Path file = (kind.onDisk() ? DaxFiles.DISK : DaxFiles.PMEM).resolve("durability");
        var buffer = new OffHeapBuffer[1];
        var random = new Random(SEED);
        try (Vdm mover = which.open(); Arena arena = Arena.ofShared()) {
            MemorySegment onto = kind.make(file, arena, buffer);
            var model = new byte[SIZE];
            random.nextBytes(model);
            MemorySegment.copy(model, 0, onto, ValueLayout.JAVA_BYTE, 0, SIZE);
            for (VdmOperationType type : EnumSet.range(VdmOperationType.MEMCPY,
                    VdmOperationType.FLUSH)) {
                for (long[] range : new long[][]{{60, 100}, {0, SIZE}, {4095, 2}, {64, 64},
                    {63, 1}}) {
                    checkOne(mover, type, onto, range, model, kind.expected(which), random, arena);
                }
            }
            if (kind.inFile()) {
                assertArrayEquals(model, Files.readAllBytes(file), "what the file has");
            }
        } finally {
            if (buffer[0] != null) {
                buffer[0].close();
            }
            Files.deleteIfExists(file);
        }
    }

    private static void checkOne(
            Vdm mover,
            VdmOperationType type,
            MemorySegment onto,
            long[] range,
            byte[] model,
            VdmResult expected,
            Random random,
            Arena arena) {
        int offset = (int) range[0];
        int length = (int) range[1];
        MemorySegment part = onto.asSlice(offset, length);
        var content = new byte[length];
        random.nextBytes(content);
        byte fill = content[0];
        MemorySegment source = arena.allocate(length).copyFrom(MemorySegment.ofArray(content));
        int from = Math.max(offset - 30, 0);
        VdmFuture<VdmOutput> future =
                switch (type) {
                    case MEMCPY -> mover.memcpy(part, source, VdmFlags.MEM_DURABLE);
                    case MEMMOVE ->
                        mover.memmove(part, onto.asSlice(from, length), VdmFlags.MEM_DURABLE);
                    case MEMSET -> mover.memset(part, fill, VdmFlags.MEM_DURABLE);
                    case FLUSH -> mover.flush(part);
                    default -> throw new AssertionError(type);
                };
        future.busyPoll();
        String what = type + " of " + length + " bytes at " + offset;
        assertEquals(expected, future.result(), () -> what + ": " + future);
        if (expected == VdmResult.SUCCESS) {
            switch (type) {
                case MEMCPY -> System.arraycopy(content, 0, model, offset, length);
                case MEMMOVE -> System.arraycopy(model, from, model, offset, length);
                case MEMSET -> java.util.Arrays.fill(model, offset, offset + length, fill);
                default -> {} // A flush changes nothing.
            }
        } else {
            assertTrue(
                    future.failure().getMessage().contains("cannot be made durable"),
                    () -> future.failure().getMessage());
        }
        assertArrayEquals(model, onto.toArray(ValueLayout.JAVA_BYTE), what);
    }
}
