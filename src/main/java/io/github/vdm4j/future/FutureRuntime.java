package io.github.vdm4j.future;

import io.github.vdm4j.machine.FailureName;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/**
 * A runtime that waits for futures. It polls them. If only wakers can report progress, the waiting
 * thread sleeps.
 *
 * <p>Each round polls the asynchronous futures first, because their work can overlap. Otherwise it
 * keeps the caller's order. If a future has answered with a waker, the runtime polls it again after
 * a wake-up. Each round polls the remaining futures.
 *
 * <p>A runtime has no state and is thread-safe. Several threads may wait for the same future. An
 * interrupt ends only {@link #awaitInterruptibly}. After any other wait, the thread's interrupted
 * status is set again.
 *
 * <p>A thread of vdm4j must not wait, and no thread may wait for a future inside its {@link
 * AbstractFuture#advance}. If such a future is incomplete after a poll, the wait throws an {@link
 * IllegalStateException}.
 *
 * <p>C counterpart: {@code runtime_new}, {@code runtime_wait} and {@code runtime_wait_multiple} of
 * miniasync_runtime(7). A runtime in Java needs no deletion.
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

    /** {@return the runtime of {@link PollableFuture#await()}} It has the default strategy. */
    public static FutureRuntime shared() {
        return SHARED;
    }

    /**
     * Waits until a future is complete, whether it succeeds or fails.
     *
     * <p>C counterpart: {@code runtime_wait}.
     *
     * @param future the future
     * @throws WrongThreadException if this thread cannot start the future
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
     * change. It may be empty, contain complete futures, and contain a future more than once.
     *
     * <p>C counterpart: {@code runtime_wait_multiple}.
     *
     * @param futures the futures
     * @throws NullPointerException if a future is null. No future was polled
     * @throws WrongThreadException if this thread cannot start a future. The remaining futures are
     *     unchanged
     */
    public void waitAll(Collection<? extends PollableFuture<?>> futures) {
        new WaitSession(Objects.requireNonNull(futures, "futures"), idle).run();
    }

    /**
     * Waits like {@link #waitAll(Collection)}, but for a limited time. A sleep of the idle strategy
     * can exceed the limit.
     *
     * @param futures the futures
     * @param timeout the time limit. With 0 or less, the method polls each future once
     * @return {@code false} after a timeout. The incomplete futures continue
     */
    public boolean waitAll(Collection<? extends PollableFuture<?>> futures, Duration timeout) {
        Objects.requireNonNull(futures, "futures");
        Objects.requireNonNull(timeout, "timeout");
        return new WaitSession(futures, idle).run(timeout);
    }

    /**
     * Waits until a future of a collection is complete, whether it succeeds or fails. The method
     * polls every future at least once. Therefore it starts all futures. For thousands of futures,
     * use a {@link CompletionQueue}, because each call of this method polls all futures again.
     *
     * @param <F> the type of the futures
     * @param futures the futures, at least one
     * @return the first complete future in the order of the collection
     * @throws IllegalArgumentException if the collection is empty
     * @throws NullPointerException if a future is null. No future was polled
     * @throws WrongThreadException if this thread cannot start a future. The remaining futures are
     *     unchanged
     */
    public <F extends PollableFuture<?>> F waitAny(Collection<F> futures) {
        WaitSession session = anyOf(futures);
        session.run();
        return FutureRuntime.<F>completeOf(session);
    }

    /**
     * Waits like {@link #waitAny(Collection)}, but for a limited time. A sleep of the idle strategy
     * can exceed the limit.
     *
     * @param <F> the type of the futures
     * @param futures the futures, at least one
     * @param timeout the time limit. With 0 or less, the method polls each future once
     * @return the first complete future in the order of the collection, or null after a timeout
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

    @SuppressWarnings("unchecked") // The session contains futures of type F.
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
     * @param timeout the time limit
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
     * @throws InterruptedException if the thread is interrupted before the future is complete. If
     *     it is interrupted before the call, the method does not poll
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
