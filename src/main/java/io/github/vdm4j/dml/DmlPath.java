package io.github.vdm4j.dml;

/**
 * The path on which a {@link DmlDataMover} executes its operations. {@link #HARDWARE} and {@link
 * #SOFTWARE} never replace each other.
 *
 * <p>C counterpart: {@code enum data_mover_dml_type}, data_mover_dml_new(3); {@code dml_path_t}.
 */
public enum DmlPath {
    /**
     * The hardware if it works, else the processor. Opening a mover tries the hardware.
     *
     * <p>Without hardware, the JVM executes what it finishes sooner, and DML's software path the
     * rest. See {@link DmlDataMoverBuilder#jvmCopiesUpTo} and {@link
     * DmlDataMoverBuilder#jvmOperationsUpTo}.
     *
     * <p>With hardware, an operation goes to the software path if the queues refuse it, or if a
     * part fails and can be repeated. The mover stops using hardware after eight failures without a
     * success, after a second of full queues, or after an operation without an answer. It retries
     * the hardware after a pause of a second at first and of a minute at most.
     *
     * <p>{@link io.github.vdm4j.VdmFuture#path()} returns what executed an operation.
     */
    AUTO,
    /**
     * Intel DSA only. If it does not work, opening a mover throws a {@link DmlHardwareException}
     * with the reasons.
     */
    HARDWARE,
    /**
     * The processor, with DML's own code. The polling thread executes short operations, and workers
     * execute long ones.
     */
    SOFTWARE
}
