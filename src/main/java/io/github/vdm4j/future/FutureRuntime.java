package io.github.vdm4j.future;

import io.github.vdm4j.machine.FailureName;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/**
 * A runtime that waits for futures. It polls them, and sleeps when only their wakers can bring
 * progress.
 *
 * <p>Each round polls the asynchronous futures first, so their work overlaps, and keeps the
 * caller's order otherwise. A future that answered with a waker is polled again after it was woken.
 * Each round polls the remaining futures.
 *
 * <p>A runtime keeps no state between two calls. Any number of threads may use it at once, and
 * several may wait for the same future.
 *
 * <p>C counterpart: {@code runtime_new}, {@code runtime_wait}, {@code runtime_wait_multiple},
 * miniasync_runtime(7). There is nothing to delete.
 */
public final class FutureRuntime {
    private static final FutureRuntime SHARED = new FutureRuntime();

    private final IdleStrategy idle;

    /** Creates a runtime that waits with {@link IdleStrategy#backOff()}. */
    public FutureRuntime() {
        this(IdleStrategy.backOff());
    }

    /**
     * Creates a runtime.
     *
     * @param idle the strategy between rounds while a future gives no notification
     */
    public FutureRuntime(IdleStrategy idle) {
        this.idle = Objects.requireNonNull(idle, "idle");
    }

    /** {@return the runtime of {@link PollableFuture#await()}, with the default strategy} */
    public static FutureRuntime shared() {
        return SHARED;
    }

    /**
     * Waits until a future is complete, whether it succeeds or fails.
     *
     * <p>C counterpart: {@code runtime_wait}.
     *
     * @param future the future
     * @throws WrongThreadException if the future cannot be started from this thread
     */
    public void waitFor(PollableFuture<?> future) {
        Objects.requireNonNull(future, "future");
        FutureState reached = future instanceof AbstractFuture<?> known
                ? known.pollAwaiting()
                : future.poll();
        if (reached != FutureState.COMPLETE) {
            waitAll(List.of(future));
        }
    }

    /**
     * Waits until every future is complete, whether it succeeds or fails. The collection does not
     * change. It may be empty, contain complete futures, and contain a future more than once. An
     * interrupt does not end the wait. The thread's interrupted status is set afterwards.
     *
     * <p>C counterpart: {@code runtime_wait_multiple}.
     *
     * @param futures the futures
     * @throws NullPointerException if a future is null; no future was polled then
     * @throws WrongThreadException if this thread cannot start a future; the remaining futures are
     *     unchanged and can be waited for again
     */
    public void waitAll(Collection<? extends PollableFuture<?>> futures) {
        new WaitSession(Objects.requireNonNull(futures, "futures"), idle).run();
    }

    /**
     * Waits like {@link #waitAll(Collection)}, but for a limited time. A sleep of the idle strategy
     * can extend it.
     *
     * @param futures the futures
     * @param timeout how long to wait; 0 or less to poll each future once
     * @return {@code false} if a future was not complete by then; it continues and can be waited
     *     for again
     */
    public boolean waitAll(Collection<? extends PollableFuture<?>> futures, Duration timeout) {
        Objects.requireNonNull(futures, "futures");
        Objects.requireNonNull(timeout, "timeout");
        return new WaitSession(futures, idle).run(timeout);
    }

    /**
     * Waits until a future of a collection is complete, whether it succeeds or fails. Every future
     * is polled at least once, so all of them are started. Interruption does not end the wait and
     * is kept for afterwards. For thousands of futures, use a {@link CompletionQueue}: each call of
     * this method polls all of them anew.
     *
     * @param <F> the type of the futures
     * @param futures the futures, at least one
     * @return the first future, in the order of the collection, that is complete
     * @throws IllegalArgumentException if the collection is empty
     * @throws NullPointerException if one of them is null; none has been polled then
     * @throws WrongThreadException if one of them cannot be started from this thread; the others
     *     stay as they are and can be waited for again
     */
    public <F extends PollableFuture<?>> F waitAny(Collection<F> futures) {
        WaitSession session = anyOf(futures);
        session.run();
        return FutureRuntime.<F>completeOf(session);
    }

    /**
     * Waits like {@link #waitAny(Collection)}, for a limited time. The idle strategy may exceed the
     * limit by one of its pauses.
     *
     * @param <F> the type of the futures
     * @param futures the futures, at least one
     * @param timeout how long to wait; 0 or less to poll each future once
     * @return the first future, in the order of the collection, that is complete; null if none is
     */
    public <F extends PollableFuture<?>> F waitAny(Collection<F> futures, Duration timeout) {
        Objects.requireNonNull(timeout, "timeout");
        WaitSession session = anyOf(futures);
        session.run(timeout);
        return FutureRuntime.<F>completeOf(session);
    }

    private WaitSession anyOf(Collection<? extends PollableFuture<?>> futures) {
        return new WaitSession(Objects.requireNonNull(futures, "futures"), idle).untilAny();
    }

    @SuppressWarnings("unchecked") // the session was made of a collection of F
    private static <F extends PollableFuture<?>> F completeOf(WaitSession session) {
        return (F) session.firstComplete();
    }

    /**
     * Waits for a future and returns its output, see {@link PollableFuture#await()}.
     *
     * @param <T> the type of the output
     * @param future the future
     * @return the output
     */
    public <T> T await(PollableFuture<T> future) {
        waitFor(future);
        return outcome(future);
    }

    /**
     * Waits for a future for a limited time, see {@link PollableFuture#await(Duration)}.
     *
     * @param <T> the type of the output
     * @param future the future
     * @param timeout how long to wait
     * @return the output
     */
    public <T> T await(PollableFuture<T> future, Duration timeout) {
        Objects.requireNonNull(future, "future");
        if (!waitAll(List.of(future), timeout)) {
            throw new FutureTimeoutException(
                    FailureName.WAIT_TIMEOUT.endOf(
                            ("not complete after %s: %s. The future continues. Await it again, "
                                    + "or pass a longer timeout")
                                    .formatted(timeout, future)));
        }
        return outcome(future);
    }

    /**
     * Waits until the thread is interrupted, see {@link PollableFuture#awaitInterruptibly()}.
     *
     * @param <T> the type of the output
     * @param future the future
     * @return the output
     * @throws InterruptedException if the thread is interrupted before the future is complete; a
     *     thread that is interrupted before the call does not poll
     */
    public <T> T awaitInterruptibly(PollableFuture<T> future) throws InterruptedException {
        Objects.requireNonNull(future, "future");
        new WaitSession(List.of(future), idle).runInterruptibly();
        return outcome(future);
    }

    private static <T> T outcome(PollableFuture<T> future) {
        future.orThrow();
        return future.output();
    }
}
