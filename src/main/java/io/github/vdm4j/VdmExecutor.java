package io.github.vdm4j;

import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;

/**
 * The executor of a mover's operations. Every future of the mover is an {@link Operation}. Movers
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
     * Starts an operation. The first poll calls this, and later polls do while it returns {@link
     * FutureState#IDLE}.
     *
     * @param operation the operation
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
     * Watches an operation for its waiters. A poll that offers a waker calls this if it leaves the
     * operation running.
     *
     * @param operation the operation
     * @return {@code true} if a thread of the executor polls the operation from now on and notifies
     *     its waiters
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
     * @return {@code true} if the executor does not touch the operation from now on
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
     * Starts waiting operations with the capacity that a complete operation has released. The mover
     * calls this before it notifies the waiters of the complete operation.
     */
    default void handOff() {}

    /**
     * {@return whether an operation is executed outside of the polling thread}
     *
     * @param operation the operation
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
     * Finishes the started operations and releases threads and memory. The mover calls this once,
     * after it has become {@linkplain AbstractDataMover#isClosed closed}.
     *
     * @throws VdmException with {@link VdmResult#TIMEOUT} if operations are still in flight after
     *     the time that the mover was built with
     */
    default void close() {}
}
