package io.github.vdm4j;

import java.lang.foreign.MemorySegment;

/** The fields of an operation that copies, fills and flushes do not have. */
final class Operands {
    /** The second source, the second destination, or the CRC's. No operation has two of them. */
    MemorySegment second;
    /** {@link io.github.vdm4j.operation.CrcOptions} or {@link io.github.vdm4j.operation.DifConfig}. */
    Object options;
    long pattern;
    /** The tasks of a batch. */
    TaskList tasks;
    long value;
    int outcome;
}
