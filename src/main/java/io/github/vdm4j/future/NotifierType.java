package io.github.vdm4j.future;

/**
 * The kind of notification that a poll can make progress.
 *
 * <p>C counterpart: {@code enum future_notifier_type}, miniasync_future(7).
 */
public enum NotifierType {
    /** The future does not notify. The caller has to poll it until it is complete. */
    NONE,
    /** The future calls the {@link Waker} that the poll supplied. */
    WAKER,
    /** The future supplies a {@link Poller}. A call of the poller is cheaper than a poll. */
    POLLER
}
