package io.github.vdm4j.future;

import io.github.vdm4j.machine.LibraryThread;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A {@link CompletableFuture} that completes when a polled future does. One thread at a time polls
 * for it: the thread that made {@link #wakeUps} other than 0, and no thread once it is 0 again.
 */
final class FutureCompletion<T> extends CompletableFuture<T> {
    private final PollableFuture<T> task;
    private final Executor executor;
    private final Wait wait = new Wait();
    private final Notifier notifier = Notifier.of(wait);
    /** How often the task has woken since the last poll; 0 while nothing is to be done. */
    private final AtomicInteger wakeUps = new AtomicInteger(1);
    /** Set by {@link #cancel}, which completes this itself once it has cancelled the task. */
    private volatile boolean cancelling;
    /** The next completion that was added to the {@link SharedPoller}. */
    FutureCompletion<?> nextAdded;

    /** The registration of this completion with its task. */
    private final class Wait extends Registration {
        @Override
        Kind kind() {
            return Kind.CALLBACK; // the executor is a user's
        }

        @Override
        void fire() {
            if (wakeUps.getAndIncrement() == 0) {
                execute(FutureCompletion.this::proceed, true);
            }
        }
    }

    private FutureCompletion(PollableFuture<T> task, Executor executor) {
        this.task = task;
        this.executor = executor != null ? executor : super.defaultExecutor();
    }

    /** Polls once on the calling thread, which gets what that throws. Null: the default executor. */
    static <T> CompletableFuture<T> of(PollableFuture<T> task, Executor executor) {
        var completion = new FutureCompletion<>(task, executor);
        completion.follow(task.poll(completion.notifier), 1);
        return completion;
    }

    /**
     * Polls the task. Once this completion is done, because it was cancelled, a task that has begun
     * is polled to its end, but one that was prepared anew is not started.
     */
    private FutureState poll() {
        if (!isDone()) {
            return task.poll(notifier);
        }
        wait.withdraw();
        notifier.useNone();
        return task instanceof AbstractFuture<?> future && future.drive()
                ? FutureState.RUNNING
                : FutureState.COMPLETE;
    }

    /**
     * Passes work to the executor. If the executor throws, the shared poller does the work: a
     * refusal must not lose a completion.
     */
    private boolean execute(Runnable work, boolean orSharedPoller) {
        try {
            executor.execute(work);
            return true;
        } catch (RejectedExecutionException e) {
            // documented: the shared poller does the work
        } catch (Throwable e) {
            LibraryThread.report(e);
        }
        if (orSharedPoller) {
            SharedPoller.add(this);
        }
        return false;
    }

    private void proceed() {
        int seen = wakeUps.get();
        try {
            follow(poll(), seen);
        } catch (Throwable e) {
            fail(e);
        }
    }

    /** Continues after a poll, and polls again if the task has woken since before that poll. */
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
            state = poll();
        }
        settle();
    }

    /** One poll by the shared poller. Returns false if it has to poll again. */
    boolean step() {
        try {
            Poller question = notifier.poller();
            if (question != null && !question.ready()) {
                return false;
            }
            int seen = wakeUps.get();
            if (poll() != FutureState.COMPLETE) {
                return notifier.used() == NotifierType.WAKER && wakeUps.addAndGet(-seen) == 0;
            }
            // What depends on this completion must not hold up the shared poller.
            if (!execute(this::settle, false)) {
                settle();
            }
        } catch (Throwable e) {
            if (!execute(() -> fail(e), false)) {
                fail(e);
            }
        }
        return true;
    }

    private void settle() {
        if (isDone() || cancelling) {
            return;
        }
        try {
            Throwable failure = task.failure();
            if (failure == null) {
                complete(task.output());
            } else {
                completeExceptionally(failure);
            }
        } catch (Throwable e) { // of a user's future
            fail(e);
        }
    }

    /** Completes with a failure of a poll. */
    void fail(Throwable failure) {
        wait.withdraw();
        completeExceptionally(failure);
    }

    /** Cancels the task if it has not begun, and lets go of it in any case. */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled;
        try {
            if (!isDone()) {
                cancelling = true;
                task.cancel();
            }
        } finally {
            cancelled = super.cancel(mayInterruptIfRunning);
            wait.wake(); // the thread that polls for this completion sees that it is done
        }
        return cancelled;
    }

    @Override
    public Executor defaultExecutor() {
        return executor;
    }
}
