package io.github.vdm4j.mover;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.durability.MemoryRegion;
import io.github.vdm4j.durability.MemoryRegions;
import io.github.vdm4j.future.FutureProperty;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.future.NotifierType;
import io.github.vdm4j.future.Poller;
import io.github.vdm4j.future.Waker;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** An operation of a {@link ThreadsDataMover}. */
final class ThreadsFuture extends JvmFuture implements WorkerTask, Poller {
    private static final Object QUEUED = new Object();
    private static final Object DONE = new Object();
    private static final VarHandle CELL;

    static {
        try {
            CELL = MethodHandles.lookup().findVarHandle(ThreadsFuture.class, "cell", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ThreadsDataMover mover;

    /**
     * Where the poller and the worker meet: null while not started, then {@link #QUEUED} or the waker to
     * call, then {@link #DONE}. The worker exchanges it for DONE, so that a waker is either there by then
     * and called, or its poller finds DONE in its place.
     */
    private volatile Object cell;

    /** What is kept open while the operation is queued or at work; null if it is no buffer. */
    private MemoryRegion pinnedDestination;

    private MemoryRegion pinnedSource;

    ThreadsFuture(ThreadsDataMover mover) {
        this.mover = mover;
    }

    @Override
    protected FutureState advance(Notifier notifier) {
        notifier.useNone();
        Object seen = cell;
        if (seen == null) {
            return start(notifier);
        }
        return seen == DONE || !promise(notifier, seen) ? finish(notifier) : FutureState.RUNNING;
    }

    private FutureState start(Notifier notifier) {
        pinnedDestination = MemoryRegions.find(destination());
        pinnedSource = MemoryRegions.find(source());
        if (!pin(pinnedDestination, pinnedSource)) {
            letGo();
            return FutureState.COMPLETE;
        }
        boolean wake = notifier.waker() != null && mover.notifier() == NotifierType.WAKER;
        cell = wake ? notifier.waker() : QUEUED;
        if (!mover.enqueue(this)) {
            cell = null;
            MemoryRegions.unpin(pinnedDestination, pinnedSource);
            letGo();
            return mover.isClosed()
                    ? fail(ExecutionPath.NONE, VdmResult.CLOSED, null, "failed: the mover was closed", null)
                    : FutureState.IDLE;
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

    private void letGo() {
        pinnedDestination = null;
        pinnedSource = null;
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
        execute(mover.functions(), mover.durability());
        MemoryRegions.unpin(pinnedDestination, pinnedSource);
        letGo();
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

    @Override
    public boolean hasProperty(FutureProperty property) {
        return property == FutureProperty.ASYNC;
    }
}
