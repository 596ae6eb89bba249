package io.github.vdm4j.mover;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.OperationTally;
import io.github.vdm4j.VdmResult;
import io.github.vdm4j.durability.MemoryRegion;
import io.github.vdm4j.durability.MemoryRegions;
import io.github.vdm4j.flight.OperationTrace;
import io.github.vdm4j.future.FutureProperty;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.future.NotifierType;
import io.github.vdm4j.future.Poller;
import io.github.vdm4j.future.Waker;
import io.github.vdm4j.worker.Rendezvous;
import io.github.vdm4j.worker.RoomWaker;
import java.lang.invoke.MethodHandles;

/** An operation of a {@link ThreadsDataMover}. */
final class ThreadsFuture extends JvmFuture implements WorkerTask, Poller {
    private static final Rendezvous RENDEZVOUS =
            Rendezvous.of(MethodHandles.lookup(), ThreadsFuture.class);

    private final ThreadsDataMover mover;

    /**
     * For {@link #RENDEZVOUS}; before the start a {@link RoomWaker} if the queue was found full.
     */
    @SuppressWarnings("unused") // through a VarHandle
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
        if (seen == null || seen instanceof RoomWaker) {
            return start(notifier, (RoomWaker) seen);
        }
        return promise(notifier) ? FutureState.RUNNING : finish(notifier);
    }

    @Override
    protected boolean canAdvance() {
        return RENDEZVOUS.isDone(this);
    }

    private FutureState start(Notifier notifier, RoomWaker earlier) {
        pinnedDestination = MemoryRegions.find(destination());
        pinnedSource = MemoryRegions.find(source());
        if (!pin(pinnedDestination, pinnedSource)) {
            letGo();
            return FutureState.COMPLETE;
        }
        boolean wake = notifier.waker() != null && mover.notifier() == NotifierType.WAKER;
        RENDEZVOUS.begin(this, wake ? notifier.waker() : null);
        if (!mover.enqueue(this)) {
            RoomWaker room = wake && earlier == null ? new RoomWaker() : earlier;
            if (wake) {
                mover.awaitRoom(room, notifier.waker());
            }
            if (!wake || !mover.enqueue(this)) {
                return full(notifier, room, wake);
            }
        }
        if (RENDEZVOUS.isDone(this)) {
            return finish(notifier);
        }
        if (wake) {
            notifier.useWaker();
        } else if (mover.notifier() == NotifierType.POLLER) {
            notifier.usePoller(this);
        }
        return FutureState.RUNNING;
    }

    /** There was no room, or there are no workers any more. */
    private FutureState full(Notifier notifier, RoomWaker room, boolean wake) {
        cell = room;
        MemoryRegions.unpin(pinnedDestination, pinnedSource);
        letGo();
        if (mover.isClosed()) {
            return fail(ExecutionPath.NONE, VdmResult.CLOSED, null, "failed: the mover was closed",
                    null);
        }
        if (wake) {
            notifier.useWaker();
        }
        return FutureState.IDLE;
    }

    private void letGo() {
        pinnedDestination = null;
        pinnedSource = null;
    }

    /** Answers a later poll; false if the worker was faster. */
    private boolean promise(Notifier notifier) {
        if (RENDEZVOUS.isDone(this)) {
            return false;
        }
        Waker waker = notifier.waker();
        if (waker != null && mover.notifier() == NotifierType.WAKER) {
            if (!RENDEZVOUS.addWaker(this, waker)) {
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
        RENDEZVOUS.clear(this); // published with the state
        return FutureState.COMPLETE;
    }

    @Override
    public void work() {
        OperationTrace.workBegins(this);
        execute(mover.functions(), mover.durability());
        OperationTrace.workEnds(this);
        MemoryRegions.unpin(pinnedDestination, pinnedSource);
        letGo();
        RENDEZVOUS.end(this);
    }

    @Override
    public boolean ready() {
        // If nothing is handed over it is not queued yet, or was finished through another thread.
        return RENDEZVOUS.isDone(this) || !RENDEZVOUS.isBegun(this);
    }

    @Override
    protected OperationTally tally() {
        return mover.tally();
    }

    @Override
    protected String moverName() {
        return mover.name();
    }

    @Override
    public boolean hasProperty(FutureProperty property) {
        return property == FutureProperty.ASYNC;
    }
}
