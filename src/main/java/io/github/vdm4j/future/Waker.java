package io.github.vdm4j.future;

import java.util.Objects;

/**
 * Called by a future to say that polling it again will make progress.
 *
 * <p>A waker is called from whatever thread brings the progress, possibly more than once, possibly
 * before the poll that supplied it has returned, and possibly without any progress to be made: it
 * must be thread-safe, must not block and must not throw.
 *
 * <p>C counterpart: {@code struct future_waker} and {@code FUTURE_WAKER_WAKE}, miniasync_future(7).
 */
@FunctionalInterface
public interface Waker {
    /** Tells the holder of the future to poll it again. */
    void wake();

    /**
     * For implementors of futures that are polled from several threads: the waker to keep when one
     * is there already. The newest waker of each thread is kept, and all those with which a {@link
     * FutureRuntime} is waiting, so that no thread sleeps on.
     *
     * @param existing the waker kept so far, or null
     * @param added the waker of the current poll
     * @return a waker that wakes both
     */
    static Waker join(Waker existing, Waker added) {
        return JoinedWaker.join(existing, Objects.requireNonNull(added, "added"));
    }
}
