package io.github.vdm4j.future;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A registration that has its task polled to the end. One thread at a time polls for it: the thread
 * that made {@link #wakeUps} other than 0, and no thread once it is 0 again.
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
    /** How often the task has woken since the last poll; 0 while nothing is to be done. */
    private volatile int wakeUps = 1;
    /** The next registration that was added to the {@link SharedPoller}. */
    PollingRegistration<?> nextAdded;

    PollingRegistration(PollableFuture<T> task) {
        this.task = task;
    }

    /** Returns true if the task needs no more polls from this registration. */
    abstract boolean isSettled();

    /** Polls a task whose result this registration does not need. Returns true at its end. */
    boolean abandon() {
        return true;
    }

    /**
     * The task is complete, or a poll threw.
     *
     * @param thrown what the poll threw, or null
     * @param onSharedPoller whether the shared poller calls, which must not be held up
     */
    abstract void end(Throwable thrown, boolean onSharedPoller);

    /** Counts a wake-up. Returns true if the caller has to have the task polled. */
    final boolean mustPoll() {
        return (int) WAKE_UPS.getAndAdd(this, 1) == 0;
    }

    /** Takes the wake-ups before a poll. Returns true if no further wake-up has arrived. */
    private boolean mayRest(int seen) {
        return (int) WAKE_UPS.getAndAdd(this, -seen) == seen;
    }

    /** Polls once on the calling thread, which gets what that throws. */
    final void start() {
        follow(task.poll(notifier), 1);
    }

    /** Polls until the task sleeps or is complete. */
    final void proceed() {
        int seen = wakeUps;
        try {
            follow(poll(), seen);
        } catch (Throwable e) {
            end(e, false);
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

    /** Continues after a poll, and polls again if the task has woken since before that poll. */
    private void follow(FutureState reached, int woken) {
        FutureState state = reached;
        int seen = woken;
        while (state != FutureState.COMPLETE) {
            if (notifier.used() != NotifierType.WAKER) {
                SharedPoller.add(this);
                return;
            }
            if (mayRest(seen)) {
                return;
            }
            seen = wakeUps;
            state = poll();
        }
        end(null, false);
    }

    /** One poll by the shared poller. Returns false if it has to poll again. */
    final boolean step() {
        try {
            Poller question = notifier.poller();
            if (question != null && !question.ready()) {
                return false;
            }
            int seen = wakeUps;
            if (poll() != FutureState.COMPLETE) {
                return notifier.used() == NotifierType.WAKER && mayRest(seen);
            }
        } catch (Throwable e) {
            end(e, true);
            return true;
        }
        end(null, true);
        return true;
    }
}
