package io.github.vdm4j.future;

import io.github.vdm4j.machine.LibraryThread;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A registration that polls its task to the end. The thread that raises {@link #wakeUps} from 0
 * polls the task until the field is 0 again. No further thread polls for the registration.
 */
abstract class PollingRegistration<T> extends Registration {
    private static final VarHandle WAKE_UPS;

    static {
        try {
            WAKE_UPS = MethodHandles.lookup()
                    .findVarHandle(PollingRegistration.class, "wakeUps", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final PollableFuture<T> task;
    private final Notifier notifier = Notifier.of(this);
    /**
     * The number of wake-ups since the last poll, or 0 while no poll is necessary. It is not
     * volatile, because a volatile first write is expensive.
     */
    private int wakeUps = 1;
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

    /**
     * Ends the registration, because the task is complete or a poll has thrown. The method must not
     * block the shared poller.
     */
    abstract void end(Throwable thrown, boolean onSharedPoller);

    /** Counts a wake-up. Returns {@code true} if the caller has to arrange a poll of the task. */
    final boolean mustPoll() {
        return (int) WAKE_UPS.getAndAdd(this, 1) == 0;
    }

    private int wakeUps() {
        return (int) WAKE_UPS.getVolatile(this);
    }

    /**
     * Resets the wake-ups that preceded a poll. Returns {@code true} if no further wake-up has
     * arrived.
     */
    private boolean resetWakeUps(int seen) {
        return (int) WAKE_UPS.getAndAdd(this, -seen) == seen;
    }

    /** Polls once on the calling thread and throws the exception of the poll. */
    final void start() {
        follow(task.poll(notifier), 1);
    }

    /** Polls until the task sleeps or is complete. */
    final void proceed() {
        int seen = wakeUps();
        try {
            follow(poll(), seen);
        } catch (Throwable e) {
            endWith(e);
        }
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
        if (!isSettled()) {
            return task.poll(notifier);
        }
        withdraw();
        notifier.useNone();
        return abandon() ? FutureState.COMPLETE : FutureState.RUNNING;
    }

    /**
     * Continues after a poll. If a wake-up has arrived since the beginning of that poll, the task
     * is polled again.
     */
    private void follow(FutureState reached, int woken) {
        FutureState state = reached;
        int seen = woken;
        while (state != FutureState.COMPLETE) {
            if (notifier.used() != NotifierType.WAKER) {
                SharedPoller.add(this);
                return;
            }
            if (resetWakeUps(seen)) {
                return;
            }
            seen = wakeUps();
            state = poll();
        }
        end(null, false);
    }

    /** Polls once on the shared poller. Returns {@code false} if the poller has to poll again. */
    final boolean step() {
        try {
            Poller question = notifier.poller();
            if (question != null && !question.ready()) {
                return false;
            }
            int seen = wakeUps();
            if (poll() != FutureState.COMPLETE) {
                return notifier.used() == NotifierType.WAKER && resetWakeUps(seen);
            }
        } catch (Throwable e) {
            end(e, true);
            return true;
        }
        end(null, true);
        return true;
    }
}
