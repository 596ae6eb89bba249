package io.github.vdm4j.future;

/** A future that executes a {@link PollTask}, or that is complete from its creation. */
final class TaskFuture<T> extends AbstractFuture<T> implements PollTask.Sink<T> {
    private final PollTask<T> task;
    private T output;
    private Throwable failure;

    TaskFuture(PollTask<T> task) {
        this.task = task;
    }

    /** Creates a complete future. */
    TaskFuture(T output, Throwable failure) {
        task = null;
        this.output = output;
        this.failure = failure;
        setState(COMPLETE);
    }

    @Override
    protected FutureState advance(Notifier notifier) {
        return task.advance(notifier, this);
    }

    @Override
    public void output(T value) {
        output = value;
    }

    @Override
    protected void completeWith(Throwable thrown) {
        failure = thrown;
    }

    @Override
    public T output() {
        requireComplete();
        return output;
    }

    @Override
    public Throwable failure() {
        requireComplete();
        return failure;
    }
}
