package io.github.vdm4j;

/**
 * What a mover does with an operation for which it has no capacity: no free worker or device slot.
 *
 * <p>C counterpart: none; miniasync's movers fail the operation.
 */
public enum WhenFull {
    /** The operation waits, in order, and runs when there is capacity. It can be cancelled. */
    WAIT,
    /** The operation ends with {@link VdmResult#MOVER_FULL} if the queue is full. */
    FAIL
}
