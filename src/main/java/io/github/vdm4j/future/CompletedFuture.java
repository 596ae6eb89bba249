package io.github.vdm4j.future;

import java.util.Objects;

/** A future that is complete from its creation. */
final class CompletedFuture<T> implements PollableFuture<T> {
    private final T output;
    private final Throwable failure;

    CompletedFuture(T output, Throwable failure) {
        this.output = output;
        this.failure = failure;
    }

    @Override
    public FutureState state() {
        return FutureState.COMPLETE;
    }

    @Override
    public FutureState poll(Notifier notifier) {
        Objects.requireNonNull(notifier, "notifier").useNone();
        return FutureState.COMPLETE;
    }

    @Override
    public T output() {
        return output;
    }

    @Override
    public Throwable failure() {
        return failure;
    }

    @Override
    public boolean hasProperty(FutureProperty property) {
        return false;
    }

    @Override
    public boolean cancel() {
        return false;
    }
}
