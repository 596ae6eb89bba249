package io.github.vdm4j.dml;

import io.github.vdm4j.Operation;
import io.github.vdm4j.VdmOperationType;
import java.util.List;

/**
 * Decides which operations of AUTO without hardware the JVM executes on the calling thread, because
 * it does them sooner than DML's software path (docs/adr/0015, docs/adr/0020).
 *
 * @param copies the longest copy, in bytes; 0 for none
 * @param fills the longest fill, in bytes; 0 for none
 * @param operations the longest data operation, in bytes; 0 for none
 * @param workersFrom from how many bytes on a worker executes what hardware does not
 * @param parallelFrom from how many bytes on all workers execute an operation with the JVM's code
 * @param auto whether libpmem may copy and fill in DML's place
 */
record DmlPolicy(long copies, long fills, long operations, long workersFrom, long parallelFrom,
        boolean auto) {
    // DML executes longer ones sooner (docs/adr/0020).
    private static final long COMPARISON = 4 << 10;
    private static final long NEW_DELTA = 1 << 10;
    private static final long DUALCAST = 16 << 10;

    /** The longest durable operation that the thread of a caller executes. */
    private static final long DURABLE = 64 << 10;

    /** Everything is DML's. */
    static DmlPolicy allOnDml(long workersFrom) {
        return new DmlPolicy(0, 0, 0, workersFrom, Long.MAX_VALUE, false);
    }

    /** The longest operation that the calling thread executes. */
    long longestOnCaller() {
        return workersFrom - 1;
    }

    /** Whether there are threads that execute operations. */
    boolean hasWorkers() {
        return workersFrom != Long.MAX_VALUE;
    }

    /** Returns the size from which a worker executes an operation that hardware does not. */
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

    /** Whether the JVM executes an operation, in the poll that starts it. */
    boolean isForJvm(Operation<?> operation) {
        long bytes = operation.byteSize();
        return bytes > 0 && bytes <= longestOnCaller() && bytes <= longest(operation.type())
                && !operation.isDurable();
    }

    /**
     * Whether each task of a batch is executed like a single operation, by the JVM or by DML. No
     * batch of DML's software path is faster than that. A durable task needs the batch's order.
     */
    boolean executesTasksSingly(Operation<?> batch) {
        List<Operation<?>> tasks = batch.tasks();
        if (tasks == null || operations == 0) {
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

    /** Whether the JVM executes an operation in DML's place once it has a job, durable or long. */
    boolean isForJvmWithJob(Operation<?> operation) {
        return operation.byteSize() <= operations && switch (operation.type()) {
            case CRC, COPY_CRC, DIF_CHECK, DIF_INSERT, DIF_STRIP, DIF_UPDATE -> true;
            default -> false;
        };
    }

    /** Whether libpmem copies or fills durably in one pass, where it is installed. */
    boolean usesLibpmemMoves() {
        return auto;
    }
}
