package io.github.vdm4j.future;

import io.github.vdm4j.machine.LibraryThread;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** A {@link CompletableFuture} that completes when a polled future completes. */
final class FutureCompletion<T> extends CompletableFuture<T> {
    private final Executor executor;
    private final Wait wait;
    /**
     * Whether {@link #cancel} is running. It completes this future itself after it has cancelled
     * the task.
     */
    private volatile boolean cancelling;

    private final class Wait extends PollingRegistration<T> implements Runnable {
        Wait(PollableFuture<T> task) {
            super(task);
        }

        @Override
        Kind kind() {
            return Kind.CALLBACK; // The executor belongs to the user.
        }

        @Override
        void fire() {
            if (mustPoll() && !execute(this)) {
                // If the executor refuses, the shared poller must complete the future.
                proceedOnPoller();
            }
        }

        @Override
        public void run() {
            proceed();
        }

        @Override
        boolean isSettled() {
            return isDone();
        }

        /** Polls a started task to its end. It does not start a task that was prepared again. */
        @Override
        boolean abandon() {
            return !(task instanceof AbstractFuture<?> future && future.drive());
        }

        /**
         * Completes this future. The executor runs dependent actions, because they must not block
         * the shared poller.
         */
        @Override
        void end(Throwable thrown, boolean onSharedPoller) {
            if (!onSharedPoller || !execute(() -> settleOrRetry(thrown))) {
                settle(thrown);
            }
        }
    }

    private FutureCompletion(PollableFuture<T> task, Executor executor) {
        this.executor = executor != null ? executor : super.defaultExecutor();
        wait = new Wait(task);
    }

    /**
     * Polls once on the calling thread and throws the exception of that poll. If the executor is
     * null, the default executor is used.
     */
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
            // In this case the shared poller does the work.
        } catch (Throwable e) {
            LibraryThread.report(e);
        }
        return false;
    }

    private void settleOrRetry(Throwable thrown) {
        try {
            settle(thrown);
        } catch (Throwable e) { // The heap is full.
            LibraryThread.report(e);
            wait.proceedOnPoller();
        }
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
            } catch (Throwable e) { // The throwable of a user's future.
                settle(e);
            }
        }
    }

    /** Cancels the task if it has not begun, and completes this future in any case. */
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
            wait.wake(); // The polling thread then sees that this future is complete.
        }
        return cancelled;
    }

    @Override
    public Executor defaultExecutor() {
        return executor;
    }
}
