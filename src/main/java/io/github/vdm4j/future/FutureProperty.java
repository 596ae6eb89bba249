package io.github.vdm4j.future;

/**
 * What may be asked of a future through {@link PollableFuture#hasProperty}.
 *
 * <p>C counterpart: {@code enum future_property}, miniasync_future(7).
 */
public enum FutureProperty {
    /**
     * The work goes on outside of the polling thread: polling starts it and observes it, but does
     * not execute it. A runtime polls such futures first, so that their work overlaps with that of
     * the others.
     */
    ASYNC
}
