package io.github.vdm4j.future;

/** A future that executes a {@link PollTask}. */
final class TaskFuture<T> extends AbstractFuture<T> implements PollTask.Sink<T> {
    private final PollTask<T> task;
    private final boolean async;
    private T output;
    private Throwable failure;

    TaskFuture(PollTask<T> task, boolean async) {
        this.task = task;
        this.async = async;
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

    @Override
    public boolean hasProperty(FutureProperty property) {
        return async && property == FutureProperty.ASYNC;
    }
}
