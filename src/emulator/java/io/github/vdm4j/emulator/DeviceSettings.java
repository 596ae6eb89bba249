package io.github.vdm4j.emulator;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** A builder of the settings of a device. The device reads it when it is created. */
public final class DeviceSettings {
    /** GENCAP: descriptors may block on page faults. */
    public static final long BLOCK_ON_FAULT = 1;
    /** GENCAP: a move may overlap. */
    public static final long OVERLAP = 1L << 1;
    /** GENCAP: the cache-control flag of operations that write memory. */
    public static final long CACHE_CONTROL = 1L << 2;
    /** GENCAP: the cache-control flag of a cache flush. */
    public static final long CACHE_CONTROL_FLUSH = 1L << 3;
    /** GENCAP: durable writes by the flag CC3. */
    public static final long DURABLE = 1L << 5;
    /** GENCAP: destination readback. */
    public static final long READBACK = 1L << 8;
    /** GENCAP: fills with patterns of 16 bytes. */
    public static final long FILL_16 = 1L << 10;
    /** GENCAP: batches of one descriptor. */
    public static final long BATCH_OF_ONE = 1L << 52;
    /** The version of the first devices. The kernel refuses batches from users there. */
    public static final int VERSION_1 = 0x100;
    /** The first version on which users may submit batches. */
    public static final int VERSION_2 = 0x200;

    private static final long FIRST_CAPABILITIES =
            BLOCK_ON_FAULT | OVERLAP | CACHE_CONTROL | CACHE_CONTROL_FLUSH | READBACK;
    private static final int MAX_TRANSFER_SHIFT = 16; // The field has 5 bits.
    private static final int MAX_BATCH_SHIFT = 21; // The field has 4 bits.
    private static final long CONFIGURABLE = 1L << 31;

    int version = VERSION_2;
    private Long capabilities;
    long maxTransfer = 1L << 31;
    int maxBatch = 1024;
    int numaNode;
    long latencyNanos;
    private double gigabytesPerSecond = Double.POSITIVE_INFINITY;
    Long shuffleSeed;
    final BitSet opcodes = new BitSet();
    private final List<QueueSettings> queues = new ArrayList<>();

    /** Creates a device of version 2 with all operations. */
    public DeviceSettings() {
        for (Opcode opcode : Opcode.values()) {
            opcodes.set(opcode.code);
        }
    }

    /** Sets the version, {@link #VERSION_1} or {@link #VERSION_2}. */
    public DeviceSettings version(int newVersion) {
        version = newVersion;
        return this;
    }

    /** Sets the capabilities. The class adds the fields for the largest transfer and batch. */
    public DeviceSettings capabilities(long bits) {
        capabilities = bits;
        return this;
    }

    /** Removes the operation with a code. */
    public DeviceSettings without(int opcode) {
        opcodes.clear(opcode);
        return this;
    }

    /** Sets the largest transfer in bytes, a power of two up to 2 GiB. */
    public DeviceSettings maxTransfer(long bytes) {
        maxTransfer = bytes;
        return this;
    }

    /** Sets the largest number of descriptors in a batch, a power of two up to 32,768. */
    public DeviceSettings maxBatch(int descriptors) {
        maxBatch = descriptors;
        return this;
    }

    /** Sets the NUMA node, or -1 for unknown. */
    public DeviceSettings numaNode(int node) {
        numaNode = node;
        return this;
    }

    /** Sets the latency of each operation and the speed for its bytes on the device's clock. */
    public DeviceSettings speed(long nanos, double newGigabytesPerSecond) {
        latencyNanos = nanos;
        gigabytesPerSecond = newGigabytesPerSecond;
        return this;
    }

    /** Completes descriptors in a random order. A fence or a drain still orders them. */
    public DeviceSettings outOfOrder(long seed) {
        shuffleSeed = seed;
        return this;
    }

    /** Adds a queue. A device without a queue gets a shared queue of 128 descriptors. */
    public DeviceSettings queue(QueueSettings queue) {
        queues.add(queue);
        return this;
    }

    List<QueueSettings> queues() {
        return queues.isEmpty() ? List.of(QueueSettings.shared(128)) : List.copyOf(queues);
    }

    /** The GENCAP register. */
    long genCap() {
        long bits = capabilities != null ? capabilities
                : version == VERSION_1 ? FIRST_CAPABILITIES
                        : FIRST_CAPABILITIES | DURABLE | FILL_16 | BATCH_OF_ONE;
        return bits | CONFIGURABLE
                | (long) Long.numberOfTrailingZeros(maxTransfer) << MAX_TRANSFER_SHIFT
                | (long) Integer.numberOfTrailingZeros(maxBatch) << MAX_BATCH_SHIFT;
    }

    boolean can(long capability) {
        return (genCap() & capability) != 0;
    }

    /** Returns the time for which the bytes of an operation occupy the device. */
    long transferNanos(long bytes) {
        return (long) (bytes / gigabytesPerSecond);
    }
}
