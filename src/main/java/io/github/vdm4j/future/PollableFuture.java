package io.github.vdm4j.future;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A task that advances step by step when it is polled, until it is complete.
 *
 * <p>A new future is {@link FutureState#IDLE}, and nothing has started. The first poll starts the
 * task. Each poll makes the progress that is possible without waiting, and returns the state
 * reached. A poll of a complete future does nothing. A future needs no executor and no thread.
 *
 * <p><b>Threading.</b> Any thread may poll a future of this library, and several may at once. One
 * of them advances the task, and the rest see its state. What a task writes before it completes is
 * visible to every thread that has seen {@link FutureState#COMPLETE}.
 *
 * <p>C counterpart: {@code struct future}, miniasync_future(7).
 *
 * @param <T> the type of the output
 */
public interface PollableFuture<T> {

    /** {@return the state after the last poll, without polling} */
    FutureState state();

    /**
     * Makes the progress that is possible now, and never waits.
     *
     * <p>C counterpart: {@code future_poll(fut, notifier)}.
     *
     * @param notifier the offer of the caller for a notification; it holds the future's answer
     *     afterwards
     * @return the state reached
     * @throws WrongThreadException if the task needs memory that is confined to another thread; the
     *     future is unchanged
     */
    FutureState poll(Notifier notifier);

    /**
     * Polls with {@link Notifier#none()}, see {@link #poll(Notifier)}.
     *
     * @return the state reached
     */
    default FutureState poll() {
        return poll(Notifier.none());
    }

    /**
     * Polls until the future is complete, and keeps a processor busy. {@link #await()} waits
     * without that.
     *
     * <p>C counterpart: {@code FUTURE_BUSY_POLL}.
     */
    default void busyPoll() {
        while (poll() != FutureState.COMPLETE) {
            Thread.onSpinWait();
        }
    }

    /** {@return whether the future is complete, without polling} */
    default boolean isComplete() {
        return state() == FutureState.COMPLETE;
    }

    /**
     * Returns the output of the task.
     *
     * <p>C counterpart: {@code FUTURE_OUTPUT}.
     *
     * @return the output; null if the task failed without one, or produces nothing
     * @throws IllegalStateException if the future is not complete
     */
    T output();

    /**
     * Returns why the task failed.
     *
     * @return the failure, or null if the task succeeded
     * @throws IllegalStateException if the future is not complete
     */
    Throwable failure();

    /**
     * Throws if the task failed.
     *
     * @throws FutureFailedException if the task failed with a checked exception, which is its cause
     * @throws RuntimeException the failure itself if it is unchecked; an Error is thrown, too
     * @throws IllegalStateException if the future is not complete
     */
    default void orThrow() {
        switch (failure()) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new FutureFailedException(e);
        }
    }

    /**
     * Returns whether the future has a property at this moment. A chain has the properties of its
     * next entry.
     *
     * <p>C counterpart: {@code future_has_property}.
     *
     * @param property the property asked for
     * @return {@code true} if the future has it; {@code false} for null
     */
    boolean hasProperty(FutureProperty property);

    /**
     * Cancels the task if it has not started. A started task is not cancelled. It runs to its end,
     * is polled as before, and gives back what it holds. A mover may stop a started long operation
     * between two of its parts. This method returns false then, too.
     *
     * @return {@code true} if the task was cancelled. The future is complete then, and its failure
     *     is a {@link java.util.concurrent.CancellationException} or states the same
     */
    boolean cancel();

    /**
     * Waits until the future is complete and returns the output. The thread spins for a moment,
     * then yields, then sleeps. If the future takes wakers, the thread sleeps until it is woken. An
     * interrupt does not end the wait. The thread's interrupted status is set afterwards.
     *
     * @return the output
     * @throws FutureFailedException if the task failed with a checked exception, which is its cause
     * @throws RuntimeException the failure itself if it is unchecked; an Error is thrown, too
     */
    default T await() {
        return FutureRuntime.shared().await(this);
    }

    /**
     * Waits like {@link #await()}, but for a limited time. After a timeout the operation continues,
     * and can be polled and awaited again.
     *
     * @param timeout how long to wait; 0 or less for a single poll. The timeout does not interrupt
     *     a poll that executes the task itself
     * @return the output
     * @throws FutureTimeoutException if the future is not complete by then
     * @throws FutureFailedException if the task failed with a checked exception, which is its cause
     * @throws RuntimeException the failure itself if it is unchecked; an Error is thrown, too
     */
    default T await(Duration timeout) {
        return FutureRuntime.shared().await(this, timeout);
    }

    /**
     * Waits like {@link #await()}, until the waiting thread is interrupted. The operation continues
     * then, and can be polled and awaited again.
     *
     * @return the output
     * @throws InterruptedException if the thread is interrupted before the future is complete; its
     *     interrupted status is cleared
     * @throws FutureFailedException if the task failed with a checked exception, which is its cause
     * @throws RuntimeException the failure itself if it is unchecked; an Error is thrown, too
     */
    default T awaitInterruptibly() throws InterruptedException {
        return FutureRuntime.shared().awaitInterruptibly(this);
    }

    /**
     * Starts the task and returns a {@code CompletableFuture} of it, with the executor of {@link
     * CompletableFuture}. See {@link #toCompletableFuture(Executor)}.
     *
     * @return a new future
     * @throws WrongThreadException if the task needs memory that is confined to another thread
     */
    default CompletableFuture<T> toCompletableFuture() {
        return FutureCompletion.of(this, null);
    }

    /**
     * Starts the task and returns a {@code CompletableFuture} of it. This call polls once, on the
     * calling thread. After that, the executor polls a task that takes wakers whenever the task
     * wakes it. A daemon thread, which all futures share, polls every other task. The executor
     * completes the returned future, so dependent actions may block if its threads may.
     *
     * <p>Cancelling the returned future {@linkplain #cancel cancels} the task if it has not
     * started. A started task runs to its end. Its memory stays in use until then, and must not be
     * closed or reused. A reusable operation must not be prepared again before the returned future
     * is complete.
     *
     * <p>A task may use memory that is confined to the calling thread if the first poll completes
     * it, or if later polls only read its state. Otherwise the returned future fails with a {@link
     * WrongThreadException}. The task is unchanged then, and its own thread can poll it.
     *
     * @param executor the executor that polls and completes; if it refuses, the shared thread does
     *     its work
     * @return a new future; the failure of the task is its exception
     * @throws WrongThreadException if the task needs memory that is confined to another thread
     */
    default CompletableFuture<T> toCompletableFuture(Executor executor) {
        return FutureCompletion.of(this, Objects.requireNonNull(executor, "executor"));
    }

    /**
     * Returns a future that is complete from the start.
     *
     * <p>C counterpart: {@code FUTURE_INIT_COMPLETE}.
     *
     * @param <T> the type of the output
     * @param output the output, may be null
     * @return a complete future
     */
    static <T> PollableFuture<T> completed(T output) {
        return new CompletedFuture<>(output, null);
    }

    /**
     * {@return a future that has failed from the start}
     *
     * @param <T> the type of the output
     * @param failure the failure
     */
    static <T> PollableFuture<T> failed(Throwable failure) {
        return new CompletedFuture<>(null, Objects.requireNonNull(failure, "failure"));
    }
}
