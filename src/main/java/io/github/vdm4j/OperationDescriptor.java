package io.github.vdm4j;

import io.github.vdm4j.future.AbstractFuture;
import io.github.vdm4j.machine.FailureName;
import io.github.vdm4j.machine.Message;
import io.github.vdm4j.operation.CrcOptions;
import io.github.vdm4j.operation.DifConfig;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;

/** The descriptor of an {@link Operation}. */
abstract sealed class OperationDescriptor<R> extends AbstractFuture<R> implements VdmFuture<R>
        permits OperationRecord {
    private static final VdmOperationType[] TYPES = VdmOperationType.values();
    private static final int DURABLE = VdmFlags.MEM_DURABLE.bits() << 8;
    private static final int NO_CACHE_HINT = VdmFlags.NO_CACHE_HINT.bits() << 8;
    /** A bit in the byte of the flags. Such a task of a batch waits for the earlier tasks. */
    private static final int FENCED = 1 << 14;
    /** The highest bit in the byte of the flags. A flush is durable without a flag. */
    private static final int FLUSHES = 1 << 15;

    /**
     * The type, the flags, the fill byte, and the path of the completion record, with 8 bits each.
     * With separate fields, a plain copy would allocate more than 80 bytes.
     */
    int bits;
    MemorySegment destination;
    private MemorySegment source;
    /**
     * The additional operands, or null if the object has described only copies, fills and flushes.
     */
    Operands operands;

    /** Writes the descriptor of an operation that no other thread can see yet. */
    void describe(VdmOperationType type, MemorySegment to, MemorySegment from, MemorySegment second,
            long pattern, Object options, VdmFlags flags) {
        bits = type.ordinal()
                | flags.bits() << 8
                | (type == VdmOperationType.FLUSH ? FLUSHES : 0)
                | ((int) pattern & 0xff) << 16;
        // A write of a reference causes work for the garbage collector, even if the reference is
        // the same.
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
     * {@return the range to read, or null} It is the delta record for {@link
     * VdmOperationType#DELTA_APPLY} and the original for {@link VdmOperationType#DELTA_CREATE}.
     */
    public MemorySegment source() {
        return source;
    }

    /**
     * {@return the second range of a comparison, the modified range for {@link
     * VdmOperationType#DELTA_CREATE}, or null}
     */
    public MemorySegment secondSource() {
        VdmOperationType type = type();
        return type == VdmOperationType.DUALCAST || type == VdmOperationType.CRC ? null : second();
    }

    /** {@return the second range to write for {@link VdmOperationType#DUALCAST}, or null} */
    public MemorySegment secondDestination() {
        return type() == VdmOperationType.DUALCAST ? second() : null;
    }

    /**
     * {@return the four bytes for the CRC, or null} {@link Operation#succeed(ExecutionPath, long,
     * int)} writes the CRC. Executors do not write it.
     */
    public MemorySegment crcDestination() {
        return type() == VdmOperationType.CRC ? second() : null;
    }

    /**
     * {@return the second range to read or to write, or null} An operation has at most one second
     * range.
     */
    public MemorySegment second() {
        return operands == null ? null : operands.second;
    }

    /**
     * {@return the pattern} Its lowest byte comes first in memory. The pattern of a memset contains
     * its byte eight times. Without a pattern, it is 0.
     */
    public long pattern() {
        return type() == VdmOperationType.MEMSET ? (fillByte() & 0xffL) * 0x0101010101010101L
                : operands == null ? 0 : operands.pattern;
    }

    /** {@return the byte of a memset, or 0 for other operations} */
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

    /** {@return the unmodifiable tasks of a batch in order, or null for other operations} */
    public List<Operation<?>> tasks() {
        return operands == null ? null : operands.tasks;
    }

    /** Makes a described task of a batch wait for the earlier tasks. */
    void fence() {
        bits |= FENCED;
    }

    /** {@return whether all earlier tasks of the batch have to succeed first} */
    public boolean isFenced() {
        return (bits & FENCED) != 0;
    }

    /**
     * {@return whether the destinations have to be made durable} It is {@code true} for a flush and
     * for {@link VdmFlags#MEM_DURABLE}.
     */
    public boolean isDurable() {
        return (bits & (DURABLE | FLUSHES)) != 0;
    }

    /** {@return whether the operation is a copy or a fill that is not durable} */
    public boolean isPlainMove() {
        return (bits & (0xff | DURABLE | FLUSHES)) <= VdmOperationType.MEMSET.ordinal();
    }

    /**
     * {@return whether the destination should stay in the processor's caches} It is {@code false}
     * for {@link VdmFlags#NO_CACHE_HINT}.
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
     * A segment of a closed arena is confined to no thread, because it fails on every thread.
     *
     * @param thread the thread
     */
    public boolean isAccessibleBy(Thread thread) {
        Objects.requireNonNull(thread, "thread");
        List<Operation<?>> tasks = tasks();
        for (int i = 0; tasks != null && i < tasks.size(); i++) { // An iterator would allocate.
            if (!tasks.get(i).isAccessibleBy(thread)) {
                return false;
            }
        }
        return isAccessible(destination, thread)
                && isAccessible(source, thread)
                && isAccessible(second(), thread);
    }

    private static boolean isAccessible(MemorySegment segment, Thread thread) {
        return segment == null || segment.isAccessibleBy(thread) || !segment.scope().isAlive();
    }

    /** {@return whether all segments of the operation, or of the batch's tasks, are off-heap} */
    public boolean isOffHeap() {
        List<Operation<?>> tasks = tasks();
        for (int i = 0; tasks != null && i < tasks.size(); i++) { // An iterator would allocate.
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
     * @throws WrongThreadException if a segment is confined to another thread
     */
    public void requireAccess() {
        List<Operation<?>> tasks = tasks();
        for (int i = 0; tasks != null && i < tasks.size(); i++) { // An iterator would allocate.
            tasks.get(i).requireAccess();
        }
        if (!isAccessibleBy(Thread.currentThread())) {
            throw new WrongThreadException(FailureName.WRONG_THREAD
                    .endOf(("%s: a segment is confined to another thread than %s. Poll on the "
                            + "thread that owns the memory, or use a shared arena")
                            .formatted(type(), Thread.currentThread())));
        }
    }

    /** {@return the operation in words, without its state} */
    public String description() {
        return Message.of("%s of %,d bytes", type(), byteSize());
    }

    /** The additional fields of operations other than copies, fills and flushes. */
    static final class Operands {
        /**
         * The second source, the second destination, or the destination of the CRC. No operation
         * has two of them.
         */
        MemorySegment second;
        /** {@link CrcOptions} or {@link DifConfig}. */
        Object options;
        long pattern;
        Batch.TaskList tasks;
        long value;
        int outcome;
    }
}
