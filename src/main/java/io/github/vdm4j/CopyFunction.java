package io.github.vdm4j;

import java.lang.foreign.MemorySegment;

/**
 * Copies for a {@code ThreadsDataMover}, in place of the JVM's own copy.
 *
 * <p>C counterpart: {@code memcpy_fn} and {@code memmove_fn}, data_mover_threads_new(3).
 */
@FunctionalInterface
public interface CopyFunction {
    /**
     * Copies all of a segment. Called by worker threads, several at once; what is thrown fails the
     * operation.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size, not empty
     * @param flags the flags of the operation; durability is not this function's matter
     */
    void copy(MemorySegment destination, MemorySegment source, VdmFlags flags);
}
