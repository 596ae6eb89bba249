package io.github.vdm4j.engine;

import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.engine.channel.CopyShare;
import io.github.vdm4j.jvm.CallerExecutor;
import io.github.vdm4j.machine.Message;
import io.github.vdm4j.memory.MemoryRegions;
import java.util.List;

/**
 * The choice of the executor of an operation by its type and length. The executor is the JVM on the
 * calling thread, a worker, or the channel. The policy contains all thresholds (docs/adr/0015,
 * docs/adr/0020, docs/adr/0027).
 *
 * @param jvmUpTo the longest operation of the JVM in bytes, or 0 for none
 * @param awaited the longest operation of the JVM that a thread awaits alone in bytes, or 0 for no
 *     special limit
 * @param rival the software path with which the JVM competes
 * @param workersFrom the size in bytes from which a worker executes an operation
 * @param parallelFrom the size in bytes from which all workers execute an operation of the JVM
 *     together
 * @param share the division of long copies between the device and the awaiting thread, or null if
 *     the device copies all bytes
 */
public record OffloadPolicy(long jvmUpTo, long awaited, Rival rival, long workersFrom,
        long parallelFrom, CopyShare share) {
    public static final long OFFLOAD_FROM = 8 << 10;

    public static final long OFFLOAD_FROM_WHEN_AWAITED = 24 << 10;

    /** The size in bytes from which a copy gains from two executors (docs/adr/0029). */
    private static final long SPLIT_FROM = 256 << 10;

    // For longer operations, DML's AVX-512 code (docs/adr/0015, docs/adr/0020) and the device are
    // faster than the JVM. In a longer dualcast, all of DML's code is faster.
    private static final long FILL = 512 << 10;
    private static final long COMPARISON = 4 << 10;
    private static final long NEW_DELTA = 1 << 10;
    private static final long DUALCAST = 16 << 10;

    /** DML's software path, or none on a device and on a path that the user has set. */
    enum Rival {
        NONE,
        SOFTWARE,
        SOFTWARE_WITH_AVX512
    }

    /** Returns a policy that gives all operations to the channel. */
    public static OffloadPolicy allOnChannel(long workersFrom, long parallelFrom) {
        return new OffloadPolicy(0, 0, Rival.NONE, workersFrom, parallelFrom, null);
    }

    /**
     * Returns a policy for a device that software can replace. The JVM executes the operations that
     * are too short for the device.
     *
     * @param offloadFrom the size in bytes from which the device executes an operation
     * @param whenAwaited the same for an operation that a thread awaits alone
     * @param workersFrom the size in bytes from which a worker executes an operation if the device
     *     does not. The device always executes operations of this length
     */
    public static OffloadPolicy offloading(long offloadFrom, long whenAwaited, long workersFrom) {
        return new OffloadPolicy(Math.max(offloadFrom - 1, 0), Math.max(whenAwaited - 1, 0),
                Rival.NONE, workersFrom, Long.MAX_VALUE, null);
    }

    /**
     * Returns a policy for DML's software path without a device. The JVM executes the operations in
     * which it is faster.
     *
     * @param avx512 whether DML uses its AVX-512 code. Its remaining code is slower
     */
    public static OffloadPolicy withoutDevice(long jvmUpTo, boolean avx512, long workersFrom,
            long parallelFrom) {
        return new OffloadPolicy(jvmUpTo, 0, avx512 ? Rival.SOFTWARE_WITH_AVX512 : Rival.SOFTWARE,
                workersFrom, parallelFrom, null);
    }

    /** Returns this policy. If it splits, a thread that awaits a long copy copies a share of it. */
    public OffloadPolicy splitLongCopies(boolean split) {
        return new OffloadPolicy(jvmUpTo, awaited, rival, workersFrom, parallelFrom,
                split ? new CopyShare() : null);
    }

    /**
     * Returns whether the device and the thread that awaits a copy divide it. Only the device can
     * make some memory durable, and a copy within one range has an order.
     */
    boolean splits(Operation<?> operation) {
        if (share == null || operation.byteSize() < SPLIT_FROM || operation.isDurable()
                || operation.type() != VdmOperationType.MEMCPY
                        && operation.type() != VdmOperationType.MEMMOVE) {
            return false;
        }
        long distance = operation.destination().address() - operation.source().address();
        return Math.abs(distance) >= operation.byteSize() && operation.isAwaited();
    }

    /** Returns whether the channel's software executes the parts of a long operation. */
    boolean isForSoftware(Operation<?> operation) {
        return operation.isOffHeap() && operation.byteSize() > jvmUpTo;
    }

    long longestOnCaller() {
        return workersFrom - 1;
    }

    boolean hasWorkers() {
        return workersFrom != Long.MAX_VALUE;
    }

    /**
     * Returns the size from which a worker executes an operation that the device does not. A
     * durable operation is long, but a thread that awaits it needs no worker.
     */
    long workersFrom(Operation<?> operation) {
        return hasWorkers() && isDurable(operation) && !operation.mayBlockCaller()
                ? Math.min(workersFrom, CallerExecutor.LONGEST_IN_POLL + 1)
                : workersFrom;
    }

    private static boolean isDurable(Operation<?> operation) {
        List<Operation<?>> tasks = operation.tasks();
        return tasks == null || operation.byteSize() <= CallerExecutor.LONGEST_IN_POLL
                ? operation.isDurable()
                : isAnyDurable(tasks);
    }

    private static boolean isAnyDurable(List<Operation<?>> tasks) {
        for (int i = 0; i < tasks.size(); i++) { // A stream or an iterator would be an allocation.
            if (tasks.get(i).isDurable()) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether the JVM executes a plain copy or fill, even if no thread awaits it. */
    boolean isShortMove(Operation<?> move) {
        long bytes = move.byteSize();
        return bytes <= jvmUpTo && bytes <= longestOnCaller()
                && (move.source() != null || bytes <= longestFill());
    }

    /** Returns whether the JVM executes an operation in the poll that starts it. */
    boolean isForJvm(Operation<?> operation) {
        if (operation.tasks() != null) {
            return rival == Rival.NONE && areForJvm(operation.tasks(), operation.byteSize());
        }
        long bytes = operation.byteSize();
        return bytes > 0 && bytes <= longestOnCaller() && !operation.isDurable()
                && (bytes <= longest(operation.type()) || isGuarded(operation))
                && (bytes <= jvmUpTo || bytes <= awaited && operation.isAwaited());
    }

    private boolean areForJvm(List<Operation<?>> tasks, long bytes) {
        // A long batch gains from the device.
        if (bytes > Math.min(jvmUpTo, longestOnCaller())) {
            return false;
        }
        for (int i = 0; i < tasks.size(); i++) {
            Operation<?> task = tasks.get(i);
            if (!isForJvm(task) && (task.byteSize() > 0 || task.isDurable())) {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns whether the JVM or the channel's software executes each task of a batch like a single
     * operation. DML's software path executes no batch faster. A batch with a durable task stays
     * whole, because the task needs the batch's order.
     */
    boolean executesTasksSingly(Operation<?> batch) {
        List<Operation<?>> tasks = batch.tasks();
        return tasks != null && jvmUpTo != 0 && rival != Rival.NONE && !isAnyDurable(tasks);
    }

    /** Returns the size in bytes up to which the JVM is faster, apart from the other limits. */
    private long longest(VdmOperationType type) {
        return switch (type) {
            case MEMCPY, MEMMOVE, CRC, COPY_CRC, DELTA_APPLY, DIF_CHECK, DIF_INSERT, DIF_STRIP,
                    DIF_UPDATE ->
                Long.MAX_VALUE;
            case MEMSET, FILL -> longestFill();
            case COMPARE, COMPARE_PATTERN -> rival == Rival.SOFTWARE ? Long.MAX_VALUE : COMPARISON;
            case DELTA_CREATE -> rival == Rival.SOFTWARE ? Long.MAX_VALUE : NEW_DELTA;
            case DUALCAST -> DUALCAST;
            default -> 0;
        };
    }

    /**
     * Returns whether the software path has to ask the kernel for the pages of a mapped file. This
     * takes longer than the operation, apart from a new delta (docs/adr/0020).
     */
    private boolean isGuarded(Operation<?> operation) {
        return rival != Rival.NONE && operation.type() != VdmOperationType.DELTA_CREATE
                && MemoryRegions.mayLackPages(operation);
    }

    private long longestFill() {
        return rival == Rival.SOFTWARE_WITH_AVX512 ? FILL : Long.MAX_VALUE;
    }

    /** Returns whether an installed libpmem copies or fills durably in one pass. */
    boolean libpmemMoves() {
        return rival != Rival.NONE;
    }

    /**
     * Returns whether the JVM executes an operation with a slot instead of the software path. Such
     * an operation is durable or long, or it is a task of a durable batch.
     */
    boolean isForJvmWithSlot(Operation<?> operation) {
        long bytes = operation.byteSize();
        return bytes <= jvmUpTo && (isFasterWithSlot(operation, bytes) || isGuarded(operation));
    }

    private boolean isFasterWithSlot(Operation<?> operation, long bytes) {
        return switch (operation.type()) {
            case CRC, COPY_CRC, DIF_CHECK, DIF_INSERT, DIF_STRIP, DIF_UPDATE -> true;
            case MEMSET, FILL, COMPARE, COMPARE_PATTERN, DELTA_CREATE -> rival == Rival.SOFTWARE;
            // DML copies a short task of a batch together with other tasks.
            case MEMCPY, MEMMOVE -> bytes > longestOnCaller() && !operation.isDurable();
            default -> false;
        };
    }

    public String words() {
        if (jvmUpTo == 0 && awaited == 0) {
            return "it executes operations of every size";
        }
        if (rival != Rival.NONE) {
            return "the JVM executes fills %s, comparisons %s, and copies and checksums %s"
                    .formatted(upTo(longestFill()), upTo(longest(VdmOperationType.COMPARE)),
                            upTo(Long.MAX_VALUE));
        }
        String limits =
                Message.of("the JVM executes operations shorter than %,d bytes, or than %,d bytes"
                        + " if a thread awaits them", jvmUpTo + 1, Math.max(jvmUpTo, awaited) + 1);
        return share == null ? limits
                : limits + Message.of("; both divide awaited copies of %,d bytes or more",
                        SPLIT_FROM);
    }

    private String upTo(long longest) {
        long bytes = Math.min(longest, jvmUpTo);
        return bytes == Long.MAX_VALUE ? "of every size" : Message.of("of up to %,d bytes", bytes);
    }
}
