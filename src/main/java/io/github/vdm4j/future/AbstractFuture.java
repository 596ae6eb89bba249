package io.github.vdm4j.future;

import io.github.vdm4j.machine.FailureName;
import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.machine.Seam;
import java.util.Objects;
import java.util.concurrent.CancellationException;

/**
 * The base class of every future of this library, also of a user's own. It has the state machine. A
 * subclass implements {@link #advance}, and two threads never execute it at once.
 *
 * <p>A future has one <em>driver</em> at a time. By default the driver is the thread that polls. A
 * subclass can {@linkplain #detach detach} the future instead: another thread then completes it,
 * and polls only read the state.
 *
 * <p>C counterpart: the macros {@code FUTURE} and {@code FUTURE_INIT}, with {@code future_task_fn}
 * as {@link #advance} and the data and output structures as the subclass's fields.
 *
 * @param <T> the type of the output
 */
public abstract class AbstractFuture<T> extends StatefulFuture<T> {
    /** The thread inside {@link #advance}, or null. Each thread compares it with itself only. */
    private Thread advancing;

    /** Creates an idle future. */
    protected AbstractFuture() {}

    /**
     * Does what can be done now without waiting. One thread at a time calls this method, and each
     * call sees what the previous call wrote. It is not called after it has returned {@link
     * FutureState#COMPLETE}.
     *
     * <p>Whatever this method throws completes the future through {@link #completeWith}. The
     * exception is a {@link WrongThreadException}, which concerns the polling thread only: the poll
     * throws it and the future stays as it was.
     *
     * @param notifier what the pollers offer; an answer given to it must hold until the next call.
     *     Its waker notifies every waiting thread, so the newest waker replaces an earlier one
     * @return the state reached: {@link FutureState#IDLE} if the task could not be started yet, or
     *     null if the future was {@linkplain #detach detached}
     */
    protected abstract FutureState advance(Notifier notifier);

    /**
     * Returns whether advancing the running future without a waker can make progress. Polls ask
     * this before they take the lock. A spinning caller then does not write to the memory that
     * another thread has to write.
     *
     * @return true, unless a subclass overrides it
     */
    protected boolean canAdvance() {
        return true;
    }

    /**
     * Records the failure that {@link #failure} returns from now on. The thread that advances calls
     * this right before the future becomes complete.
     *
     * @param failure what {@link #advance} threw, or a {@link CancellationException} for {@link
     *     #cancel}
     */
    protected abstract void completeWith(Throwable failure);

    /**
     * Runs after the future has become complete and before its waiters are notified. Another thread
     * can have prepared the future again by then, so this method must not touch the operation.
     */
    protected void published() {}

    /**
     * Helps the driver. Each poll of a detached future calls this.
     */
    protected void polledWhileDetached() {}

    /**
     * Answers a poll of a detached future.
     *
     * @param notifier what the poller offers
     */
    protected void answerWhileDetached(Notifier notifier) {
        notifier.useWaker();
    }

    /**
     * Takes a detached future from its driver, if the driver has not begun with it.
     *
     * @return {@code true} if the driver does not touch the future from now on; the caller
     *     completes it
     */
    protected boolean takeFromDriver() {
        return false;
    }

    /**
     * Hands the future to another driver. {@link #advance} calls this before the driver can see the
     * future. After this call the polling thread must not touch the future, and {@link #advance}
     * returns null. The driver calls {@link #completeDetached} or {@link #resumeDetached}.
     */
    protected final void detach() {
        advancing = null;
        setState(DETACHED);
    }

    /**
     * Completes a detached future, for its driver. The subclass has recorded the outcome.
     */
    protected final void completeDetached() {
        publish();
    }

    /**
     * Completes a detached future with a failure, for its driver.
     *
     * @param failure what ended the task
     */
    protected final void failDetached(Throwable failure) {
        fail(failure);
        publish();
    }

    /**
     * Makes the current thread, which is the driver of a detached future, the thread that polls it.
     *
     * @return the state reached
     */
    protected final FutureState resumeDetached() {
        state = RUNNING | ADVANCING; // before the look at the waiters
        return enter(RUNNING, null);
    }

    @Override
    public final FutureState poll() {
        return poll(ADVANCING);
    }

    private FutureState poll(int how) {
        int seen = state;
        if (seen == COMPLETE) {
            return FutureState.COMPLETE;
        }
        Seam.at("look and enter");
        if ((seen == IDLE || seen == RUNNING && canAdvance())
                && changeState(seen, seen | how)) {
            return enter(seen, null);
        }
        return observe();
    }

    /** Polls for a thread that awaits this future alone. */
    final FutureState pollAwaiting() {
        return poll(ADVANCING | AWAITED);
    }

    @Override
    public final void busyPoll() {
        if (pollAwaiting() != FutureState.COMPLETE) {
            super.busyPoll();
        }
    }

    @Override
    public final FutureState poll(Notifier notifier) {
        Waker waker = Objects.requireNonNull(notifier, "notifier").waker();
        return waker == null ? poll() : pollWith(notifier, waker);
    }

    /** Returns the present state, for a poll that cannot advance the future. */
    private FutureState observe() {
        int seen = state;
        if (seen == WITHHELD) {
            throw new IllegalStateException(whyWithheld());
        }
        if (seen == DETACHED) {
            polledWhileDetached();
            seen = state;
        }
        return seen == COMPLETE ? FutureState.COMPLETE : FutureState.RUNNING;
    }

    /** Registers the waker first, so no later progress is missed. */
    private FutureState pollWith(Notifier notifier, Waker waker) {
        Registration registration = register(waker);
        if (registration == null) {
            notifier.useNone();
            return observe();
        }
        FutureState reached;
        Seam.at("register and enter");
        int seen = state;
        if ((seen == IDLE || seen == RUNNING)
                && changeState(seen, seen | ADVANCING)) {
            reached = enterFor(notifier, registration, seen);
        } else {
            notifier.useNone(); // another thread is advancing the future, or has just done so
            reached = observe();
        }
        if (reached == FutureState.COMPLETE) {
            notifier.useNone();
            registration.withdraw();
            return reached;
        }
        if (state == DETACHED) {
            answerWhileDetached(notifier);
        }
        if (notifier.used() != NotifierType.WAKER && waker != registration) {
            registration.withdraw(); // no notification was promised, so none is given
        }
        return reached;
    }

    private FutureState enterFor(Notifier notifier, Registration registration, int seen) {
        Waiters list = waiters;
        FutureState reached;
        try {
            reached = enter(seen, registration);
        } catch (WrongThreadException e) {
            registration.withdraw();
            throw e;
        }
        if (isCurrent(list)) {
            notifier.answerLike(list.notifier);
        } else {
            notifier.useNone(); // prepared anew since the registration, which was notified of that
        }
        return reached;
    }

    /** {@return whether a thread awaits this future and no other at the same time} */
    protected final boolean hasLoneWaiter() {
        Waiters list = waiters;
        return (state & AWAITED) != 0 || isCurrent(list) && list.hasLoneWait();
    }

    /**
     * Returns whether the current thread, which advances the future, is inside {@code await} without
     * a timeout or inside {@code busyPoll}.
     *
     * @return true if the thread does nothing else until the future is complete
     */
    protected final boolean isAwaitedByCaller() {
        return (state & AWAITED) != 0;
    }

    /** The poller's own registration, or null, is not notified of what the poll itself returns. */
    private FutureState enter(int seen, Registration own) {
        Waiters list = waiters;
        Notifier offered = isCurrent(list) ? list.notifier : Notifier.none();
        boolean promised = offered.used() == NotifierType.WAKER;
        advancing = Thread.currentThread();
        FutureState reached;
        try {
            reached = advance(offered);
        } catch (WrongThreadException e) {
            leave(seen);
            throw e;
        } catch (Throwable e) {
            offered.useNone();
            fail(e);
            reached = FutureState.COMPLETE;
        }
        if (reached == null) {
            return state == COMPLETE ? FutureState.COMPLETE : FutureState.RUNNING;
        }
        if (reached == FutureState.COMPLETE) {
            if (own != null) {
                own.withdraw();
            }
            publish();
        } else {
            leave(reached == FutureState.RUNNING ? RUNNING : IDLE);
            Seam.at("leave and wake");
            if (promised && offered.used() != NotifierType.WAKER) {
                list.wake(); // the promise ends: those who rely on it poll for themselves
            }
        }
        return reached;
    }

    /**
     * Runs work that may complete futures, and callbacks of users after it.
     *
     * @param work the work
     */
    protected static void runBeforeCallbacks(Runnable work) {
        Callbacks.runAfter(work);
    }

    /** Ends the future, even if the subclass cannot record why. */
    private void fail(Throwable failure) {
        try {
            completeWith(failure);
        } catch (Throwable e) {
            LibraryThread.report(e);
        }
    }

    private void leave(int next) {
        advancing = null;
        setState(next);
    }

    private void publish() {
        int completed = generation;
        advancing = null;
        state = COMPLETE; // before the look at the waiters, who look at the state
        Seam.at("publish and hand off");
        try {
            published();
        } catch (Throwable e) { // the waiters are notified all the same
            LibraryThread.report(e);
        }
        Seam.at("publish and notify");
        Waiters list = waiters;
        if (list != null && list.generation == completed) {
            list.complete();
        }
    }

    @Override
    public final boolean cancel() {
        int seen = state;
        if (seen == WITHHELD) {
            throw new IllegalStateException(whyWithheld());
        }
        Seam.at("look and cancel");
        if (seen == DETACHED ? !takeFromDriver()
                : seen != IDLE || !changeState(IDLE, IDLE | ADVANCING)) {
            return false;
        }
        failDetached(new CancellationException(FailureName.CANCELLED.endOf(
                "cancelled before it was started")));
        return true;
    }

    /** Returns whether the current thread is inside {@link #advance} of this future. */
    final boolean isAdvancedByCaller() {
        return advancing == Thread.currentThread();
    }

    /**
     * Polls only if the future is running. A mover uses this to finish what was started, without
     * starting what was only prepared.
     */
    protected final void pollIfRunning() {
        if (state == RUNNING && changeState(RUNNING, RUNNING | ADVANCING)) {
            enter(RUNNING, null);
        }
    }

    /** Polls if the future is running. Returns false if it is not, and does not start it. */
    final boolean drive() {
        int seen = state;
        if (seen == DETACHED) {
            polledWhileDetached();
        } else {
            pollIfRunning();
        }
        return (state & (RUNNING | DETACHED)) != 0;
    }

}
