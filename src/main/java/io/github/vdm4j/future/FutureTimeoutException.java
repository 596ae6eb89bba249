package io.github.vdm4j.future;

/**
 * The exception of a wait that timed out. The future continues, and can be awaited again.
 */
public final class FutureTimeoutException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message the future and the time of the wait
     */
    public FutureTimeoutException(String message) {
        super(message);
    }
}
