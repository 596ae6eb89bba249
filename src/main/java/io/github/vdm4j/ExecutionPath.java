package io.github.vdm4j;

/** What really executed an operation. */
public enum ExecutionPath {
    /** Nothing: the operation has not run, or was over before it reached anything. */
    NONE,
    /** Intel DSA, through Intel DML. */
    DSA_HARDWARE,
    /** The software path of Intel DML, on the polling thread. */
    DML_SOFTWARE,
    /** The Java virtual machine's own copy and fill, on a worker or the polling thread. */
    JVM
}
