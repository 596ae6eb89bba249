package io.github.vdm4j;

import java.lang.foreign.MemorySegment;

/** The additional fields of operations other than copies, fills and flushes. */
final class Operands {
    /**
     * The second source, the second destination, or the destination of a CRC. An operation has at
     * most one.
     */
    MemorySegment second;
    /** {@link io.github.vdm4j.operation.CrcOptions} or {@link io.github.vdm4j.operation.DifConfig}. */
    Object options;
    long pattern;
    /** The tasks of a batch. */
    TaskList tasks;
    long value;
    int outcome;
}
