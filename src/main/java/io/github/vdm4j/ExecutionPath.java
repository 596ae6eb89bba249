package io.github.vdm4j;

/** The part of the system that executed an operation. */
public enum ExecutionPath {
    /** Nothing. The operation has not run, or ended before it reached an executor. */
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
