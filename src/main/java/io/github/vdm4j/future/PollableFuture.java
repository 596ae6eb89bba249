package io.github.vdm4j.future;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A task that advances when it is polled, until it is complete.
 *
 * <p>A new future is {@link FutureState#IDLE}. The first poll starts the task. Each poll makes the
 * progress that is possible without waiting, and returns the state of the task. A poll of a
 * complete future has no effect. A future needs no executor and no thread.
 *
 * <p><b>Threading.</b> A future of this library is thread-safe. If several threads poll it, one
 * thread advances the task, and the remaining threads read its state. The writes of a task are
 * visible to all threads that have seen {@link FutureState#COMPLETE}.
 *
 * <p>C counterpart: {@code struct future}, miniasync_future(7).
 *
 * @param <T> the type of the output
 */
public interface PollableFuture<T> {

    /** {@return the state after the last poll, without polling} */
    FutureState state();

    /**
     * Makes the progress that is possible without waiting.
     *
     * <p>C counterpart: {@code future_poll(fut, notifier)}.
     *
     * @param notifier the offer of the caller for a notification. It contains the future's answer
     *     after the call
     * @return the state of the task
     * @throws WrongThreadException if the task needs memory that is confined to another thread. The
     *     future is unchanged
     */
    FutureState poll(Notifier notifier);

    /**
     * Polls with {@link Notifier#none()}, see {@link #poll(Notifier)}.
     *
     * @return the state of the task
     */
    default FutureState poll() {
        return poll(Notifier.none());
    }

    /**
     * Polls until the future is complete. This keeps a processor busy, unlike {@link #await()}. A
     * virtual thread yields and sleeps between polls, because the future may need its carrier to
     * complete.
     *
     * <p>C counterpart: {@code FUTURE_BUSY_POLL}.
     */
    default void busyPoll() {
        IdleStrategy idle = IdleStrategy.spin();
        for (int round = 0; poll() != FutureState.COMPLETE; round++) {
            idle.idle(round);
        }
    }

    /** {@return whether the future is complete, without polling} */
    default boolean isComplete() {
        return state() == FutureState.COMPLETE;
    }

    /**
     * {@return the output of the task, or null if it has no output}
     *
     * <p>C counterpart: {@code FUTURE_OUTPUT}.
     *
     * @throws IllegalStateException if the future is not complete
     */
    T output();

    /**
     * {@return the failure of the task, or null if it succeeded}
     *
     * @throws IllegalStateException if the future is not complete
     */
    Throwable failure();

    /**
     * Throws if the task failed.
     *
     * @throws FutureFailedException if the task failed with a checked exception. It is the cause
     * @throws RuntimeException if the failure is unchecked. The method also throws an Error
     * @throws IllegalStateException if the future is not complete
     */
    default void orThrow() {
        Throwable failure = failure();
        // A switch over types would make the first await of a JVM slower.
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
        if (failure != null) {
            throw new FutureFailedException(failure);
        }
    }

    /**
     * {@return whether the future has a property at this time} A chain has the properties of its
     * next entry. The result is {@code false} for null. By default, a future has no property.
     *
     * <p>C counterpart: {@code future_has_property}.
     *
     * @param property the property
     */
    default boolean hasProperty(FutureProperty property) {
        return false;
    }

    /**
     * Cancels the task if it has not started. A started task runs to its end and still has to be
     * polled. A mover may stop a started long operation between two of its parts. The method
     * returns {@code false} in this case, too.
     *
     * @return {@code true} if the method has cancelled the task. The future is then complete, and
     *     its failure reports the cancellation, for example a {@link
     *     java.util.concurrent.CancellationException}
     */
    boolean cancel();

    /**
     * Waits until the future is complete and returns the output. The thread spins for a short time,
     * then yields, then sleeps. If the future takes wakers, the thread sleeps until a wake-up. An
     * interrupt does not end the wait. The thread's interrupted status is set afterwards.
     *
     * @return the output
     * @throws IllegalStateException if the future is incomplete after a poll, and this is a thread
     *     of vdm4j or a call inside the task itself
     * @throws WrongThreadException if the task needs memory that is confined to another thread
     * @throws RuntimeException if the task failed, like {@link #orThrow()}
     */
    default T await() {
        return FutureRuntime.shared().await(this);
    }

    /**
     * Waits like {@link #await()}, but for a limited time. After a timeout, the operation continues
     * and can be polled and awaited again.
     *
     * @param timeout the time limit, or 0 or less for a single poll. The timeout does not interrupt
     *     a poll that executes the task itself
     * @return the output
     * @throws FutureTimeoutException if the future is not complete within the time limit
     * @throws RuntimeException if the task failed, like {@link #orThrow()}
     */
    default T await(Duration timeout) {
        return FutureRuntime.shared().await(this, timeout);
    }

    /**
     * Waits like {@link #await()}, but an interrupt ends the wait. After an interrupt, the
     * operation continues and can be polled and awaited again.
     *
     * @return the output
     * @throws InterruptedException if the thread is interrupted before the future is complete. The
     *     method clears the interrupted status
     * @throws RuntimeException if the task failed, like {@link #orThrow()}
     */
    default T awaitInterruptibly() throws InterruptedException {
        return FutureRuntime.shared().awaitInterruptibly(this);
    }

    /**
     * Starts the task and returns a {@code CompletableFuture} of it with the default executor of
     * {@link CompletableFuture}. See {@link #toCompletableFuture(Executor)}.
     *
     * @return a new future
     * @throws WrongThreadException if the task needs memory that is confined to another thread
     */
    default CompletableFuture<T> toCompletableFuture() {
        return FutureCompletion.of(this, null);
    }

    /**
     * Starts the task and returns a {@code CompletableFuture} of it. The calling thread polls once.
     * If the task takes wakers, the executor polls it after each wake-up. Otherwise a daemon thread
     * polls the task. All futures share this thread. The executor completes the returned future.
     * Dependent actions may block if the executor's threads may block.
     *
     * <p>Cancelling the returned future {@linkplain #cancel cancels} the task if it has not
     * started. A started task runs to its end. Its memory must not be closed or reused before. A
     * reusable operation must not be prepared again before the returned future is complete.
     *
     * <p>A task may use memory that is confined to the calling thread in two cases. Either the
     * first poll completes it, or later polls only read its state. Otherwise the returned future
     * fails with a {@link WrongThreadException}. In this case the task is unchanged, and its own
     * thread can poll it.
     *
     * @param executor the executor that polls the task and completes the future. If it refuses, the
     *     shared thread does this work
     * @return a new future. Its exception is the failure of the task
     * @throws WrongThreadException if the task needs memory that is confined to another thread
     */
    default CompletableFuture<T> toCompletableFuture(Executor executor) {
        return FutureCompletion.of(this, Objects.requireNonNull(executor, "executor"));
    }

    /**
     * {@return a future that is complete from its creation}
     *
     * <p>C counterpart: {@code FUTURE_INIT_COMPLETE}.
     *
     * @param <T> the type of the output
     * @param output the output, may be null
     */
    static <T> PollableFuture<T> completed(T output) {
        return new TaskFuture<>(output, null);
    }

    /**
     * {@return a future that has failed from its creation}
     *
     * @param <T> the type of the output
     * @param failure the failure
     */
    static <T> PollableFuture<T> failed(Throwable failure) {
        return new TaskFuture<>(null, Objects.requireNonNull(failure, "failure"));
    }
}
