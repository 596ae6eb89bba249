package io.github.vdm4j.engine.channel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The native memory of a batch. It contains a descriptor of 64 bytes for each task, followed by a
 * completion record of 32 bytes for each task.
 *
 * <p>The descriptors have the layout of DSA. DML's own functions would write the same bytes, but
 * each call takes half the time of a job. DML does not check the descriptors before their
 * execution.
 */
final class BatchBuffer {
    /** The smallest number of tasks in a batch. DML refuses smaller batches. */
    static final int LEAST = 4;

    static final int NOT_RUN = 0;
    static final int SUCCESS = 1;
    static final int FALSE_PREDICATE = 2;
    static final int PAGE_FAULT = 3;
    static final int DIF_ERROR = 9;

    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT.withByteAlignment(1).withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG.withByteAlignment(1).withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long DESCRIPTOR = Descriptor.BYTES;
    private static final long RECORD = Descriptor.RECORD_BYTES;
    private static final int STATUS_BITS = 0x7F;

    private static final long NOP = Descriptor.head(Opcode.NOP, 0);
    private static final int SMALLEST = 16;

    private final Slot slot;

    /** The memory. It is alive while the slot is lent, see {@link SlotPool}. */
    private MemorySegment memory;

    private int room;

    /** The number of descriptors that contain the address of their record. */
    private int laidOut;

    BatchBuffer(Slot slot) {
        this.slot = slot;
    }

    /** Reserves memory for tasks. The method discards the earlier content. */
    void reserve(int tasks) {
        if (tasks > room) {
            int size = Math.max(SMALLEST, Integer.highestOneBit(tasks - 1) << 1);
            memory = slot.allocate(size * Descriptor.TASK_BYTES);
            room = size;
            laidOut = 0;
        }
    }

    MemorySegment memory() {
        return memory;
    }

    void put(int task, Part part) {
        Descriptor.write(memory, task * DESCRIPTOR, part);
    }

    /** Completes a batch. Resets its records to "not run", because DML does not clear them. */
    int seal(int tasks) {
        int count = tasks;
        while (count < LEAST) {
            Descriptor.put(memory, count++ * DESCRIPTOR, NOP, 0, 0, 0, 0, 0, 0);
        }
        long records = count * DESCRIPTOR;
        if (laidOut != count) {
            for (int i = 0; i < count; i++) {
                Descriptor.writeRecordAddress(memory, i * DESCRIPTOR,
                        memory.address() + records + i * RECORD);
            }
            laidOut = count;
        }
        for (int i = 0; i < count; i++) {
            memory.set(LONG, records + i * RECORD, 0);
        }
        return count;
    }

    private long record(int task) {
        return laidOut * DESCRIPTOR + task * RECORD;
    }

    int status(int task) {
        return memory.get(ValueLayout.JAVA_BYTE, record(task)) & STATUS_BITS;
    }

    /** Returns the result of a comparison, a delta or a check. */
    int result(int task) {
        return memory.get(ValueLayout.JAVA_BYTE, record(task) + 1) & 0xFF;
    }

    /** Returns the offset of a mismatch or of a bad block. */
    long bytes(int task) {
        return memory.get(INT, record(task) + 4) & 0xFFFF_FFFFL;
    }

    /** Returns a CRC, or the size of a delta record. */
    int value(int task) {
        return memory.get(INT, record(task) + 16);
    }
}
