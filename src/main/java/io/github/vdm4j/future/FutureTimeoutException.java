package io.github.vdm4j.future;

/** Thrown if a wait times out. The future continues and can be awaited again. */
public final class FutureTimeoutException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message the future and the time limit
     */
    public FutureTimeoutException(String message) {
        super(message);
    }
}
