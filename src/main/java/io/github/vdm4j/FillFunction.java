package io.github.vdm4j;

import java.lang.foreign.MemorySegment;

/**
 * A function that replaces the JVM's fill in a {@code ThreadsDataMover}.
 *
 * <p>C counterpart: {@code memset_fn}, data_mover_threads_new(3).
 */
@FunctionalInterface
public interface FillFunction {
    /**
     * Fills a whole segment. Several worker threads may call this at the same time. If it throws an
     * exception, the operation fails.
     *
     * @param destination the range to write. It is not empty
     * @param value the byte
     * @param flags the flags of the operation. The mover itself makes the destination durable
     */
    void fill(MemorySegment destination, byte value, VdmFlags flags);
}
