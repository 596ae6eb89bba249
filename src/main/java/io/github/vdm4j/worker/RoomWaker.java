package io.github.vdm4j.worker;

import io.github.vdm4j.future.Waker;
import java.util.concurrent.atomic.AtomicBoolean;

/** The wakers of one operation that found the queue full; among those who wait at most once. */
public final class RoomWaker implements Waker {
    private final AtomicBoolean waits = new AtomicBoolean();
    private volatile Waker wakers;

    /** Creates one that has nobody to wake. */
    public RoomWaker() {}

    /**
     * Waits for room. The operation must be offered once more after this.
     *
     * @param workers whose queue is full
     * @param waker to be called when there is room; for one thread at a time
     */
    public void waitFor(Workers<?> workers, Waker waker) {
        wakers = waker;
        if (waits.compareAndSet(false, true)) {
            workers.whenRoom(this);
        }
    }

    @Override
    public void wake() {
        waits.set(false);
        wakers.wake();
    }
}
