/**
 * A data mover that drives DSA devices from pure Java, and the diagnosis of their work queues.
 *
 * <p><b>Requirements.</b> {@link io.github.vdm4j.dsa.DsaDataMover} needs Linux and a work queue
 * that this process may open. See docs/dsa.md. It needs no native library. It was tested only with
 * an emulator.
 *
 * <p><b>Failures.</b> If no queue works, opening a mover throws a {@link
 * io.github.vdm4j.dsa.DsaUnavailableException}. Its findings list each queue with the reason and
 * the remedy.
 *
 * <p><b>Fallback.</b> If a device does not execute an operation, the JVM executes it. Without
 * {@link io.github.vdm4j.dsa.DsaDataMoverBuilder#fallback fallback}, the operation fails.
 *
 * <p>C counterpart: none. Programs in C use Intel DML.
 */
package io.github.vdm4j.dsa;
