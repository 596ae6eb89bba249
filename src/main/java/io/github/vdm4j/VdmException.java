package io.github.vdm4j;

import io.github.vdm4j.machine.FailureName;

/**
 * The failure of an operation. {@link VdmFuture#orThrow()} and {@link VdmFuture#await()} throw it.
 *
 * <p>The message states the operation, its size, the reason and the remedy. {@link #toString} adds
 * a stable name such as {@code VDM-IO-ERROR}. docs/troubleshooting.md explains the names.
 */
public final class VdmException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The result of the failed operation. */
    private final VdmResult result;
    private final transient VdmStatus status;

    /**
     * Creates an exception. Movers call this.
     *
     * @param result the result of the operation, not {@link VdmResult#SUCCESS}
     * @param status the status of the library behind the mover, or null if it has no status
     * @param message the failed operation and the reason
     * @param cause the underlying failure, or null
     */
    public VdmException(VdmResult result, VdmStatus status, String message, Throwable cause) {
        super(message, cause);
        this.result = result;
        this.status = status;
    }

    /** {@return the result of the operation, never {@link VdmResult#SUCCESS}} */
    public VdmResult result() {
        return result;
    }

    /**
     * {@return the status of the library behind the mover, or null} It is null after
     * deserialisation, too.
     */
    public VdmStatus status() {
        return status;
    }

    /** Adds the name in docs/troubleshooting.md, for example {@code [VDM-CLOSED]}. */
    @Override
    public String toString() {
        return super.toString() + ' ' + FailureName.inBrackets(result.name());
    }
}
