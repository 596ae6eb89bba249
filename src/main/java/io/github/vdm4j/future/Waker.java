package io.github.vdm4j.future;

import java.util.Objects;

/**
 * A callback with which a future reports that a poll can make progress.
 *
 * <p>The thread that makes the progress calls the waker. It may call the waker several times,
 * without progress, and even before the poll that supplied the waker returns. A waker must be
 * thread-safe and must not block. The uncaught-exception handler of the calling thread receives its
 * exceptions.
 *
 * <p>C counterpart: {@code struct future_waker} and {@code FUTURE_WAKER_WAKE}, miniasync_future(7).
 */
@FunctionalInterface
public interface Waker {
    /** Reports that a poll of the future can make progress. */
    void wake();
}
