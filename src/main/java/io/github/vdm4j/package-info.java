/**
 * The virtual data mover: asynchronous memcpy, memmove, memset, flush and every other DML operation
 * on {@link java.lang.foreign.MemorySegment}s.
 *
 * <p>{@link io.github.vdm4j.Vdm} is a mover. A {@link io.github.vdm4j.VdmFuture} is one of its
 * operations, a {@link io.github.vdm4j.VdmOperation} a reusable one, and a {@link
 * io.github.vdm4j.Batch} executes many as one. Movers to open: {@code DmlDataMover} in {@code
 * io.github.vdm4j.dml}, {@code ThreadsDataMover} and {@code SyncDataMover} in {@code
 * io.github.vdm4j.mover}. A user's own mover extends {@link io.github.vdm4j.AbstractDataMover} and
 * supplies a {@link io.github.vdm4j.VdmExecutor}.
 *
 * <p>C counterpart: miniasync_vdm(7).
 */
package io.github.vdm4j;
