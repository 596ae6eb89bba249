package io.github.vdm4j;

/**
 * The behaviour of a mover without a free worker, job or slot for an operation.
 *
 * <p>C counterpart: none. miniasync's movers fail the operation.
 */
public enum WhenFull {
    /**
     * The operation waits in order and begins when capacity is free. It can be cancelled before it
     * begins.
     */
    WAIT,
    /**
     * If the list of waiting operations is full, the operation ends with {@link
     * VdmResult#MOVER_FULL}.
     */
    FAIL
}
