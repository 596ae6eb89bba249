package io.github.vdm4j.dml;

/**
 * Where a {@link DmlDataMover} executes its operations. A path that was asked for is never replaced
 * by another.
 *
 * <p>C counterpart: {@code enum data_mover_dml_type}, data_mover_dml_new(3); {@code dml_path_t}.
 */
public enum DmlPath {
    /**
     * The hardware where it works, which is tried when the mover is opened, else the processor: by
     * the JVM what that does sooner, the rest by DML's software path, see {@link
     * DmlDataMoverBuilder#jvmCopiesUpTo} and {@link DmlDataMoverBuilder#jvmOperationsUpTo}. With
     * hardware, an operation that its queues do not accept, or a part that fails there and can be
     * repeated, goes to the software path. So do all when the hardware does not work any more:
     * after eight failures without a success, a second of full queues, or an operation that it does
     * not answer it is given up, and tried again after a pause of a second at first, a minute at
     * most. {@link io.github.vdm4j.VdmFuture#path()} tells which one it was. Unlike DML's own AUTO,
     * which never says.
     */
    AUTO,
    /**
     * Intel DSA only; where it does not work, a mover is not opened, and {@link
     * DmlHardwareException} says why.
     */
    HARDWARE,
    /** The processor, by DML's own code, on the polling thread. */
    SOFTWARE
}
