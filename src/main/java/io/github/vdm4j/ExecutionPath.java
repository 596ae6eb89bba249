package io.github.vdm4j;

/** The part of the system that executed an operation. */
public enum ExecutionPath {
    /** No executor. The operation has not run, or has ended before it reached an executor. */
    NONE,
    /** Intel DSA, through Intel DML or a work queue. */
    DSA_HARDWARE,
    /** The software path of Intel DML, on the polling thread. */
    DML_SOFTWARE,
    /** The code of the Java virtual machine, on a worker or the polling thread. */
    JVM,
    /**
     * libpmem, for a flush, a durable copy, a durable fill or a copy that exceeds the processor's
     * caches, on a worker or the polling thread.
     */
    LIBPMEM
}
