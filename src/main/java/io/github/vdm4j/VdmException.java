package io.github.vdm4j;

import io.github.vdm4j.machine.FailureName;

/**
 * The failure of an operation. {@link VdmFuture#orThrow()} and {@link VdmFuture#await()} throw it.
 *
 * <p>The message states the operation, its size, the reason, and what to do. {@link #toString} adds a
 * stable name such as {@code VDM-IO-ERROR}, which docs/troubleshooting.md lists.
 */
public final class VdmException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The result of the operation that failed. */
    private final VdmResult result;
    private final transient VdmStatus status;

    /**
     * Creates an exception. Movers call this.
     *
     * @param result how the operation ended, not {@link VdmResult#SUCCESS}
     * @param status the status of the library behind the mover, or null if it had no part in it
     * @param message what failed and why
     * @param cause the underlying failure, or null
     */
    public VdmException(VdmResult result, VdmStatus status, String message, Throwable cause) {
        super(message, cause);
        this.result = result;
        this.status = status;
    }

    /** {@return how the operation ended, never {@link VdmResult#SUCCESS}} */
    public VdmResult result() {
        return result;
    }

    /**
     * Returns the status of the library behind the mover.
     *
     * @return the status, or null if no library had part in the failure, or after deserialisation
     */
    public VdmStatus status() {
        return status;
    }

    /**
     * Returns the class, the message and the name under which docs/troubleshooting.md explains the
     * result.
     *
     * @return for example {@code io.github.vdm4j.VdmException: memcpy of 64 bytes failed: the mover
     *     was closed [VDM-CLOSED]}
     */
    @Override
    public String toString() {
        return super.toString() + ' ' + FailureName.inBrackets(result.name());
    }
}
