package io.github.vdm4j.future;

/**
 * The way in which a future notifies that a poll can make progress.
 *
 * <p>C counterpart: {@code enum future_notifier_type}, miniasync_future(7).
 */
public enum NotifierType {
    /** The future does not notify. It has to be polled until it is complete. */
    NONE,
    /** The future calls the {@link Waker} that the poll supplied. */
    WAKER,
    /** The future supplies a {@link Poller}, which is cheaper to ask than a poll. */
    POLLER
}
