/**
 * Futures that make progress by being polled. Knows nothing of memory and can be used on its own.
 *
 * <p>{@link io.github.vdm4j.future.PollableFuture} is a task that somebody polls; {@link
 * io.github.vdm4j.future.FutureChain} is several, one after the other; {@link
 * io.github.vdm4j.future.FutureRuntime} waits for one or many. A user's own futures come from
 * {@link io.github.vdm4j.future.PollTask} or {@link io.github.vdm4j.future.AbstractFuture}.
 *
 * <p>C counterpart: miniasync_future(7), miniasync_runtime(7).
 */
package io.github.vdm4j.future;
