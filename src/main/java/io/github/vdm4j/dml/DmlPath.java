package io.github.vdm4j.dml;

/**
 * The path on which a {@link DmlDataMover} executes its operations. {@link #HARDWARE} and
 * {@link #SOFTWARE} never replace each other.
 *
 * <p>C counterpart: {@code enum data_mover_dml_type} of data_mover_dml_new(3) and
 * {@code dml_path_t}.
 */
public enum DmlPath {
    /**
     * The hardware if it works, and the processor otherwise. Opening a mover tries the hardware.
     *
     * <p>Without hardware, the JVM executes the operations in which it is faster. DML's software
     * path executes the remaining operations. See {@link DmlDataMoverBuilder#jvmUpTo}.
     *
     * <p>With hardware, the software path executes an operation if the queues refuse it. It also
     * repeats a failed part if this is possible. The mover stops using the hardware after eight
     * failures without a success. It does the same after a second of full queues, or if the
     * hardware does not answer. It retries the hardware after a pause of one second at first and of
     * one minute at most.
     *
     * <p>{@link io.github.vdm4j.VdmFuture#path()} returns the path that executed an operation.
     */
    AUTO,
    /**
     * Intel DSA only. If it does not work, opening a mover throws a {@link DmlHardwareException}
     * with the reasons.
     */
    HARDWARE,
    /**
     * The processor with DML's own code. The polling thread executes short operations, and workers
     * execute long operations.
     */
    SOFTWARE
}
