package io.github.vdm4j.future;

/**
 * The task of a user's own future, written as a lambda. Extend {@link AbstractFuture} if the task
 * needs fields.
 *
 * <p>C counterpart: {@code future_task_fn}, miniasync_future(7).
 *
 * @param <T> the type of the output
 */
@FunctionalInterface
public interface PollTask<T> {

    /**
     * The receiver of a task's output.
     *
     * @param <T> the type of the output
     */
    @FunctionalInterface
    interface Sink<T> {
        /**
         * Sets the output.
         *
         * @param value what {@link PollableFuture#output()} returns when the task is complete; may
         *     be null
         */
        void output(T value);
    }

    /**
     * Makes the progress that is possible without waiting. An exception completes the future with
     * that failure.
     *
     * @param notifier what the polling thread offers
     * @param sink takes the output
     * @return the state reached
     */
    FutureState advance(Notifier notifier, Sink<T> sink);

    /** {@return an idle future with this task, which the polling thread executes} */
    default PollableFuture<T> toFuture() {
        return new TaskFuture<>(this, false);
    }

    /**
     * {@return an idle future with this task, whose work is done outside of the polling thread} It
     * has {@link FutureProperty#ASYNC}.
     */
    default PollableFuture<T> toAsyncFuture() {
        return new TaskFuture<>(this, true);
    }
}
