/**
 * Futures that advance when they are polled. This package is independent of data movers and memory.
 *
 * {@snippet lang=java :
 *     return FutureChain.of(mover.memcpy(slot, record, VdmFlags.MEM_DURABLE))
 *             .then(written -> mover.memcpy(header, newEnd, VdmFlags.MEM_DURABLE))
 *             .map(written -> end);
 * }
 *
 * <p><b>Polling.</b> A {@link io.github.vdm4j.future.PollableFuture} is a task that starts at its
 * first {@link io.github.vdm4j.future.PollableFuture#poll() poll}. Each poll makes the progress
 * that is possible without waiting. Without a poll, a future never starts.
 *
 * <p><b>Waiting.</b> {@link io.github.vdm4j.future.PollableFuture#await() await} waits without a
 * busy processor, also on virtual threads. {@link io.github.vdm4j.future.FutureRuntime} waits for
 * one or several futures. {@link io.github.vdm4j.future.PollableFuture#toCompletableFuture()}
 * connects to programs made of {@code CompletableFuture}. A {@link
 * io.github.vdm4j.future.CompletionQueue} returns futures in the order of their completion.
 *
 * <p><b>Interrupts.</b> An interrupt ends only {@link
 * io.github.vdm4j.future.PollableFuture#awaitInterruptibly() awaitInterruptibly}. After every other
 * wait of vdm4j, the thread's interrupted status is set again. Therefore {@link
 * io.github.vdm4j.future.CompletionQueue#take() take} throws no {@link InterruptedException}. It
 * differs from a {@link java.util.concurrent.BlockingQueue}.
 *
 * <p><b>Threads of vdm4j.</b> A wait on such a thread throws an {@link IllegalStateException} if it
 * would sleep, because the thread may have to complete the future. Callbacks can run on such a
 * thread.
 *
 * <p><b>Chains.</b> A {@link io.github.vdm4j.future.FutureChain} is a future that executes several
 * futures in sequence.
 *
 * <p><b>Own futures.</b> Implement a {@link io.github.vdm4j.future.PollTask} or extend {@link
 * io.github.vdm4j.future.AbstractFuture}.
 *
 * <p>C counterpart: miniasync_future(7), miniasync_runtime(7).
 */
package io.github.vdm4j.future;
