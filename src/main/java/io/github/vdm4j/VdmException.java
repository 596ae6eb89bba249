package io.github.vdm4j;

/**
 * Thrown by {@link VdmFuture#orThrow()} and {@link VdmFuture#await()} for an operation that did not
 * succeed. The message names the operation, its size and the reason.
 */
public final class VdmException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The result of the operation that failed. */
    private final VdmResult result;
    private final transient VdmStatus status;

    /**
     * Creates an exception; for implementors of movers.
     *
     * @param result how the operation ended, not {@link VdmResult#SUCCESS}
     * @param status the status of the library behind the mover, or null if it had no part in it
     * @param message what failed and why
     * @param cause the failure underneath, or null
     */
    public VdmException(VdmResult result, VdmStatus status, String message, Throwable cause) {
        super(message, cause);
        this.result = result;
        this.status = status;
    }

    /**
     * How the operation ended.
     *
     * @return the result, never {@link VdmResult#SUCCESS}
     */
    public VdmResult result() {
        return result;
    }

    /**
     * The status of the library behind the mover.
     *
     * @return the status, or null if no library had part in the failure, or after deserialisation
     */
    public VdmStatus status() {
        return status;
    }
}
