package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdm4j.Batch;
import io.github.vdm4j.BatchResult;
import io.github.vdm4j.TaskResult;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.VdmOutput;
import io.github.vdm4j.mover.SyncDataMover;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DeltaResult;
import io.github.vdm4j.operation.DifBlockSize;
import io.github.vdm4j.operation.DifConfig;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/**
 * A random mixture of tasks with its expected result. The result is the same for every mover. Pure
 * Java computes it task by task.
 *
 * @param seed the seed of the tasks
 * @param tasks the number of tasks
 * @param order the order of the tasks
 */
record BatchMix(long seed, int tasks, Order order) {
    enum Order {
        /** Each task has a fence. The tasks write and read each other's bytes. */
        FENCED,
        /**
         * The tasks write and read each other's bytes and have some fences, for a path that keeps
         * the order.
         */
        IN_A_ROW,
        /** No two tasks share a byte. */
        APART
    }

    /** The size of the memory that a task may use. */
    static final int AREA = 3 * 4096;

    private static final int KINDS = 13;

    long memorySize() {
        return order == Order.APART ? (long) tasks * AREA : AREA;
    }

    /** Fills memory with many equal bytes. Comparisons then have both results. */
    void fill(MemorySegment memory) {
        var random = new Random(seed);
        for (long i = 0; i < memory.byteSize(); i++) {
            memory.set(ValueLayout.JAVA_BYTE, i,
                    (byte) (random.nextInt(64) == 0 ? random.nextInt() : 0));
        }
    }

    /** Executes the tasks on two equal memories, and compares the results. */
    void check(Vdm mover, MemorySegment memory) {
        fill(memory);
        try (Arena arena = Arena.ofConfined(); var java = SyncDataMover.open()) {
            var twin = arena.allocate(memory.byteSize(), 4096).copyFrom(memory);
            BatchResult expected = DmlBatchTest.done(make(java, twin).submit());
            BatchResult actual = DmlBatchTest.done(make(mover, memory).submit());
            for (int i = 0; i < tasks; i++) {
                assertAlike(expected.get(i), actual.get(i), "task " + i);
            }
            assertArrayEquals(twin.toArray(ValueLayout.JAVA_BYTE),
                    memory.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    private static void assertAlike(TaskResult expected, TaskResult actual, String which) {
        assertEquals(expected.type(), actual.type(), which);
        assertEquals(expected.result(), actual.result(), () -> which + ": " + actual.failure());
        if (!(expected.output() instanceof VdmOutput)) {
            assertEquals(expected.output(), actual.output(), () -> which + ", " + actual.type());
        }
    }

    private Batch make(Vdm mover, MemorySegment memory) {
        var random = new Random(seed);
        var batch = mover.batch();
        while (batch.size() < tasks) {
            if (order == Order.FENCED || order == Order.IN_A_ROW && random.nextInt(8) == 0) {
                batch.fence();
            }
            var area = order == Order.APART ? memory.asSlice((long) batch.size() * AREA, AREA)
                    : memory;
            try {
                add(batch, area, random);
            } catch (IllegalArgumentException e) {
                continue; // This skips overlapping and unaligned ranges.
            }
        }
        return batch;
    }

    private static void add(Batch batch, MemorySegment area, Random random) {
        int size = switch (random.nextInt(4)) {
            case 0 -> random.nextInt(16);
            case 1 -> 8 * random.nextInt(64);
            default -> random.nextInt(1024);
        };
        var to = range(area, size, random);
        var from = range(area, size, random);
        var flags = random.nextBoolean() ? VdmFlags.NONE : VdmFlags.NO_CACHE_HINT;
        long pattern = random.nextInt(3) == 0 ? random.nextLong() : 0;
        var options =
                new CrcOptions(random.nextBoolean() ? 0 : random.nextInt(), random.nextBoolean(),
                        random.nextBoolean());
        switch (random.nextInt(KINDS)) {
            case 0 -> batch.nop();
            case 1 -> batch.memcpy(to, from, flags);
            case 2 -> batch.memmove(to, from, flags);
            case 3 -> batch.memset(to, (byte) random.nextInt(), flags);
            case 4 -> batch.fill(to, pattern, flags);
            case 5 -> batch.compare(to, from);
            case 6 -> batch.comparePattern(from, pattern);
            case 7 -> batch.crc32c(from, options);
            case 8 -> batch.copyCrc32c(to, from, options, flags);
            case 9 -> batch.createDelta(
                    range(area, (int) DeltaResult.maxRecordBytes(8 * (size / 8)), random),
                    range(area, 8 * (size / 8), random),
                    range(area, 8 * (size / 8), random));
            case 10 -> batch.applyDelta(
                    range(area, 8 * (size / 8), random),
                    range(area, 10 * random.nextInt(8), random), flags);
            case 11 -> {
                int offset = random.nextInt(4096 - size % 4096);
                batch.dualcast(
                        area.asSlice(offset, size % 4096),
                        area.asSlice(offset + 4096, size % 4096),
                        range(area, size % 4096, random),
                        flags);
            }
            case 12 -> {
                var config = DifConfig.of(DifBlockSize.BYTES_512);
                int blocks = 1 + random.nextInt(2);
                if (random.nextBoolean()) {
                    batch.difCheck(range(area, 520 * blocks, random), config);
                } else {
                    batch.difInsert(
                            range(area, 520 * blocks, random), range(area, 512 * blocks, random),
                            config, flags);
                }
            }
            default -> throw new AssertionError();
        }
    }

    private static MemorySegment range(MemorySegment area, int size, Random random) {
        int offset = random.nextInt((int) area.byteSize() - size + 1);
        return area.asSlice(random.nextBoolean() ? offset & -8 : offset, size);
    }
}
