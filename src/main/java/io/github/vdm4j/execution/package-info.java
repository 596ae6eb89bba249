/**
 * What it takes to execute operations in the JVM, on the calling thread: who may access the
 * segments, which buffers are kept open, the order of the tasks of a batch, and what went wrong.
 * For the movers of the JVM, and for what a DML mover leaves to the JVM.
 */
package io.github.vdm4j.execution;
