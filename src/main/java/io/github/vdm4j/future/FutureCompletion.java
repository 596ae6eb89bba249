package io.github.vdm4j.future;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A {@link CompletableFuture} that is complete when a polled future is, and what polls that to its
 * end. One thread at a time does so: the one that made {@link #wakeUps} other than 0, and nobody
 * once it is 0 again.
 */
final class FutureCompletion<T> extends CompletableFuture<T> {
    private final PollableFuture<T> task;
    private final Executor executor;
    private final Notifier notifier = Notifier.of(this::wake);

    /** How often the task has woken since it was last seen to; 0 while it is slept on. */
    private final AtomicInteger wakeUps = new AtomicInteger(1);

    private FutureCompletion(PollableFuture<T> task, Executor executor) {
        this.task = task;
        this.executor = executor != null ? executor : super.defaultExecutor();
    }

    /** Polls once; what that throws, the caller gets. An executor of null is the default one. */
    static <T> CompletableFuture<T> of(PollableFuture<T> task, Executor executor) {
        var completion = new FutureCompletion<>(task, executor);
        completion.follow(task.poll(completion.notifier), 1);
        return completion;
    }

    private void wake() {
        if (wakeUps.getAndIncrement() == 0) {
            try {
                executor.execute(this::goOn);
            } catch (RejectedExecutionException e) {
                SharedPoller.add(this);
            }
        }
    }

    private void goOn() {
        int seen = wakeUps.get();
        try {
            follow(task.poll(notifier), seen);
        } catch (Throwable e) {
            completeExceptionally(e);
        }
    }

    /** Does what a poll left to be done, and polls again what has woken since before that. */
    private void follow(FutureState reached, int woken) {
        FutureState state = reached;
        int seen = woken;
        while (state != FutureState.COMPLETE) {
            if (notifier.used() != NotifierType.WAKER) {
                SharedPoller.add(this);
                return;
            }
            if (wakeUps.addAndGet(-seen) == 0) {
                return;
            }
            seen = wakeUps.get();
            state = task.poll(notifier);
        }
        finish();
    }

    /** One poll by the shared poller; false if it has to go on. */
    boolean step() {
        Poller question = notifier.poller();
        try {
            if (question != null && !question.ready()) {
                return false;
            }
            int seen = wakeUps.get();
            if (task.poll(notifier) != FutureState.COMPLETE) {
                return notifier.used() == NotifierType.WAKER && wakeUps.addAndGet(-seen) == 0;
            }
            handOver(this::finish);
        } catch (Throwable e) {
            handOver(() -> completeExceptionally(e));
        }
        return true;
    }

    /** The shared poller must not be held up by what depends on a completion. */
    private void handOver(Runnable completing) {
        try {
            executor.execute(completing);
        } catch (RejectedExecutionException e) {
            completing.run();
        }
    }

    private void finish() {
        Throwable failure = task.failure();
        if (failure == null) {
            complete(task.output());
        } else {
            completeExceptionally(failure);
        }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        task.cancel();
        return super.cancel(mayInterruptIfRunning);
    }

    @Override
    public Executor defaultExecutor() {
        return executor;
    }
}
