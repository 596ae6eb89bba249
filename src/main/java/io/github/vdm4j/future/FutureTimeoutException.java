package io.github.vdm4j.future;

/**
 * Thrown when a future is not complete in the time that somebody wanted to wait for it. The future
 * is as it was: it goes on, and can be awaited again.
 */
public final class FutureTimeoutException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message which future, and how long it was waited for
     */
    public FutureTimeoutException(String message) {
        super(message);
    }
}
