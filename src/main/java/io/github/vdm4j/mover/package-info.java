/**
 * The data movers that need nothing but the JVM: {@link io.github.vdm4j.mover.ThreadsDataMover} on
 * threads of its own, {@link io.github.vdm4j.mover.SyncDataMover} on the polling thread.
 *
 * <p>C counterpart: miniasync_vdm_threads(7), miniasync_vdm_synchronous(7).
 */
package io.github.vdm4j.mover;
