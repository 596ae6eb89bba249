package io.github.vdm4j;

import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;

/**
 * What executes the operations of a mover. Every future of the mover is an {@link Operation}; movers
 * differ in the executor only.
 *
 * <p>An executor either finishes an operation in the polls of its future, or hands the operation
 * over to a thread of its own:
 *
 * <ul>
 *   <li>{@link #start} ends the operation and returns what {@link Operation#succeed} or {@link
 *       Operation#fail} returned; or
 *   <li>it returns {@link FutureState#RUNNING}, and each further poll calls {@link #resume}; or
 *   <li>it calls {@link Operation#handOver} and returns null. From then on polls only read the
 *       state, until the executor calls {@link Operation#complete}.
 * </ul>
 *
 * <p>C counterpart: the function table in {@code struct vdm}: {@code op_start} is {@link #start},
 * {@code op_check} is {@link #resume}. What {@code op_delete} does, an executor does before it ends
 * the operation.
 */
public interface VdmExecutor {
    /**
     * Starts an operation. Called by the first poll, and again by later polls while it returns
     * {@link FutureState#IDLE}.
     *
     * @param operation what to do
     * @return the state reached, or null if the operation was handed over
     * @throws WrongThreadException if a segment is confined to another thread; the operation stays
     *     idle
     */
    FutureState start(Operation<?> operation);

    /**
     * Continues a running operation that was not handed over.
     *
     * @param operation the operation
     * @return the state reached, or null if the operation was handed over
     * @throws WrongThreadException if a segment is confined to another thread
     */
    default FutureState resume(Operation<?> operation) {
        return FutureState.RUNNING;
    }

    /**
     * Called when a poll that offers a waker leaves an operation running.
     *
     * @param operation the operation
     * @return true if a thread of the executor polls the operation from now on, so that its waiters
     *     are notified at its end
     */
    default boolean watch(Operation<?> operation) {
        return false;
    }

    /**
     * Helps an operation that was handed over and that a thread polls or waits for.
     *
     * @param operation the operation
     */
    default void reap(Operation<?> operation) {}

    /**
     * Answers a poll of an operation that was handed over.
     *
     * @param operation the operation
     * @param notifier what the poller offers
     */
    default void answer(Operation<?> operation, Notifier notifier) {
        notifier.useWaker();
    }

    /**
     * Takes back an operation that was handed over and has not begun.
     *
     * @param operation the operation
     * @return true if the executor will not touch the operation any more
     */
    default boolean cancelPending(Operation<?> operation) {
        return false;
    }

    /**
     * Returns how many bytes of an operation that is not complete are done. The result never
     * decreases, and is at most what {@link Operation#bytesDone} returns after the end.
     *
     * @param operation the operation
     * @return bytes, 0 if the executor does not know
     */
    default long bytesDone(Operation<?> operation) {
        return 0;
    }

    /**
     * Called after an operation has become complete and before its waiters are notified, so that
     * what it used can pass to an operation that waits.
     */
    default void handOff() {}

    /**
     * Returns whether others than the polling thread execute an operation.
     *
     * @param operation the operation
     * @return true for {@link io.github.vdm4j.future.FutureProperty#ASYNC}
     */
    default boolean isAsync(Operation<?> operation) {
        return false;
    }

    /**
     * Refuses further operations, and ends those that were handed over and have not begun with
     * {@link Operation#failClosed}. Called by {@link Vdm#closeNow}, before or while {@link #close}
     * runs.
     *
     * @return how many operations this call has ended
     */
    default int refusePending() {
        return 0;
    }

    /**
     * Finishes what was started and releases threads and memory. Called once, after the mover has
     * become {@linkplain AbstractDataMover#isClosed closed}.
     *
     * @throws VdmException with {@link VdmResult#TIMEOUT} if operations are still in flight after
     *     the time that the mover was built with
     */
    default void close() {}
}
