package io.github.vdm4j;

import java.lang.foreign.MemorySegment;

/**
 * A function that copies for a {@code ThreadsDataMover}, instead of the JVM's own copy.
 *
 * <p>C counterpart: {@code memcpy_fn} and {@code memmove_fn}, data_mover_threads_new(3).
 */
@FunctionalInterface
public interface CopyFunction {
    /**
     * Copies all of a segment. Worker threads call this, several at once. An exception fails the
     * operation.
     *
     * @param destination the range to write
     * @param source the range to read, of the same size, not empty
     * @param flags the flags of the operation; the mover, not the function, makes the destination
     *     durable
     */
    void copy(MemorySegment destination, MemorySegment source, VdmFlags flags);
}
