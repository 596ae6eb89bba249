package io.github.vdm4j.future;

/** A future that executes a {@link PollTask}. */
final class TaskFuture<T> extends AbstractFuture<T> implements PollTask.Sink<T> {
    private final PollTask<T> task;
    private T output;
    private Throwable failure;

    TaskFuture(PollTask<T> task) {
        this.task = task;
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
