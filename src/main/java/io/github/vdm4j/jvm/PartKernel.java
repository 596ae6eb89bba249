package io.github.vdm4j.jvm;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Operation;

/** The code that executes the parts of one operation. Several threads use it at the same time. */
public interface PartKernel {
    PartKernel JVM = new PartKernel() {
        @Override
        public long execute(Operation<?> operation, long from, long length) {
            long value = JvmOperations.execute(operation, from, length);
            JvmFailures.deliver(operation);
            return value;
        }

        @Override
        public ExecutionPath path() {
            return ExecutionPath.JVM;
        }
    };

    /**
     * Executes a part.
     *
     * @param from the offset of the part in bytes of {@link Operation#byteSize}
     * @param length the part's size. For DIF operations, it is a multiple of a block
     * @return the offset of the first mismatch in the whole range, the CRC of the part, or the
     *     {@linkplain DifKernel result of a DIF check}. Otherwise -1. The CRC has the seed 0 after
     *     the first part
     * @throws PartFailedException if the part has failed and has a completion record
     */
    long execute(Operation<?> operation, long from, long length);

    ExecutionPath path();

    /** The failure of a part that a separate operation describes. */
    final class PartFailedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Operation<?> part;

        /** Creates an exception without a stack trace. */
        public PartFailedException(Operation<?> part) {
            super(null, null, false, false);
            this.part = part;
        }
    }

    /** Writes the completion record of an operation with a failed part. */
    static void recordFailure(Operation<?> operation, Throwable thrown, long bytesDone) {
        if (thrown instanceof PartFailedException failed) {
            operation.failLike(failed.part, bytesDone);
        } else {
            JvmFailures.record(operation, thrown, bytesDone);
        }
    }
}
