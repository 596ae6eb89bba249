package io.github.vdm4j.future;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A future that is complete at the first poll after {@link #signal}. It keeps the waker of the last
 * poll.
 */
final class SignalledFuture extends AbstractFuture<String> {
    private static final Waker SIGNALLED = () -> {};

    private final AtomicReference<Waker> waker = new AtomicReference<>();
    private final AtomicInteger polls = new AtomicInteger();
    private Throwable failure;

    /** Lets the future complete and calls its waker. Any thread may call this. */
    void signal() {
        Waker kept = waker.getAndSet(SIGNALLED);
        if (kept != null) {
            kept.wake();
        }
    }

    /** Calls the waker without progress. */
    void wakeForNothing() {
        Waker kept = waker.get();
        if (kept != null) {
            kept.wake();
        }
    }

    int polls() {
        return polls.get();
    }

    boolean hasWaker() {
        return waker.get() != null;
    }

    @Override
    protected FutureState advance(Notifier notifier) {
        polls.incrementAndGet();
        notifier.useNone();
        while (true) {
            Waker seen = waker.get();
            if (seen == SIGNALLED) {
                return FutureState.COMPLETE;
            }
            if (notifier.waker() == null) {
                return FutureState.RUNNING;
            }
            if (waker.compareAndSet(seen, notifier.waker())) {
                notifier.useWaker();
                return FutureState.RUNNING;
            }
        }
    }

    @Override
    protected void completeWith(Throwable thrown) {
        failure = thrown;
    }

    @Override
    public String output() {
        requireComplete();
        return "signalled";
    }

    @Override
    public Throwable failure() {
        requireComplete();
        return failure;
    }

    @Override
    public boolean hasProperty(FutureProperty property) {
        return property == FutureProperty.ASYNC;
    }
}
