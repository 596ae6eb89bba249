package io.github.vdm4j.future;

import io.github.vdm4j.machine.LibraryThread;

/**
 * A registration that polls its task to the end. One thread at a time polls the task, until it
 * sleeps or is complete.
 */
abstract class PollingRegistration<T> extends Registration {
    final PollableFuture<T> task;
    // Guarded by this.
    /** Whether a thread polls the task. The thread that creates the registration polls first. */
    private boolean polled = true;
    /** Whether a wake-up has arrived since the beginning of the last poll. */
    private boolean woken;

    PollingRegistration<?> nextPolled;

    PollingRegistration(PollableFuture<T> task) {
        this.task = task;
    }

    /** Returns whether the task needs no further polls from this registration. */
    abstract boolean isSettled();

    /**
     * Polls the task and discards its result. Returns {@code true} at its end.
     */
    boolean abandon() {
        return true;
    }

    /** Returns {@code false} if the shared poller has to poll again after a throwable. */
    boolean endsAfter(Throwable thrown) {
        return true;
    }

    /**
     * Ends the registration, because the task is complete or a poll has thrown. The method must not
     * block the shared poller.
     */
    abstract void end(Throwable thrown, boolean onSharedPoller);

    /** Records a wake-up. Returns {@code true} if the caller has to arrange a poll of the task. */
    final synchronized boolean mustPoll() {
        if (polled) {
            woken = true;
            return false;
        }
        polled = true;
        return true;
    }

    private synchronized void forgetWakeUp() {
        woken = false;
    }

    /** Ends the polls. Returns {@code false} if a wake-up has arrived during the last poll. */
    private synchronized boolean sleep() {
        polled = woken;
        return !woken;
    }

    /** Polls once on the calling thread and throws the exception of the poll. */
    final void start() {
        follow(task.poll(this));
    }

    /** Polls until the task sleeps or is complete. */
    final void proceed() {
        try {
            follow(poll());
        } catch (Throwable e) {
            if (endsAfter(e)) {
                endWith(e);
            } else {
                retry();
            }
        }
    }

    /** Polls again after a throwable that has not ended the registration. */
    void retry() {
        SharedPoller.add(this);
    }

    private void endWith(Throwable thrown) {
        try {
            end(thrown, false);
        } catch (Throwable e) { // The heap is full, and the shared poller tries again.
            LibraryThread.report(e);
            SharedPoller.add(this);
        }
    }

    /** Passes the registration to the shared poller. If its thread cannot start, polls here. */
    final void proceedOnPoller() {
        try {
            SharedPoller.add(this);
        } catch (Throwable e) {
            LibraryThread.report(e);
            proceed();
        }
    }

    private FutureState poll() {
        forgetWakeUp();
        if (!isSettled()) {
            return task.poll(this);
        }
        withdraw();
        useNone();
        return abandon() ? FutureState.COMPLETE : FutureState.RUNNING;
    }

    /**
     * Continues after a poll. If a wake-up has arrived since the beginning of that poll, the task
     * is polled again.
     */
    private void follow(FutureState reached) {
        FutureState state = reached;
        while (state != FutureState.COMPLETE) {
            if (used() != NotifierType.WAKER) {
                SharedPoller.add(this);
                return;
            }
            if (sleep()) {
                return;
            }
            state = poll();
        }
        end(null, false);
    }

    /** Polls once on the shared poller. Returns {@code false} if the poller has to poll again. */
    final boolean step() {
        try {
            Poller question = poller();
            if (question != null && !question.ready()) {
                return false;
            }
            if (poll() != FutureState.COMPLETE) {
                return used() == NotifierType.WAKER && sleep();
            }
        } catch (Throwable e) {
            if (!endsAfter(e)) {
                return false;
            }
            end(e, true);
            return true;
        }
        end(null, true);
        return true;
    }
}
