package io.github.vdm4j.engine;

import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmOperationType;
import io.github.vdm4j.engine.channel.CopyShare;
import java.util.List;

/**
 * Decides who executes an operation by its type and length: the JVM on the calling thread, a
 * worker, or the channel. It has every threshold (docs/adr/0015, docs/adr/0020, docs/adr/0027).
 *
 * @param copies the longest copy of the JVM, in bytes; 0 for none
 * @param fills the longest fill of the JVM, in bytes; 0 for none
 * @param operations the longest data operation of the JVM, in bytes; 0 for none
 * @param awaited the longest operation of the JVM that a thread awaits alone, in bytes; 0 if that
 *     makes no difference
 * @param workersFrom from how many bytes on a worker executes what the device does not
 * @param parallelFrom from how many bytes on all workers execute an operation with the JVM's code
 * @param libpmemMoves whether libpmem copies or fills durably in one pass, where it is installed
 * @param share divides long copies between the device and the thread that awaits them; null if the
 *     device copies everything
 */
public record OffloadPolicy(long copies, long fills, long operations, long awaited,
        long workersFrom, long parallelFrom, boolean libpmemMoves, CopyShare share) {
    /** The default of {@code offloadFrom}, in bytes. */
    public static final long OFFLOAD_FROM = 8 << 10;

    /** The default of {@code offloadFromWhenAwaited}, in bytes. */
    public static final long OFFLOAD_FROM_WHEN_AWAITED = 24 << 10;

    /** A copy is worth two executors from this length on (docs/adr/0029). */
    private static final long SPLIT_FROM = 256 << 10;

    // The JVM executes longer ones later than DML's software path (docs/adr/0020) or the device.
    private static final long COMPARISON = 4 << 10;
    private static final long NEW_DELTA = 1 << 10;
    private static final long DUALCAST = 16 << 10;

    /** The longest durable operation that the thread of a caller executes. */
    private static final long DURABLE = 64 << 10;

    /**
     * A policy that leaves everything to the channel.
     *
     * @param workersFrom from how many bytes on a worker executes what the device does not
     * @return the policy
     */
    public static OffloadPolicy allOnChannel(long workersFrom) {
        return new OffloadPolicy(0, 0, 0, 0, workersFrom, Long.MAX_VALUE, false,
                null);
    }

    /**
     * A policy for a device with software to fall back to. The JVM executes what is too short for
     * the device.
     *
     * @param offloadFrom from how many bytes on the device executes an operation
     * @param whenAwaited from how many bytes on, if a thread awaits the operation alone
     * @param workersFrom from how many bytes on a worker executes what the device does not; the
     *     device executes operations of this length in any case
     * @return the policy
     */
    public static OffloadPolicy offloading(long offloadFrom, long whenAwaited, long workersFrom) {
        long below = Math.max(offloadFrom - 1, 0);
        return new OffloadPolicy(below, below, below, Math.max(whenAwaited - 1, 0), workersFrom,
                Long.MAX_VALUE, false, null);
    }

    /**
     * A policy for software without a device: the JVM executes what it does sooner than the
     * channel's software.
     *
     * @param copies the longest copy of the JVM
     * @param fills the longest fill of the JVM
     * @param operations the longest data operation of the JVM
     * @param workersFrom from how many bytes on a worker executes an operation
     * @param parallelFrom from how many bytes on all workers execute it
     * @return the policy
     */
    public static OffloadPolicy withoutDevice(long copies, long fills, long operations,
            long workersFrom, long parallelFrom) {
        return new OffloadPolicy(copies, fills, operations, 0, workersFrom, parallelFrom, true,
                null);
    }

    /**
     * Returns the policy with or without split copies.
     *
     * @param split whether the thread that awaits a long copy copies a share of it
     * @return this policy with that setting
     */
    public OffloadPolicy splitLongCopies(boolean split) {
        return new OffloadPolicy(copies, fills, operations, awaited, workersFrom, parallelFrom,
                libpmemMoves, split ? new CopyShare() : null);
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

    /** Returns the longest operation that the calling thread executes. */
    long longestOnCaller() {
        return workersFrom - 1;
    }

    /** Returns whether there are worker threads. */
    boolean hasWorkers() {
        return workersFrom != Long.MAX_VALUE;
    }

    /** Returns the size from which a worker executes an operation that the device does not. */
    long workersFrom(Operation<?> operation) {
        return hasWorkers() && isDurable(operation) ? Math.min(workersFrom, DURABLE + 1)
                : workersFrom;
    }

    private static boolean isDurable(Operation<?> operation) {
        List<Operation<?>> tasks = operation.tasks();
        if (tasks == null || operation.byteSize() <= DURABLE) {
            return operation.isDurable();
        }
        for (int i = 0; i < tasks.size(); i++) {
            if (tasks.get(i).isDurable()) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether the JVM executes an operation in the poll that starts it. */
    boolean isForJvm(Operation<?> operation) {
        if (operation.tasks() != null) {
            return !libpmemMoves && areForJvm(operation.tasks(), operation.byteSize());
        }
        long bytes = operation.byteSize();
        return bytes > 0 && bytes <= longestOnCaller() && !operation.isDurable()
                && (bytes <= longest(operation.type())
                        || bytes <= longestAwaited(operation.type()) && operation.isAwaited());
    }

    private boolean areForJvm(List<Operation<?>> tasks, long bytes) {
        if (bytes > Math.min(operations, longestOnCaller())) { // a long batch is worth the device
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
     * Whether each task of a batch is executed like a single operation, by the JVM or the channel's
     * software. No batch of DML's software path is faster than that. A durable task needs the
     * batch's order.
     */
    boolean executesTasksSingly(Operation<?> batch) {
        List<Operation<?>> tasks = batch.tasks();
        if (tasks == null || operations == 0 || !libpmemMoves) {
            return false;
        }
        for (int i = 0; i < tasks.size(); i++) { // a stream or an iterator is an allocation
            if (tasks.get(i).isDurable()) {
                return false;
            }
        }
        return true;
    }

    private long longest(VdmOperationType type) {
        return longest(type, copies, fills, operations);
    }

    /** Returns the longest operation of the JVM that a thread awaits alone. */
    private long longestAwaited(VdmOperationType type) {
        return longest(type, awaited, awaited, awaited);
    }

    private static long longest(VdmOperationType type, long copies, long fills, long operations) {
        return switch (type) {
            case MEMCPY, MEMMOVE -> copies;
            case MEMSET -> fills;
            case FILL -> Math.min(fills, operations);
            case CRC, COPY_CRC, DELTA_APPLY, DIF_CHECK, DIF_INSERT, DIF_STRIP, DIF_UPDATE ->
                operations;
            case DUALCAST -> Math.min(DUALCAST, operations);
            case COMPARE, COMPARE_PATTERN -> Math.min(COMPARISON, operations);
            case DELTA_CREATE -> Math.min(NEW_DELTA, operations);
            default -> 0;
        };
    }

    /** Returns whether the JVM executes an operation that has a slot, durable or long. */
    boolean isForJvmWithSlot(Operation<?> operation) {
        return operation.byteSize() <= operations && switch (operation.type()) {
            case CRC, COPY_CRC, DIF_CHECK, DIF_INSERT, DIF_STRIP, DIF_UPDATE -> true;
            default -> false;
        };
    }

    /** Returns the policy in words. */
    public String words() {
        if (copies == 0 && fills == 0 && operations == 0 && awaited == 0) {
            return "it executes operations of every size";
        }
        if (libpmemMoves) {
            return "the JVM executes copies %s, fills %s and other operations %s"
                    .formatted(upTo(copies), upTo(fills), upTo(operations));
        }
        String limits =
                "the JVM executes what is shorter than %,d bytes, or than %,d bytes if a thread awaits it"
                        .formatted(copies + 1, Math.max(copies, awaited) + 1);
        return share == null ? limits
                : limits + "; both divide awaited copies of %,d bytes or more"
                        .formatted(SPLIT_FROM);
    }

    private static String upTo(long bytes) {
        return bytes == Long.MAX_VALUE ? "of every size" : "of up to %,d bytes".formatted(bytes);
    }
}
