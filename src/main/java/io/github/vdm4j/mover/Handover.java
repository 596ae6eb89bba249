package io.github.vdm4j.mover;

import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.future.NotifierType;
import io.github.vdm4j.future.Poller;
import io.github.vdm4j.future.Waker;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Hands the work of a future over to the workers of its mover, again and again. */
final class Handover implements WorkerTask, Poller {
    private static final Object QUEUED = new Object();
    private static final Object DONE = new Object();
    private static final VarHandle CELL;

    static {
        try {
            CELL = MethodHandles.lookup().findVarHandle(Handover.class, "cell", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ThreadsDataMover mover;
    private final Runnable work;

    /**
     * Where the poller and the worker meet: null while not started, then {@link #QUEUED} or the waker to
     * call, then {@link #DONE}. The worker exchanges it for DONE, so that a waker is either there by then
     * and called, or its poller finds DONE in its place.
     */
    private volatile Object cell;

    /** With what a worker is to do; it must not throw. */
    Handover(ThreadsDataMover mover, Runnable work) {
        this.mover = mover;
        this.work = work;
    }

    boolean isStarted() {
        return cell != null;
    }

    /**
     * Queues the work, or looks whether it is done, for the thread that advances the future.
     *
     * @return idle if the queue is full or the mover closed
     */
    FutureState advance(Notifier notifier) {
        notifier.useNone();
        Object seen = cell;
        if (seen == null) {
            return start(notifier);
        }
        return seen == DONE || !promise(notifier, seen) ? finish(notifier) : FutureState.RUNNING;
    }

    private FutureState start(Notifier notifier) {
        boolean wake = notifier.waker() != null && mover.notifier() == NotifierType.WAKER;
        cell = wake ? notifier.waker() : QUEUED;
        if (!mover.enqueue(this)) {
            cell = null;
            return FutureState.IDLE;
        }
        if (cell == DONE) {
            return finish(notifier);
        }
        if (wake) {
            notifier.useWaker();
        } else if (mover.notifier() == NotifierType.POLLER) {
            notifier.usePoller(this);
        }
        return FutureState.RUNNING;
    }

    /** Answers a later poll; false if the worker was faster. */
    private boolean promise(Notifier notifier, Object seen) {
        Waker waker = notifier.waker();
        if (waker != null && mover.notifier() == NotifierType.WAKER) {
            Waker kept = Waker.join(seen instanceof Waker earlier ? earlier : null, waker);
            if (kept != seen && !CELL.compareAndSet(this, seen, kept)) {
                return false;
            }
            notifier.useWaker();
        } else if (mover.notifier() == NotifierType.POLLER) {
            notifier.usePoller(this);
        }
        return true;
    }

    private FutureState finish(Notifier notifier) {
        notifier.useNone();
        cell = null;
        return FutureState.COMPLETE;
    }

    /** Once the cell is DONE the future may be prepared anew: hands off. */
    @Override
    public void work() {
        work.run();
        if (CELL.getAndSet(this, DONE) instanceof Waker waker) {
            try {
                waker.wake();
            } catch (Throwable e) {
                Thread current = Thread.currentThread();
                current.getUncaughtExceptionHandler().uncaughtException(current, e);
            }
        }
    }

    @Override
    public boolean ready() {
        Object seen = cell;
        return seen == DONE || seen == null; // null: not queued yet, or finished through another thread
    }
}
