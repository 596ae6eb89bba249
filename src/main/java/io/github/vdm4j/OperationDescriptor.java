package io.github.vdm4j;

import io.github.vdm4j.machine.FailureName;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DifConfig;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;

/** The descriptor of an {@link Operation}. */
abstract sealed class OperationDescriptor<R> extends VdmFuture<R> permits OperationRecord {
    private static final VdmOperationType[] TYPES = VdmOperationType.values();
    private static final int DURABLE = VdmFlags.MEM_DURABLE.bits() << 8;
    private static final int NO_CACHE_HINT = VdmFlags.NO_CACHE_HINT.bits() << 8;
    /** In the flags' byte: a task of a batch that waits for those before it. */
    private static final int FENCED = 1 << 14;
    /** The highest bit of the flags' byte: a flush is durable without a flag. */
    private static final int FLUSHES = 1 << 15;

    /**
     * Type, flags, fill byte, and the path of the completion record, 8 bits each. In a field for
     * each, a plain copy would allocate more than 80 bytes.
     */
    int bits;
    MemorySegment destination;
    private MemorySegment source;
    /** Null for an operation that has never been anything but a copy, fill or flush. */
    Operands operands;

    /** Writes the descriptor of an operation that no other thread can see yet. */
    void describe(VdmOperationType type, MemorySegment to, MemorySegment from, MemorySegment second,
            long pattern, Object options, VdmFlags flags) {
        bits = type.ordinal()
                | flags.bits() << 8
                | (type == VdmOperationType.FLUSH ? FLUSHES : 0)
                | ((int) pattern & 0xff) << 16;
        // Storing a reference makes work for the garbage collector, even if it is the same one.
        if (destination != to) {
            destination = to;
        }
        if (source != from) {
            source = from;
        }
        if (operands != null || type.ordinal() > VdmOperationType.FLUSH.ordinal()) {
            describeOperands(second, pattern, options);
        }
    }

    private void describeOperands(MemorySegment second, long pattern, Object options) {
        if (operands == null) {
            operands = new Operands();
        }
        operands.pattern = pattern;
        if (operands.second != second) {
            operands.second = second;
        }
        if (operands.options != options) {
            operands.options = options;
        }
        operands.value = 0;
        operands.outcome = 0;
    }

    @Override
    public VdmOperationType type() {
        return TYPES[bits & 0xff];
    }

    @Override
    public VdmFlags flags() {
        return VdmFlags.ofBits(bits >> 8 & 0x3f);
    }

    @Override
    public MemorySegment destination() {
        return destination;
    }

    /**
     * {@return the range that is read, or null} This is the delta record for {@link
     * VdmOperationType#DELTA_APPLY} and the original for {@link VdmOperationType#DELTA_CREATE}.
     */
    public MemorySegment source() {
        return source;
    }

    /**
     * {@return the other side of a comparison, the modified range for {@link
     * VdmOperationType#DELTA_CREATE}, or null}
     */
    public MemorySegment secondSource() {
        VdmOperationType type = type();
        return type == VdmOperationType.DUALCAST || type == VdmOperationType.CRC ? null : second();
    }

    /**
     * {@return the second range that is written, null except for {@link VdmOperationType#DUALCAST}}
     */
    public MemorySegment secondDestination() {
        return type() == VdmOperationType.DUALCAST ? second() : null;
    }

    /**
     * {@return the four bytes where the CRC is written, or null} {@link
     * Operation#succeed(ExecutionPath, long, int)} writes it, so executors do not.
     */
    public MemorySegment crcDestination() {
        return type() == VdmOperationType.CRC ? second() : null;
    }

    /** {@return the second range, read or written, or null} No operation has two. */
    public MemorySegment second() {
        return operands == null ? null : operands.second;
    }

    /**
     * {@return the pattern, whose lowest byte comes first in memory} A memset has its byte eight
     * times. The pattern is 0 if the operation needs none.
     */
    public long pattern() {
        return type() == VdmOperationType.MEMSET ? (fillByte() & 0xffL) * 0x0101010101010101L
                : operands == null ? 0 : operands.pattern;
    }

    /** {@return the byte that was passed to memset, else 0} */
    public byte fillByte() {
        return (byte) (bits >> 16);
    }

    /** {@return the options of the CRC, or null for other operations} */
    public CrcOptions crc() {
        return operands != null && operands.options instanceof CrcOptions options ? options : null;
    }

    /** {@return the protection of the blocks, or null for other operations} */
    public DifConfig dif() {
        return operands != null && operands.options instanceof DifConfig config ? config : null;
    }

    /** {@return the tasks of a batch in order, to be read only, or null for other operations} */
    public List<Operation<?>> tasks() {
        return operands == null ? null : operands.tasks;
    }

    /** Makes a described task of a batch wait for those before it. */
    void fence() {
        bits |= FENCED;
    }

    /** {@return whether every task of the batch before this one has to succeed first} */
    public boolean isFenced() {
        return (bits & FENCED) != 0;
    }

    /**
     * {@return whether the destinations have to be made durable} It is true for a flush, and for {@link
     * VdmFlags#MEM_DURABLE}.
     */
    public boolean isDurable() {
        return (bits & (DURABLE | FLUSHES)) != 0;
    }

    /**
     * {@return whether the destination should be left in the processor's caches} It is false for {@link
     * VdmFlags#NO_CACHE_HINT}.
     */
    public boolean isForCache() {
        return (bits & NO_CACHE_HINT) == 0;
    }

    @Override
    public long byteSize() {
        return source != null ? source.byteSize()
                : destination != null ? destination.byteSize()
                        : operands != null && operands.tasks != null ? operands.tasks.byteSize()
                                : 0;
    }

    /**
     * {@return whether a thread may access all segments of the operation, or of the batch's tasks}
     *
     * @param thread the thread
     */
    public boolean isAccessibleBy(Thread thread) {
        Objects.requireNonNull(thread, "thread");
        List<Operation<?>> tasks = tasks();
        for (int i = 0; tasks != null && i < tasks.size(); i++) { // an iterator is an allocation
            if (!tasks.get(i).isAccessibleBy(thread)) {
                return false;
            }
        }
        return isAccessible(destination, thread)
                && isAccessible(source, thread)
                && isAccessible(second(), thread);
    }

    private static boolean isAccessible(MemorySegment segment, Thread thread) {
        return segment == null || segment.isAccessibleBy(thread);
    }

    /** {@return whether all segments of the operation, or of the batch's tasks, are off-heap} */
    public boolean isOffHeap() {
        List<Operation<?>> tasks = tasks();
        for (int i = 0; tasks != null && i < tasks.size(); i++) { // an iterator is an allocation
            if (!tasks.get(i).isOffHeap()) {
                return false;
            }
        }
        return isOffHeap(destination) && isOffHeap(source) && isOffHeap(second());
    }

    private static boolean isOffHeap(MemorySegment segment) {
        return segment == null || segment.isNative();
    }

    /**
     * Requires that the current thread may access all segments of the operation.
     *
     * @throws WrongThreadException if one is confined to another thread
     */
    public void requireAccess() {
        if (!isAccessibleBy(Thread.currentThread())) {
            throw new WrongThreadException(FailureName.WRONG_THREAD
                    .endOf(("%s: a segment is confined to another thread than %s. Poll on the "
                            + "thread that owns the memory, or use a shared arena")
                            .formatted(type(), Thread.currentThread())));
        }
    }

    /** {@return the operation in words, without its state} */
    public String description() {
        return "%s of %,d bytes".formatted(type(), byteSize());
    }
}
