package io.github.vdm4j.future;

/**
 * How a future tells that it is worth polling again.
 *
 * <p>C counterpart: {@code enum future_notifier_type}, miniasync_future(7).
 */
public enum NotifierType {
    /** Not at all: the future has to be polled until it is complete. */
    NONE,
    /** By calling the {@link Waker} that the poll supplied. */
    WAKER,
    /** By a {@link Poller} that can be asked at less cost than a poll. */
    POLLER
}
