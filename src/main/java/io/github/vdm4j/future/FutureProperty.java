package io.github.vdm4j.future;

/**
 * A property of a future, see {@link PollableFuture#hasProperty}.
 *
 * <p>C counterpart: {@code enum future_property}, miniasync_future(7).
 */
public enum FutureProperty {
    /**
     * Another thread or a device executes the work. A poll starts and observes the work, but does
     * not execute it. A runtime polls such futures first, and their work overlaps with the
     * remaining futures.
     */
    ASYNC
}
