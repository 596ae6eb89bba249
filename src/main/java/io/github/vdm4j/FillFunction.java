package io.github.vdm4j;

import java.lang.foreign.MemorySegment;

/**
 * Fills for a {@code ThreadsDataMover}, in place of the JVM's own fill.
 *
 * <p>C counterpart: {@code memset_fn}, data_mover_threads_new(3).
 */
@FunctionalInterface
public interface FillFunction {
    /**
     * Fills all of a segment. Called by worker threads, several at once; what is thrown fails the
     * operation.
     *
     * @param destination the range to write, not empty
     * @param value the byte
     * @param flags the flags of the operation; durability is not this function's matter
     */
    void fill(MemorySegment destination, byte value, VdmFlags flags);
}
