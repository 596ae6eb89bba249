package io.github.vdm4j.future;

/**
 * The task of a user's own future, written as a lambda; {@link AbstractFuture} is for those that
 * need fields.
 *
 * <p>C counterpart: {@code future_task_fn}, miniasync_future(7).
 *
 * @param <T> the type of the output
 */
@FunctionalInterface
public interface PollTask<T> {

    /**
     * Where a task puts its output.
     *
     * @param <T> the type of the output
     */
    @FunctionalInterface
    interface Sink<T> {
        /**
         * Sets the output.
         *
         * @param value what {@link PollableFuture#output()} returns once the task is complete; may
         * be null
         */
        void output(T value);
    }

    /**
     * Makes what progress can be made without waiting. What is thrown completes the future with
     * that failure.
     *
     * @param notifier what the poller offers
     * @param sink takes the output
     * @return the state reached
     */
    FutureState advance(Notifier notifier, Sink<T> sink);

    /**
     * An idle future with this task, executed by the polling thread.
     *
     * @return a new future
     */
    default PollableFuture<T> toFuture() {
        return new TaskFuture<>(this, false);
    }

    /**
     * An idle future with this task, which says of itself that its work goes on outside of the
     * polling thread.
     *
     * @return a new future with {@link FutureProperty#ASYNC}
     */
    default PollableFuture<T> toAsyncFuture() {
        return new TaskFuture<>(this, true);
    }
}
