package io.github.vdm4j.future;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A task that is executed step by step, by being polled until it is complete.
 *
 * <p>A new future is {@link FutureState#IDLE}: nothing has started. The first poll starts the task;
 * each poll makes what progress it can without waiting and returns the state reached. A poll of a
 * complete future does nothing. Apart from that a future asks for nothing: no executor, no thread.
 *
 * <p><b>Threading.</b> Futures of this library may be polled from any thread, even from several at
 * once: one of them advances the task, the others see its state. What a task writes before it
 * completes is visible to every thread that has seen {@link FutureState#COMPLETE}.
 *
 * <p>C counterpart: {@code struct future}, miniasync_future(7).
 *
 * @param <T> the type of the output
 */
public interface PollableFuture<T> {

    /**
     * The state as the last poll left it. Does not poll.
     *
     * @return the state
     */
    FutureState state();

    /**
     * Makes progress if there is progress to be made, and never waits for it.
     *
     * <p>C counterpart: {@code future_poll(fut, notifier)}.
     *
     * @param notifier what the caller offers for being told when to poll again; holds the future's
     *     answer afterwards
     * @return the state reached
     * @throws WrongThreadException if the task needs memory that is confined to another thread; the
     *     future stays as it was
     */
    FutureState poll(Notifier notifier);

    /**
     * As {@link #poll(Notifier)} with {@link Notifier#none()}.
     *
     * @return the state reached
     */
    default FutureState poll() {
        return poll(Notifier.none());
    }

    /**
     * Polls, spinning, until the future is complete. Uses a processor for as long as that takes;
     * see {@link #await()} for waiting well.
     *
     * <p>C counterpart: {@code FUTURE_BUSY_POLL}.
     */
    default void busyPoll() {
        while (poll() != FutureState.COMPLETE) {
            Thread.onSpinWait();
        }
    }

    /**
     * Tells whether the future is complete, without polling it.
     *
     * @return true if the state is {@link FutureState#COMPLETE}
     */
    default boolean isComplete() {
        return state() == FutureState.COMPLETE;
    }

    /**
     * What the task produced.
     *
     * <p>C counterpart: {@code FUTURE_OUTPUT}.
     *
     * @return the output; null if the task failed without one, or produces nothing
     * @throws IllegalStateException if the future is not complete
     */
    T output();

    /**
     * Why the task failed.
     *
     * @return the failure, or null if the task succeeded
     * @throws IllegalStateException if the future is not complete
     */
    Throwable failure();

    /**
     * Throws if the task failed.
     *
     * @throws FutureFailedException if the task failed with a checked exception, which is its cause
     * @throws RuntimeException the failure itself if it is unchecked; an Error likewise
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
     * Tells whether the future has a property, as of now: a chain has the properties of the entry
     * that runs next.
     *
     * <p>C counterpart: {@code future_has_property}.
     *
     * @param property the property asked for
     * @return true if the future has it; false for null
     */
    boolean hasProperty(FutureProperty property);

    /**
     * Cancels the task if it has not started. A started task is not cancelled. It runs to its end,
     * is polled as before, and gives back what it holds. A mover may stop a started long operation
     * between two of its parts. This method returns false then, too.
     *
     * @return true if the future was idle; it is complete now and its failure is a {@link
     *     java.util.concurrent.CancellationException} or one that says the same
     */
    boolean cancel();

    /**
     * Waits for the end and returns the output. Spins for a moment, then yields, then sleeps; a
     * future that takes wakers is slept on until it wakes. Interruption does not end the wait and
     * is kept for afterwards.
     *
     * @return the output
     * @throws FutureFailedException if the task failed with a checked exception, which is its cause
     * @throws RuntimeException the failure itself if it is unchecked; an Error likewise
     */
    default T await() {
        return FutureRuntime.shared().await(this);
    }

    /**
     * As {@link #await()}, but for so long only. The operation is not touched by a timeout: it goes
     * on, and can be polled and awaited again.
     *
     * @param timeout how long to wait; 0 or less for a single poll. A poll that executes the task
     * itself is not cut short by it
     * @return the output
     * @throws FutureTimeoutException if the future is not complete by then
     * @throws FutureFailedException if the task failed with a checked exception, which is its cause
     * @throws RuntimeException the failure itself if it is unchecked; an Error likewise
     */
    default T await(Duration timeout) {
        return FutureRuntime.shared().await(this, timeout);
    }

    /**
     * As {@link #await()}, but ends when the waiting thread is interrupted. The operation is not
     * touched by that: it goes on, and can be polled and awaited again.
     *
     * @return the output
     * @throws InterruptedException if the thread is interrupted before the future is complete; its
     *     interrupted status is cleared
     * @throws FutureFailedException if the task failed with a checked exception, which is its cause
     * @throws RuntimeException the failure itself if it is unchecked; an Error likewise
     */
    default T awaitInterruptibly() throws InterruptedException {
        return FutureRuntime.shared().awaitInterruptibly(this);
    }

    /**
     * As {@link #toCompletableFuture(Executor)} with the executor that {@link CompletableFuture}
     * itself uses.
     *
     * @return a new future
     * @throws WrongThreadException if the task needs memory that is confined to another thread
     */
    default CompletableFuture<T> toCompletableFuture() {
        return FutureCompletion.of(this, null);
    }

    /**
     * Starts the task, and sees to it that it is polled to its end, whatever becomes of the future
     * returned. This call polls once, on the calling thread, and returns a complete future if that
     * was all. After that a task that takes wakers is polled by the executor when it has woken;
     * every other one by a daemon thread that all such tasks share, which spins, yields and sleeps
     * like {@link #await()} and sleeps on while there are none. The executor completes the future,
     * so that actions that depend on it may block if its threads may.
     *
     * <p>Cancelling the future returned {@linkplain #cancel cancels} the task if it has not been
     * started. A started one runs to its end all the same: what it uses stays in use until then,
     * and must not be closed or reused. An operation that is used again and again must not be
     * prepared anew before the future returned is complete.
     *
     * <p>Memory that is confined to the calling thread is fine if the first poll completes the
     * task, or nothing but looking remains to be done; else the future fails with a {@link
     * WrongThreadException}, while the task stays as it was, to be polled by its own thread.
     *
     * @param executor where to poll and to complete; if it refuses, the shared thread does its work
     * @return a new future; what the task failed with is its exception
     * @throws WrongThreadException if the task needs memory that is confined to another thread
     */
    default CompletableFuture<T> toCompletableFuture(Executor executor) {
        return FutureCompletion.of(this, Objects.requireNonNull(executor, "executor"));
    }

    /**
     * A future that is complete from the start.
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
     * A future that has failed from the start.
     *
     * @param <T> the type of the output
     * @param failure the failure
     * @return a complete future
     */
    static <T> PollableFuture<T> failed(Throwable failure) {
        return new CompletedFuture<>(null, Objects.requireNonNull(failure, "failure"));
    }
}
