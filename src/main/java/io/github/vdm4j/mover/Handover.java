package io.github.vdm4j.mover;

import io.github.vdm4j.flight.OperationTrace;
import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import io.github.vdm4j.future.NotifierType;
import io.github.vdm4j.future.Poller;
import io.github.vdm4j.future.Waker;
import io.github.vdm4j.worker.Rendezvous;
import io.github.vdm4j.worker.RoomWaker;
import java.lang.invoke.MethodHandles;

/** Hands the work of a future over to the workers of its mover, again and again. */
final class Handover implements WorkerTask, Poller {
    private static final Rendezvous RENDEZVOUS =
            Rendezvous.of(MethodHandles.lookup(), Handover.class);

    private final ThreadsDataMover mover;
    private final Object future;
    private final Runnable work;

    /** For {@link #RENDEZVOUS}. */
    @SuppressWarnings("unused") // through a VarHandle
    private volatile Object cell;

    /** Made when the queue is first found full. */
    private RoomWaker room;

    /** With whose work it is, for messages, and what a worker is to do; it must not throw. */
    Handover(ThreadsDataMover mover, Object future, Runnable work) {
        this.mover = mover;
        this.future = future;
        this.work = work;
    }

    boolean isStarted() {
        return RENDEZVOUS.isBegun(this);
    }

    /** Tells whether advancing without a waker would bring anything. */
    boolean isDone() {
        return RENDEZVOUS.isDone(this);
    }

    /**
     * Queues the work, or looks whether it is done, for the thread that advances the future.
     *
     * @return idle if the queue is full or the mover closed
     */
    FutureState advance(Notifier notifier) {
        notifier.useNone();
        boolean wake = notifier.waker() != null && mover.notifier() == NotifierType.WAKER;
        if (!RENDEZVOUS.isBegun(this)) {
            RENDEZVOUS.begin(this, wake ? notifier.waker() : null);
            if (!mover.enqueue(this) && !(wake && enqueueLater(notifier.waker()))) {
                RENDEZVOUS.clear(this);
                if (wake && !mover.isClosed()) {
                    notifier.useWaker();
                }
                return FutureState.IDLE;
            }
        } else if (wake && !RENDEZVOUS.addWaker(this, notifier.waker())) {
            return finish();
        }
        if (RENDEZVOUS.isDone(this)) {
            return finish();
        }
        if (wake) {
            notifier.useWaker();
        } else if (mover.notifier() == NotifierType.POLLER) {
            notifier.usePoller(this);
        }
        return FutureState.RUNNING;
    }

    /** Asks to be woken when the queue has room; true if it has by now, and the work is in it. */
    private boolean enqueueLater(Waker waker) {
        if (room == null) {
            room = new RoomWaker();
        }
        mover.awaitRoom(room, waker);
        return mover.enqueue(this);
    }

    private FutureState finish() {
        RENDEZVOUS.clear(this); // published with the state
        return FutureState.COMPLETE;
    }

    @Override
    public void work() {
        OperationTrace.workBegins(future);
        work.run();
        OperationTrace.workEnds(future);
        RENDEZVOUS.end(this);
    }

    @Override
    public boolean ready() {
        // If nothing is handed over it is not queued yet, or was finished through another thread.
        return RENDEZVOUS.isDone(this) || !RENDEZVOUS.isBegun(this);
    }

    @Override
    public String toString() {
        return future.toString();
    }
}
