package io.github.vdm4j;

import java.lang.foreign.MemorySegment;

/**
 * A function that fills for a {@code ThreadsDataMover}, instead of the JVM's own fill.
 *
 * <p>C counterpart: {@code memset_fn}, data_mover_threads_new(3).
 */
@FunctionalInterface
public interface FillFunction {
    /**
     * Fills all of a segment. Worker threads call this, several at once. An exception fails the
     * operation.
     *
     * @param destination the range to write, not empty
     * @param value the byte
     * @param flags the flags of the operation; the mover, not the function, makes the destination
     *     durable
     */
    void fill(MemorySegment destination, byte value, VdmFlags flags);
}
