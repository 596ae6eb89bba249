package io.github.vdm4j.future;

import io.github.vdm4j.machine.LibraryThread;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** A {@link CompletableFuture} that completes when a polled future does. */
final class FutureCompletion<T> extends CompletableFuture<T> {
    private final Executor executor;
    private final Wait wait;
    /** Set by {@link #cancel}, which completes this itself once it has cancelled the task. */
    private volatile boolean cancelling;

    /** The registration of this completion with its task. */
    private final class Wait extends PollingRegistration<T> {
        Wait(PollableFuture<T> task) {
            super(task);
        }

        @Override
        Kind kind() {
            return Kind.CALLBACK; // the executor is a user's
        }

        @Override
        void fire() {
            if (mustPoll() && !execute(this::proceed)) {
                SharedPoller.add(this); // a refusal must not lose a completion
            }
        }

        @Override
        boolean isSettled() {
            return isDone();
        }

        /** Polls a task that has begun to its end. One that was prepared anew is not started. */
        @Override
        boolean abandon() {
            return !(task instanceof AbstractFuture<?> future && future.drive());
        }

        /** What depends on this completion must not hold up the shared poller. */
        @Override
        void end(Throwable thrown, boolean onSharedPoller) {
            if (!onSharedPoller || !execute(() -> settle(thrown))) {
                settle(thrown);
            }
        }
    }

    private FutureCompletion(PollableFuture<T> task, Executor executor) {
        this.executor = executor != null ? executor : super.defaultExecutor();
        wait = new Wait(task);
    }

    /** Polls once on the calling thread, which gets what that throws. Null: the default executor. */
    static <T> CompletableFuture<T> of(PollableFuture<T> task, Executor executor) {
        var completion = new FutureCompletion<>(task, executor);
        completion.wait.start();
        return completion;
    }

    /** Passes work to the executor. Returns false if the executor throws. */
    private boolean execute(Runnable work) {
        try {
            executor.execute(work);
            return true;
        } catch (RejectedExecutionException e) {
            // documented: the shared poller does the work
        } catch (Throwable e) {
            LibraryThread.report(e);
        }
        return false;
    }

    private void settle(Throwable thrown) {
        if (thrown != null) {
            wait.withdraw();
            completeExceptionally(thrown);
        } else if (!isDone() && !cancelling) {
            try {
                Throwable failure = wait.task.failure();
                if (failure == null) {
                    complete(wait.task.output());
                } else {
                    completeExceptionally(failure);
                }
            } catch (Throwable e) { // of a user's future
                settle(e);
            }
        }
    }

    /** Cancels the task if it has not begun, and lets go of it in any case. */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled;
        try {
            if (!isDone()) {
                cancelling = true;
                wait.task.cancel();
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
