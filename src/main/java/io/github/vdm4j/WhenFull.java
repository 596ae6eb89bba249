package io.github.vdm4j;

/**
 * The behaviour of a mover that has no free worker or job for an operation.
 *
 * <p>C counterpart: none. miniasync's movers fail the operation.
 */
public enum WhenFull {
    /**
     * The operation waits in order and begins when there is capacity. It can be cancelled until
     * then.
     */
    WAIT,
    /**
     * The operation ends with {@link VdmResult#MOVER_FULL} if as many operations wait as the mover
     * was opened for.
     */
    FAIL
}
