package io.github.vdm4j.examples;

import io.github.vdm4j.emulator.DeviceModel;
import io.github.vdm4j.emulator.DeviceSettings;
import io.github.vdm4j.emulator.LocalMemory;
import io.github.vdm4j.emulator.QueueSettings;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A test of a DSA client without hardware and without FUSE. The device runs in this process, and
 * the test decides when a descriptor completes.
 */
public final class EmulatedDevice {
    /** Submits a move to a queue that is full after one descriptor, and completes it. */
    public static void main(String... args) {
        var device = new DeviceModel(new DeviceSettings().queue(QueueSettings.shared(1)));
        var memory = new LocalMemory();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment source = arena.allocateFrom("moved by a device");
            MemorySegment destination = arena.allocate(source.byteSize());
            MemorySegment record = arena.allocate(32, 32);
            MemorySegment descriptor = arena.allocate(64, 64);
            // the move requests a completion record
            descriptor.set(ValueLayout.JAVA_INT, 4, 3 << 24 | 0xc);
            descriptor.set(ValueLayout.JAVA_LONG, 8, record.address());
            descriptor.set(ValueLayout.JAVA_LONG, 16, source.address());
            descriptor.set(ValueLayout.JAVA_LONG, 24, destination.address());
            descriptor.set(ValueLayout.JAVA_INT, 32, (int) source.byteSize());
            byte[] bytes = descriptor.toArray(ValueLayout.JAVA_BYTE);

            System.out.println("accepted " + device.submit(0, memory, bytes) + " bytes");
            System.out.println("refused with errno " + -device.submit(0, memory, bytes));
            device.step();
            System.out.println("status " + record.get(ValueLayout.JAVA_BYTE, 0) + ": "
                    + destination.getString(0));
        }
    }
}
