package io.github.vdm4j.future;

/**
 * The task of a program's own future, for example a lambda. If the task needs fields, extend {@link
 * AbstractFuture}.
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
         * @param value the output that {@link PollableFuture#output()} returns after the
         *     completion. It may be null
         */
        void output(T value);
    }

    /**
     * Makes the progress that is possible without waiting. One thread at a time calls this method.
     * A throwable completes the future with this failure. A {@link WrongThreadException} is
     * different. The poll throws it, and the future is unchanged.
     *
     * @param notifier the offer of the polling thread
     * @param sink the receiver of the output
     * @return the state of the task, not null
     */
    FutureState advance(Notifier notifier, Sink<T> sink);

    /** {@return an idle future with this task} The polling thread executes the task. */
    default PollableFuture<T> toFuture() {
        return new TaskFuture<>(this);
    }
}
