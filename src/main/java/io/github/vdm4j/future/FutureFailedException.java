package io.github.vdm4j.future;

/**
 * Thrown if an awaited future has failed with a checked exception. The checked exception is the
 * cause.
 */
public final class FutureFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Wraps a failure.
     *
     * @param cause the failure of the future
     */
    public FutureFailedException(Throwable cause) {
        super(cause.toString(), cause);
    }
}
