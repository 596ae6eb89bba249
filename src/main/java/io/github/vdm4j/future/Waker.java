package io.github.vdm4j.future;

import java.util.Objects;

/**
 * Called by a future to say that polling it again will make progress.
 *
 * <p>A waker is called from whatever thread brings the progress, possibly more than once, possibly
 * before the poll that supplied it has returned, and possibly without any progress to be made: it
 * must be thread-safe and must not block. Whatever it throws is reported to the uncaught-exception
 * handler of the thread that calls it.
 *
 * <p>C counterpart: {@code struct future_waker} and {@code FUTURE_WAKER_WAKE}, miniasync_future(7).
 */
@FunctionalInterface
public interface Waker {
    /** Notifies the holder of the future that it should poll again. */
    void wake();
}
