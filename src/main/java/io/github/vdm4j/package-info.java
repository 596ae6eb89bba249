/**
 * The virtual data mover: asynchronous memcpy, memmove, memset and flush over {@link
 * java.lang.foreign.MemorySegment}.
 *
 * <p>{@link io.github.vdm4j.Vdm} is a mover, {@link io.github.vdm4j.VdmFuture} one of its
 * operations. Movers to open: {@code DmlDataMover} in {@code io.github.vdm4j.dml}, {@code
 * ThreadsDataMover} and {@code SyncDataMover} in {@code io.github.vdm4j.mover}.
 *
 * <p>C counterpart: miniasync_vdm(7).
 */
package io.github.vdm4j;
