package io.github.vdm4j;

import java.lang.foreign.MemorySegment;

/**
 * A function that replaces the JVM's copy in a {@code ThreadsDataMover}.
 *
 * <p>C counterpart: {@code memcpy_fn} and {@code memmove_fn}, data_mover_threads_new(3).
 */
@FunctionalInterface
public interface CopyFunction {
    /**
     * Copies a whole segment. Several worker threads may call this at the same time. If it throws
     * an exception, the operation fails.
     *
     * @param destination the range to write
     * @param source the range to read. It has the same size and is not empty
     * @param flags the flags of the operation. The mover itself makes the destination durable
     */
    void copy(MemorySegment destination, MemorySegment source, VdmFlags flags);
}
