package io.github.vdm4j.future;

/**
 * The state of a {@link PollableFuture}.
 *
 * <p>C counterpart: {@code enum future_state} ({@code FUTURE_STATE_IDLE}, {@code
 * FUTURE_STATE_RUNNING}, {@code FUTURE_STATE_COMPLETE}), miniasync_future(7).
 */
public enum FutureState {
    /** Not started: the first poll starts the task. */
    IDLE,
    /** Started and not finished. */
    RUNNING,
    /**
     * Finished, with an output or with a failure. The last state, except for an operation that is
     * prepared anew.
     */
    COMPLETE
}
