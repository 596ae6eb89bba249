package io.github.vdm4j.future;

import io.github.vdm4j.machine.FailureName;
import io.github.vdm4j.machine.LibraryThread;
import io.github.vdm4j.machine.Seam;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.CancellationException;

/**
 * The base class of all futures of this library and of a program's own futures. It contains the
 * state machine. A subclass implements {@link #advance}. Only one thread at a time executes that
 * method.
 *
 * <p>A future has one <em>driver</em> at a time. By default, the driver is the thread that polls. A
 * subclass can {@linkplain #detach detach} the future. In this case another thread completes the
 * future, and polls only read the state.
 *
 * <p>C counterpart: the macros {@code FUTURE} and {@code FUTURE_INIT}. {@link #advance} corresponds
 * to {@code future_task_fn}. The fields of the subclass correspond to the structures of data and
 * output.
 *
 * @param <T> the type of the output
 */
public abstract class AbstractFuture<T> extends StatefulFuture<T> {
    /** Creates an idle future. */
    protected AbstractFuture() {}

    /**
     * Makes the progress that is possible without waiting. One thread at a time calls this method,
     * and each call sees the writes of the previous call. No thread calls it after it has returned
     * {@link FutureState#COMPLETE}.
     *
     * <p>A throwable of this method completes the future through {@link #completeWith}. A {@link
     * WrongThreadException} is different, because it concerns only the polling thread. The poll
     * throws it, and the future is unchanged.
     *
     * @param notifier the offer of the polling threads. An answer must hold until the next call.
     *     The newest waker replaces an earlier waker, because it notifies all waiting threads
     * @return the state of the task. It is {@link FutureState#IDLE} if the task could not start
     *     yet, and null if the future was {@linkplain #detach detached}. Otherwise null fails the
     *     future
     */
    protected abstract FutureState advance(Notifier notifier);

    /**
     * Records the failure that {@link #failure} returns. The driver calls this immediately before
     * the future becomes complete.
     *
     * @param failure the throwable of {@link #advance}, or a {@link CancellationException} for
     *     {@link #cancel}
     */
    protected abstract void completeWith(Throwable failure);

    /** Helps the driver. Each poll of a detached future calls this. */
    protected void polledWhileDetached() {}

    /**
     * Does a small amount of other work of the driver. A platform thread that waits without a
     * timeout calls this before it sleeps. The thread may hold locks of the user. Therefore the
     * method must not block and must not call code of users.
     *
     * @return {@code true} if the method has done some work
     */
    protected boolean workWhileAwaited() {
        return false;
    }

    /**
     * Answers a poll of a detached future.
     *
     * @param notifier the offer of the polling thread
     */
    protected void answerWhileDetached(Notifier notifier) {
        notifier.useWaker();
    }

    /**
     * Takes a detached future from its driver, if the driver has not begun to work on it.
     *
     * @return {@code true} if the driver no longer accesses the future. The caller completes the
     *     future in this case
     */
    protected boolean takeFromDriver() {
        return false;
    }

    /**
     * Passes the future to another driver. {@link #advance} calls this before the driver can see
     * the future. After this call, the polling thread must not access the future, and
     * {@link #advance} returns null. The driver calls {@link #completeDetached} or {@link
     * #resumeDetached}.
     */
    protected final void detach() {
        leave(DETACHED);
    }

    /**
     * Completes a detached future. The driver calls this after the subclass has recorded the
     * outcome.
     */
    protected final void completeDetached() {
        publish();
    }

    /**
     * Polls a detached future and attaches it to its pollers again. The driver calls this.
     *
     * @return the state of the task
     */
    protected final FutureState resumeDetached() {
        state = RUNNING | ADVANCING; // before it reads the waiters
        Waiters list = waiters;
        if (isCurrent(list)) {
            list.useWaker(); // Polls of a detached future may have promised a wake-up.
        }
        return enter(RUNNING, 0, null);
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
        Seam.step();
        FutureState reached = seen == IDLE || seen == RUNNING ? enter(seen, how, null) : null;
        return reached != null ? reached : observe();
    }

    /** Polls the future for a thread that awaits only this future. */
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

    /**
     * Starts a {@linkplain #withdraw() withdrawn} future with a poll. Other threads never see it
     * idle. Therefore the start needs no atomic instruction (docs/adr/0033).
     */
    protected final void startWithdrawn() {
        setState(ADVANCING);
        enter(IDLE, 0, null);
    }

    private FutureState observe() {
        int seen = state;
        if (seen == UNPREPARED) {
            throw new IllegalStateException(unpreparedMessage());
        }
        if (seen == DETACHED) {
            polledWhileDetached();
            seen = state;
        }
        return seen == COMPLETE ? FutureState.COMPLETE : FutureState.RUNNING;
    }

    /**
     * Polls after the registration of the waker, because a later registration could miss progress.
     */
    private FutureState pollWith(Notifier notifier, Waker waker) {
        Registration registration = register(waker);
        if (registration == null) {
            if (waker instanceof Registration own) {
                own.withdraw(); // The thread that completed the future may not have seen it.
            }
            notifier.useNone();
            return observe();
        }
        Seam.step();
        int seen = state;
        FutureState reached = seen == IDLE || seen == RUNNING
                ? enterFor(notifier, registration, seen)
                : null;
        if (reached == null) {
            notifier.useNone(); // Another thread is advancing the future or has just advanced it.
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
            registration.withdraw(); // The poll has not promised a notification.
        }
        return reached;
    }

    private FutureState enterFor(Notifier notifier, Registration registration, int seen) {
        Waiters list = waiters;
        FutureState reached;
        try {
            reached = enter(seen, ADVANCING, registration);
        } catch (WrongThreadException e) {
            registration.withdraw();
            throw e;
        }
        if (reached != null && isCurrent(list)) {
            notifier.answerLike(list);
        } else {
            // A preparation after the registration has notified the waker.
            notifier.useNone();
        }
        return reached;
    }

    /**
     * Advances the future, unless its state has changed. The registration of the polling thread
     * receives no notification, because the poll itself returns the state.
     *
     * @param how the flags to add to the state, or 0 if the caller has already done so
     * @return the state of the task, or null if another thread has changed the state
     */
    private FutureState enter(int seen, int how, Registration own) {
        int me = currentThread();
        int next = seen;
        if (how != 0 && !changeState(seen, seen | how)) {
            return null;
        }
        advancing = me;
        try {
            Waiters list = waiters;
            Notifier offered = Notifier.none();
            boolean promised = false;
            if (isCurrent(list)) {
                offered = list;
                promised = offered.used() == NotifierType.WAKER;
            }
            FutureState reached = advanceOrFail(offered);
            if (reached == null) {
                return state == COMPLETE ? FutureState.COMPLETE : FutureState.RUNNING;
            }
            if (reached == FutureState.COMPLETE) {
                next = COMPLETE;
                if (own != null) {
                    own.withdraw();
                }
                publish();
            } else {
                next = reached == FutureState.RUNNING ? RUNNING : IDLE;
                leave(next);
                Seam.step();
                if (promised && offered.used() != NotifierType.WAKER) {
                    // The waiting threads have to poll, because the promise of this thread ends.
                    list.wake();
                }
            }
            return reached;
        } catch (WrongThreadException | StackOverflowError e) {
            if (advancing == me) { // No call, because the stack may be full.
                advancing = 0;
                state = next;
            }
            throw e;
        }
    }

    private FutureState advanceOrFail(Notifier offered) {
        try {
            return requireState(advance(offered));
        } catch (WrongThreadException e) {
            throw e;
        } catch (Throwable e) {
            offered.useNone();
            fail(e);
            return FutureState.COMPLETE;
        }
    }

    /**
     * Runs work that may complete futures, and then the callbacks of users. A callback may block,
     * but it must not delay the work.
     *
     * @param work the work
     */
    public static void beforeCallbacks(Runnable work) {
        Callbacks.runAfter(Objects.requireNonNull(work, "work"));
    }

    /**
     * Runs work that may complete futures, on a thread that may hold locks of a user. The callbacks
     * of users wait until the returned task runs.
     *
     * @param work the work. It should not throw
     * @param earlier the result of an earlier call that has not run, or null. The callbacks are
     *     added to it
     * @return a task that runs the callbacks, or null if there is none
     */
    public static Runnable withoutCallbacks(Runnable work, Runnable earlier) {
        return Callbacks.withhold(Objects.requireNonNull(work, "work"), earlier);
    }

    /** Completes the future with a failure, even if the subclass cannot record the failure. */
    private void fail(Throwable failure) {
        try {
            completeWith(failure);
        } catch (Throwable e) {
            if (e instanceof StackOverflowError overflow && !LibraryThread.hasStack()) {
                throw overflow; // A poll with more stack repeats the work.
            }
            LibraryThread.report(e);
        }
    }

    private void publish() {
        int completed = generation;
        long note = publishing();
        boolean detached = state == DETACHED;
        leave(COMPLETE);
        if (detached) {
            // A poll promises a notification if it sees this state after its registration. A thread
            // that advances the future needs no fence, because other threads promise nothing then.
            VarHandle.fullFence();
        }
        Seam.step();
        try {
            published(note);
        } catch (Throwable e) { // The waiters receive their notification in any case.
            LibraryThread.report(e);
        }
        Seam.step();
        Waiters list = waiters;
        if (list != null && list.generation == completed) {
            list.complete();
        }
    }

    @Override
    public final boolean cancel() {
        int seen = state;
        if (seen == UNPREPARED) {
            throw new IllegalStateException(unpreparedMessage());
        }
        if (seen != IDLE && seen != DETACHED) {
            return false;
        }
        // This precedes the change of the state, because the heap may be full.
        var cancelled = new CancellationException(FailureName.CANCELLED.endOf(
                "cancelled before it was started"));
        Seam.step();
        if (seen == DETACHED ? !takeFromDriver() : !changeState(IDLE, IDLE | ADVANCING)) {
            return false;
        }
        try {
            fail(cancelled);
        } catch (StackOverflowError e) {
            // The future completes without a description of its end.
        }
        publish();
        return true;
    }

    /**
     * Polls the future if it is running. A mover uses this to finish started operations without
     * starting prepared operations.
     */
    protected final void pollIfRunning() {
        if (state == RUNNING) {
            enter(RUNNING, ADVANCING, null);
        }
    }

    /** Polls the future if it is running. Otherwise returns {@code false} and does not start it. */
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
