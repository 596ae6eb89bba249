package io.github.vdm4j.future;

/**
 * The state of a {@link PollableFuture}.
 *
 * <p>C counterpart: {@code enum future_state} ({@code FUTURE_STATE_IDLE}, {@code
 * FUTURE_STATE_RUNNING}, {@code FUTURE_STATE_COMPLETE}), miniasync_future(7).
 */
public enum FutureState {
    /** The task has not started. The first poll starts it. */
    IDLE,
    /** The task has started and has not ended. */
    RUNNING,
    /**
     * The task has ended with an output or a failure. Only the preparation of a reusable operation
     * changes this state.
     */
    COMPLETE
}
