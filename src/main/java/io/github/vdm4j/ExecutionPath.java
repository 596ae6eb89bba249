package io.github.vdm4j;

/** What really executed an operation. */
public enum ExecutionPath {
    /** Nothing: the operation has not run, or was over before it reached anything. */
    NONE,
    /** Intel DSA, through Intel DML or a work queue. */
    DSA_HARDWARE,
    /** The software path of Intel DML, on the polling thread. */
    DML_SOFTWARE,
    /** The Java virtual machine's own copy, fill and force, on a worker or the polling thread. */
    JVM,
    /**
     * libpmem, for a flush, a durable copy or a durable fill, on a worker or the polling thread.
     */
    LIBPMEM
}
