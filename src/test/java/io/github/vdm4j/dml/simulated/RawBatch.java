package io.github.vdm4j.dml.simulated;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The buffer of a batch, written byte by byte. */
final class RawBatch {
    static final int FENCE = 1;

    final int tasks;
    final MemorySegment buffer;

    RawBatch(Arena arena, int tasks) {
        this.tasks = tasks;
        buffer = arena.allocate(tasks * 96L, 64);
        for (int i = 0; i < tasks; i++) {
            task(i, SimulatedTask.NOP, 0);
        }
    }

    /** Describes the batch in the job that submits it. */
    RawJob in(RawJob job) {
        return job.describe(SimulatedTask.BATCH).destination(buffer).destinationLength(tasks * 96L);
    }

    /**
     * Returns a descriptor and its completion record. All fields are 0 except the common fields of
     * descriptors.
     */
    MemorySegment task(int index, int operation, int flags) {
        MemorySegment descriptor = descriptor(index).fill((byte) 0);
        descriptor.set(JAVA_SHORT, 4, (short) (flags | 0xC));
        descriptor.set(JAVA_BYTE, 7, (byte) operation);
        descriptor.set(JAVA_LONG, 8, record(index).address());
        record(index).fill((byte) 0);
        return descriptor;
    }

    MemorySegment move(int index, MemorySegment to, MemorySegment from, int flags) {
        return ranged(task(index, SimulatedTask.MEM_MOVE, flags), from.address(), to.address(),
                to.byteSize());
    }

    MemorySegment compare(int index, MemorySegment first, MemorySegment second, int flags) {
        return ranged(
                task(index, SimulatedTask.COMPARE, flags), first.address(), second.address(),
                first.byteSize());
    }

    static MemorySegment ranged(MemorySegment descriptor, long first, long second, long length) {
        descriptor.set(JAVA_LONG, 16, first);
        descriptor.set(JAVA_LONG, 24, second);
        descriptor.set(JAVA_INT, 32, (int) length);
        return descriptor;
    }

    MemorySegment descriptor(int index) {
        return buffer.asSlice(index * 64L, 64);
    }

    MemorySegment record(int index) {
        return buffer.asSlice(tasks * 64L + index * 32L, 32);
    }

    int status(int index) {
        return record(index).get(JAVA_BYTE, 0);
    }

    int result(int index) {
        return record(index).get(JAVA_BYTE, 1);
    }

    int bytes(int index) {
        return record(index).get(JAVA_INT, 4);
    }

    int value(int index) {
        return record(index).get(JAVA_INT, 16);
    }
}
