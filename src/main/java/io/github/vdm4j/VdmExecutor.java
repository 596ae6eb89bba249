package io.github.vdm4j;

import io.github.vdm4j.future.FutureState;
import io.github.vdm4j.future.Notifier;
import java.time.Duration;

/**
 * The executor of a mover's operations. Every future of the mover is an {@link Operation}. Movers
 * differ only in their executors.
 *
 * <p>An executor either finishes an operation in the polls of its future, or passes the operation
 * to its own thread:
 *
 * <ul>
 * <li>{@link #start} ends the operation and returns the result of {@link Operation#succeed} or
 *     {@link Operation#fail}.
 * <li>It returns {@link FutureState#RUNNING}. Each further poll calls {@link #resume}.
 * <li>It calls {@link Operation#handOver} and returns null. Polls then only read the state until
 *     the executor calls {@link Operation#complete}.
 * </ul>
 *
 * <p>All threads use an executor at the same time. Only one thread at a time is inside {@link
 * #start} or {@link #resume} of an operation. If one of them throws, the operation fails with
 * {@link VdmResult#INTERNAL_ERROR}, or with {@link VdmResult#OUT_OF_MEMORY} for an {@link
 * OutOfMemoryError}.
 *
 * <p>C counterpart: the function table in {@code struct vdm}. {@code op_start} corresponds to
 * {@link #start}, and {@code op_check} to {@link #resume}. An executor does the work of
 * {@code op_delete} before it ends the operation.
 */
public interface VdmExecutor {
    /**
     * Starts an operation. The first poll calls this. While it returns {@link FutureState#IDLE},
     * later polls call it again. A drain waits for the earlier operations before a poll calls this.
     *
     * @param operation the operation
     * @return the state of the operation, or null if the operation was handed over
     * @throws WrongThreadException if a segment is confined to another thread. The operation stays
     *     idle
     */
    FutureState start(Operation<?> operation);

    /**
     * Continues a running operation that was not handed over.
     *
     * @param operation the operation
     * @return the state of the operation, or null if the operation was handed over
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
     * @return {@code true} if a thread of the executor polls the operation and notifies its waiters
     */
    default boolean watch(Operation<?> operation) {
        return false;
    }

    /**
     * Helps an operation that was handed over, or a drain that waits for earlier operations. A
     * thread that polls the operation or waits for it calls this.
     *
     * @param operation the operation
     */
    default void reap(Operation<?> operation) {}

    /**
     * Executes short operations that wait for capacity. A platform thread that awaits an operation
     * without a timeout calls this before it sleeps. The thread may hold locks of the user.
     * Therefore the method must not block and must not run the callbacks of users, see
     * {@link Operation#withoutCallbacks}.
     *
     * @param operation the awaited operation
     * @return {@code true} if the method has executed an operation
     */
    default boolean workWhileAwaited(Operation<?> operation) {
        return false;
    }

    /**
     * Answers a poll of an operation that was handed over.
     *
     * @param operation the operation
     * @param notifier the offer of the polling thread
     */
    default void answer(Operation<?> operation, Notifier notifier) {
        notifier.useWaker();
    }

    /**
     * Takes back an operation that was handed over and has not begun.
     *
     * @param operation the operation
     * @return {@code true} if the executor no longer accesses the operation
     */
    default boolean cancelPending(Operation<?> operation) {
        return false;
    }

    /**
     * {@return the number of processed bytes of an incomplete operation, or 0 if it is unknown} The
     * number never decreases. It is at most the result of {@link Operation#bytesDone} after the
     * end.
     *
     * @param operation the operation
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
     * {@return whether another thread or a device executes an operation}
     *
     * @param operation the operation
     */
    default boolean isAsync(Operation<?> operation) {
        return false;
    }

    /**
     * Refuses further operations, and ends the waiting operations with {@link
     * Operation#failClosed}. {@link Vdm#closeNow} calls this before or during {@link #close}.
     *
     * @return the number of operations that this call has ended
     */
    default int refusePending() {
        return 0;
    }

    /**
     * {@return whether {@link #start} of an operation takes only some microseconds} If it does,
     * {@link Vdm#close} does not wait for a poll that starts the operation on another thread. The
     * default is {@code false}.
     *
     * @param operation the operation
     */
    default boolean isBrief(Operation<?> operation) {
        return false;
    }

    /**
     * {@return how long {@link Vdm#close} waits, not null} The default is 30 seconds. It also
     * applies if this method throws. The close of the mover then throws the exception after the
     * close of the executor.
     */
    default Duration closeTimeout() {
        return Duration.ofSeconds(30);
    }

    /**
     * Finishes the started operations and releases threads and memory. The mover calls this once,
     * after it has become {@linkplain AbstractDataMover#isClosed closed}. If this method throws an
     * {@link Error}, a further close of the mover calls it again. The polls that start operations
     * have ended, except those of {@linkplain #isBrief brief} operations.
     *
     * @param deadline the value of {@link System#nanoTime} at which the close timeout ends. It may
     *     have passed, because the polls have the same time limit
     * @throws VdmException with {@link VdmResult#TIMEOUT} if operations are still in flight at the
     *     deadline
     */
    default void close(long deadline) {}
}
