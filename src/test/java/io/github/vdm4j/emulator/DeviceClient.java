package io.github.vdm4j.emulator;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;

/** A client of a device in this process, with memory, descriptors and completion records. */
final class DeviceClient implements AutoCloseable {
    static final int BLOCK_ON_FAULT = 2;
    static final int RECORD = 4 | 8; // address valid, record requested
    static final int PAGE = 4096;

    final Arena arena = Arena.ofShared();
    final LocalMemory memory = new LocalMemory();
    final DeviceModel device;

    DeviceClient(DeviceModel device) {
        this.device = device;
    }

    DeviceClient(DeviceSettings settings) {
        this(new DeviceModel(settings));
    }

    /** Memory with random bytes. It begins at a page. */
    MemorySegment noise(long size, long seed) {
        MemorySegment segment = arena.allocate(size, PAGE);
        var random = new SplittableRandom(seed);
        for (long i = 0; i < size; i++) {
            segment.set(JAVA_BYTE, i, (byte) random.nextInt());
        }
        return segment;
    }

    static byte[] bytes(MemorySegment segment) {
        return segment.toArray(JAVA_BYTE);
    }

    MemorySegment copyOf(byte[] bytes) {
        MemorySegment copy = arena.allocate(Math.max(1, bytes.length), PAGE);
        MemorySegment.copy(bytes, 0, copy, JAVA_BYTE, 0, bytes.length);
        return copy.asSlice(0, bytes.length);
    }

    Task task(int opcode) {
        return new Task(opcode, arena.allocate(64, 64), arena.allocate(32, 32));
    }

    Task task(int opcode, MemorySegment source, MemorySegment destination, long size) {
        return task(opcode).set(16, source.address())
                .set(24, destination.address())
                .set(32, (int) size);
    }

    Task batch(Task... tasks) {
        MemorySegment list = arena.allocate(64L * tasks.length, 64);
        for (int i = 0; i < tasks.length; i++) {
            list.asSlice(64L * i, 64).copyFrom(tasks[i].descriptor);
        }
        return task(1).set(16, list.address()).set(32, tasks.length);
    }

    int submit(Task... tasks) {
        byte[] bytes = new byte[64 * tasks.length];
        for (int i = 0; i < tasks.length; i++) {
            System.arraycopy(tasks[i].bytes(), 0, bytes, 64 * i, 64);
        }
        return device.submit(0, memory, bytes);
    }

    /** Submits and completes a task. */
    Task run(Task task) {
        int accepted = submit(task);
        if (accepted != 64) {
            throw new AssertionError("the device answered " + accepted);
        }
        device.step();
        return task;
    }

    @Override
    public void close() {
        arena.close();
    }

    /** A descriptor and its record. */
    static final class Task {
        final MemorySegment descriptor;
        final MemorySegment record;

        Task(int opcode, MemorySegment descriptor, MemorySegment record) {
            this.descriptor = descriptor;
            this.record = record;
            set(4, RECORD);
            descriptor.set(JAVA_BYTE, 7, (byte) opcode);
            set(8, record.address());
        }

        Task set(int offset, long value) {
            descriptor.set(JAVA_LONG, offset, value);
            return this;
        }

        Task set(int offset, int value) {
            descriptor.set(JAVA_INT, offset, value);
            return this;
        }

        Task set(int offset, short value) {
            descriptor.set(JAVA_SHORT, offset, value);
            return this;
        }

        Task set(int offset, byte value) {
            descriptor.set(JAVA_BYTE, offset, value);
            return this;
        }

        Task flags(int more) {
            return set(4, descriptor.get(JAVA_INT, 4) | more);
        }

        Task withoutFlags(int less) {
            return set(4, descriptor.get(JAVA_INT, 4) & ~less);
        }

        byte[] bytes() {
            return Arrays.copyOf(descriptor.toArray(JAVA_BYTE), 64);
        }

        int status() {
            return record.get(JAVA_BYTE, 0) & 0xff;
        }

        int result() {
            return record.get(JAVA_BYTE, 1);
        }

        int completed() {
            return record.get(JAVA_INT, 4);
        }

        long faultAddress() {
            return record.get(JAVA_LONG, 8);
        }

        long value() {
            return record.get(JAVA_LONG, 16);
        }

        long tags() {
            return record.get(JAVA_LONG, 24);
        }
    }
}
