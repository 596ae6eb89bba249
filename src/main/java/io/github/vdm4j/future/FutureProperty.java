package io.github.vdm4j.future;

/**
 * A property of a future. {@link PollableFuture#hasProperty} asks for it.
 *
 * <p>C counterpart: {@code enum future_property}, miniasync_future(7).
 */
public enum FutureProperty {
    /**
     * The work is done outside of the polling thread. A poll starts and observes the work, but does
     * not execute it. A runtime polls such futures first, and their work overlaps with the rest.
     */
    ASYNC
}
