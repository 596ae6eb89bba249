package io.github.vdm4j.future;

import java.util.Objects;

/**
 * A callback by which a future notifies that a poll can make progress.
 *
 * <p>The thread that brings the progress calls the waker. It may call it more than once, before the
 * poll that supplied the waker has returned, and without any progress. A waker must be thread-safe
 * and must not block. Its exceptions go to the uncaught-exception handler of the calling thread.
 *
 * <p>C counterpart: {@code struct future_waker} and {@code FUTURE_WAKER_WAKE}, miniasync_future(7).
 */
@FunctionalInterface
public interface Waker {
    /** Notifies the holder of the future that a poll can make progress. */
    void wake();
}
