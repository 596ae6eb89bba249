package io.github.vdm4j.future;

import java.util.Objects;

/** A future that is complete from its creation. */
record CompletedFuture<T>(T output, Throwable failure) implements PollableFuture<T> {
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
    public boolean cancel() {
        return false;
    }
}
